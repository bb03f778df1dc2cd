import { IconColumns3, IconDownload, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { memo, type RefObject } from 'react'
import { openStatuses } from '../../../src-shared/domain/configuration.ts'
import { FORMER, knownName } from '../../../src-shared/domain/person-words.ts'
import type { Desk, TicketSort } from '../../../src-shared/domain/views.ts'
import { hasWords } from '../../../src-shared/query/parse.ts'
import { useKeyOf } from '../../app/commands/key-of.ts'
import { useRegistry } from '../../app/commands/use-commands.tsx'
import { useTenant } from '../../tenant/context.tsx'
import type { ListView } from '../../tenant/memory.ts'
import { countsQuery } from '../../tenant/queries.ts'
import { columnOf } from './columns.ts'
import { FilterMenu } from './filter-menu.tsx'
import classes from './list.module.css'
import { SearchField, type SearchFieldProps } from './search-field.tsx'
import { ViewsMenu } from './views-menu.tsx'

const SORTS: readonly { key: string; label: string; sort: TicketSort }[] = [
  { key: 'updated', label: 'Last updated', sort: { by: 'updated', direction: 'descending' } },
  { key: 'created', label: 'Newest', sort: { by: 'created', direction: 'descending' } },
  { key: 'priority', label: 'Most urgent', sort: { by: 'priority', direction: 'ascending' } },
  { key: 'due', label: 'Due soonest', sort: { by: 'due', direction: 'ascending' } },
]

interface ListBarProps extends Omit<SearchFieldProps, 'field'> {
  total: string
  searchField: RefObject<HTMLInputElement | null>
}

/** Search, filters, order, and how many tickets that makes. */
export const ListBar = memo(function ListBar({ total, searchField, ...field }: ListBarProps) {
  const { desk, view, onChange, onLeave } = field
  const registry = useRegistry()
  const keyOf = useKeyOf()
  const tenant = useTenant()
  const counts = useQuery(countsQuery(tenant)).data
  const { statuses, priorities } = desk.configuration
  const chosen =
    view.statuses === 'open' ? openStatuses(desk.configuration) : view.statuses === 'all' ? null : view.statuses
  const openCount = counts && sum(openStatuses(desk.configuration).map((key) => counts.byStatus[key] ?? 0))
  const allCount = counts && sum(Object.values(counts.byStatus))
  const searching = hasWords(view.text)

  const chooseStatus = (key: string): void => {
    if (key === 'open' || key === 'all') return onChange({ statuses: key })
    const base = Array.isArray(view.statuses) ? (view.statuses as readonly string[]) : []
    const next = base.includes(key) ? base.filter((other) => other !== key) : [...base, key]
    onChange({ statuses: next.length === 0 ? 'open' : next })
  }
  const choosePriority = (key: string): void => {
    if (key === '') return onChange({ priorities: [] })
    const { priorities: base } = view
    onChange({ priorities: base.includes(key) ? base.filter((other) => other !== key) : [...base, key] })
  }
  return (
    <div className={classes.bar} role="search">
      <SearchField {...field} field={searchField} />
      <ViewsMenu desk={desk} view={view} onChange={onChange} onLeave={onLeave} />
      <FilterMenu
        name="Status"
        label={statusLabel(view, desk)}
        set={view.statuses !== 'open'}
        several
        onChoose={chooseStatus}
        choices={[
          { key: 'open', label: 'All open', count: openCount, checked: view.statuses === 'open' },
          { key: 'all', label: 'Open and closed', count: allCount, checked: view.statuses === 'all' },
          ...statuses.map((status, index) => ({
            key: status.key,
            label: status.label,
            mark: <span className={classes.dot} data-category={status.category} />,
            count: counts?.byStatus[status.key] ?? (counts && 0),
            checked: Array.isArray(view.statuses) && chosen?.includes(status.key) === true,
            rule: index === 0,
          })),
        ]}
      />
      <FilterMenu
        name="Priority"
        label={priorityLabel(view, desk)}
        set={view.priorities.length > 0}
        several
        onChoose={choosePriority}
        choices={[
          { key: '', label: 'Any priority', checked: view.priorities.length === 0 },
          ...priorities.map((priority, index) => ({
            key: priority.key,
            label: priority.label,
            mark: <span className={classes.mark} style={{ '--mark': priority.colour }} />,
            checked: view.priorities.includes(priority.key),
            rule: index === 0,
          })),
        ]}
      />
      <FilterMenu
        name="Assignee"
        label={assigneeLabel(view, desk)}
        set={view.assignee !== 'anyone'}
        onChoose={(assignee) => onChange({ assignee })}
        choices={[
          { key: 'anyone', label: 'Anyone', checked: view.assignee === 'anyone' },
          { key: 'me', label: 'Assigned to me', count: counts?.mine, checked: view.assignee === 'me' },
          {
            key: 'unassigned',
            label: 'Unassigned',
            count: counts?.unassigned,
            checked: view.assignee === 'unassigned',
          },
          ...desk.technicians
            .filter((technician) => technician.id !== desk.me)
            .map((technician, index) => ({
              key: technician.id,
              label: technician.name,
              checked: view.assignee === technician.id,
              rule: index === 0,
            })),
        ]}
      />
      <FilterMenu
        name="Order"
        label={orderLabel(view, desk, searching)}
        set={view.by !== null || view.group !== null}
        onChoose={(key) => {
          if (key === 'group') return registry.run('group')
          const sort = SORTS.find((one) => one.key === key)?.sort
          onChange({ by: null, ...(sort ? { sort } : { order: key === 'rank' ? 'rank' : 'newest' }) })
        }}
        choices={[
          ...(searching
            ? [
                { key: 'newest', label: 'Newest match', checked: view.by === null && view.order === 'newest' },
                { key: 'rank', label: 'Best match', checked: view.by === null && view.order === 'rank' },
              ]
            : SORTS.map(({ key, label, sort }) => ({
                ...{ key, label, checked: view.by === null && sort.by === view.sort.by },
              }))),
          {
            ...{ key: 'group', checked: view.group !== null, rule: true },
            label: view.group === null ? 'Group by…' : `Grouped by ${columnOf(view.group, desk).label}…`,
          },
        ]}
      />
      <span className={classes.total} data-testid="ticket-total" aria-live="polite">
        {total}
      </span>
      <button
        className={classes.filter}
        title={`Columns (${keyOf('columns', '|')})`}
        aria-label="Choose columns"
        onClick={() => registry.run('columns')}
      >
        <IconColumns3 size={15} />
      </button>
      <button
        className={classes.filter}
        title="Export this list as CSV"
        aria-label="Export this list as CSV"
        onClick={() => registry.run('export')}
      >
        <IconDownload size={15} />
      </button>
      <button className={classes.create} title="New ticket (c)" onClick={() => registry.run('new-ticket')}>
        <IconPlus size={14} /> New <kbd>{keyOf('new-ticket', 'c')}</kbd>
      </button>
    </div>
  )
})

function statusLabel({ statuses }: ListView, { configuration }: Desk): string {
  if (statuses === 'open') return 'All open'
  if (statuses === 'all') return 'Open and closed'
  const [first] = statuses
  if (statuses.length > 1) return `${statuses.length} statuses`
  return configuration.statuses.find(({ key }) => key === first)?.label ?? String(first)
}

function priorityLabel({ priorities }: ListView, { configuration }: Desk): string {
  const [first] = priorities
  if (first === undefined) return 'Any priority'
  if (priorities.length > 1) return `${priorities.length} priorities`
  return configuration.priorities.find(({ key }) => key === first)?.label ?? first
}

function assigneeLabel({ assignee }: ListView, desk: Desk): string {
  if (assignee === 'anyone') return 'Anyone'
  if (assignee === 'me') return 'Assigned to me'
  if (assignee === 'unassigned') return 'Unassigned'
  if (typeof assignee !== 'string') return `${assignee.length} people`
  return knownName(assignee, desk) ?? FORMER
}

function orderLabel(view: ListView, desk: Desk, searching: boolean): string {
  if (view.by) return `By ${columnOf(view.by.by, desk).label}`
  if (searching) return view.order === 'rank' ? 'Best match' : 'Newest match'
  return sortLabel(view.sort)
}

function sortLabel({ by, direction }: TicketSort): string {
  const known = SORTS.find(({ sort }) => sort.by === by && sort.direction === direction)
  if (known) return known.label
  const others = { updated: 'Longest untouched', created: 'Oldest', priority: 'Least urgent', due: 'Due latest' }
  return by === 'wakes' ? 'Next to wake' : others[by]
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
