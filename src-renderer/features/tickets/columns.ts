import type { Configuration, CustomField } from '../../../src-shared/domain/configuration.ts'
import { FIELD_COLUMN, MAX_COLUMNS, MAX_WIDTH, MIN_WIDTH, USUAL_LAYOUT } from '../../../src-shared/domain/layout.ts'
import type { Desk, TicketSort } from '../../../src-shared/domain/views.ts'
import type { ListView } from '../../tenant/memory.ts'

/** A column that a list can show. */
export interface Column {
  key: string
  label: string
  /** px, as it is usually. */
  usual: number
  /** px */
  width: number
  /** Wider where there is room: the subject. */
  grows: boolean
  /** The order of lists of any length that goes by it, in the direction that comes first; null where no index has one. */
  sort: TicketSort | null
  /** Whether a list can be parted by its values. */
  groups: boolean
  /** The client's own description of it, where it is a custom field. */
  field: CustomField | null
  /** Nothing of this client's configuration is called so (any more), or it is retired there. */
  gone: boolean
}

type BuiltIn = readonly [key: string, label: string, width: number, sort: TicketSort | null, groups: boolean]

const BUILT_IN: readonly BuiltIn[] = [
  ['number', 'No.', 62, { by: 'created', direction: 'descending' }, false],
  ['subject', 'Subject', 220, null, false],
  ['status', 'Status', 158, null, true],
  ['priority', 'Priority', 104, { by: 'priority', direction: 'ascending' }, true],
  ['type', 'Type', 120, null, true],
  ['queue', 'Queue', 130, null, true],
  ['requester', 'Requester', 150, null, true],
  ['assignee', 'Assignee', 132, null, true],
  ['created', 'Created', 74, { by: 'created', direction: 'descending' }, true],
  ['updated', 'Updated', 74, { by: 'updated', direction: 'descending' }, true],
  ['due', 'Due', 92, { by: 'due', direction: 'ascending' }, true],
  ['risk', 'At risk from', 120, null, true],
  ['snoozed', 'Snoozed until', 120, null, true],
  ['tags', 'Tags', 150, null, false],
  ['watchers', 'Watchers', 150, null, false],
  ['tasks', 'Open tasks', 96, null, false],
]

/** What lists show where nobody chose otherwise. */
export const USUAL = ['number', 'subject', 'status', 'priority', 'requester', 'assignee', 'updated', 'due'] as const
/** A list without them is no list of tickets. */
export const ALWAYS: readonly string[] = ['number', 'subject']

const FIELD_WIDTHS = {
  ...{
    text: 140,
    'long-text': 220,
    number: 90,
    'date-time': 150,
    date: 106,
    checkbox: 84,
    url: 170,
    select: 130,
    'multi-select': 160,
    person: 150,
  },
} as const satisfies Record<CustomField['type'], number>

const made = new WeakMap<Configuration, readonly Column[]>()

/** All columns that a client's lists can show, those of its own fields last. */
export function allColumns({ configuration }: Pick<Desk, 'configuration'>): readonly Column[] {
  const known = made.get(configuration)
  if (known) return known
  const columns = [
    ...BUILT_IN.map(([key, label, width, sort, groups]): Column => ({
      ...{ key, label, width, usual: width, sort, groups },
      ...{ grows: key === 'subject', field: null, gone: false },
    })),
    ...configuration.customFields.map((field): Column => {
      const width = FIELD_WIDTHS[field.type]
      return {
        ...{ key: FIELD_COLUMN + field.key, label: field.label, width, usual: width, sort: null, grows: false, field },
        ...{ groups: field.type !== 'number' && field.type !== 'url', gone: field.retired === true },
      }
    }),
  ]
  made.set(configuration, columns)
  return columns
}

/** A column by its key; of one that the client does not have (any more), the key itself. */
export function columnOf(key: string, desk: Pick<Desk, 'configuration'>): Column {
  const known = allColumns(desk).find((column) => column.key === key)
  if (known) return known
  const label = key.startsWith(FIELD_COLUMN) ? key.slice(FIELD_COLUMN.length) : key
  return { key, label, width: 120, usual: 120, grows: false, sort: null, groups: false, field: null, gone: true }
}

type Layout = Pick<ListView, 'columns' | 'widths'>

/** The columns that a list shows, in order: its own, else those that the technician has chosen, else the usual ones. */
export function shownColumns({ columns, widths }: Layout, desk: Pick<Desk, 'configuration' | 'layout'>): Column[] {
  const own = desk.layout ?? USUAL_LAYOUT
  const keys = columns.length > 0 ? columns : own.columns.length > 0 ? own.columns : USUAL
  const all = { ...own.widths, ...widths }
  return [...new Set([...keys, ...ALWAYS])].map((key) => {
    const column = columnOf(key, desk)
    const width = all[key]
    return width === undefined ? column : { ...column, width: clamp(width) }
  })
}

/** Whether columns are those that lists show where nobody chose otherwise. */
export function isUsual(columns: readonly Column[]): boolean {
  return (
    columns.length === USUAL.length && columns.every(({ key, width, usual }, i) => key === USUAL[i] && width === usual)
  )
}

/** What is kept of columns: nothing where they are the usual ones. */
export function layoutOf(columns: readonly Column[]): { columns: string[]; widths: Record<string, number> } {
  const keys = columns.map(({ key }) => key).slice(0, MAX_COLUMNS)
  const usual = keys.length === USUAL.length && keys.every((key, i) => key === USUAL[i])
  const wider = columns.filter(({ width, usual: before }) => width !== before)
  return {
    columns: usual ? [] : keys,
    widths: Object.fromEntries(wider.map(({ key, width }) => [key, clamp(width)])),
  }
}

/** px between columns and beside them, as in list.module.css. */
const GAP = 12
const SIDES = 30

/** px that columns take at least. */
export function widthOf(columns: readonly Column[]): number {
  return columns.reduce((sum, { width }) => sum + width, SIDES + GAP * (columns.length - 1))
}

/** As many of the columns as fit, the last ones given up first. @param room px */
export function fitting(columns: readonly Column[], room: number): readonly Column[] {
  let fit = columns
  while (widthOf(fit) > room) {
    const last = fit.findLastIndex(({ key }) => !ALWAYS.includes(key))
    if (last < 0) break
    fit = fit.filter((_, index) => index !== last)
  }
  return fit
}

/** The columns as a grid has them. */
export function templateOf(columns: readonly Column[]): string {
  return columns.map(({ width, grows }) => (grows ? `minmax(${width}px, 1fr)` : `${width}px`)).join(' ')
}

export function clamp(width: number): number {
  return Math.round(Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, width)))
}

/** Columns with one of them put to another place. */
export function moved<Item>(items: readonly Item[], from: number, to: number): Item[] {
  const next = [...items]
  const [item] = next.splice(from, 1)
  if (item !== undefined) next.splice(Math.max(0, Math.min(to, next.length)), 0, item)
  return next
}
