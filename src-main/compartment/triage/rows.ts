import { FIELD_COLUMN } from '../../../src-shared/domain/layout.ts'
import { own } from '../../../src-shared/domain/own.ts'
import { taskCount } from '../../../src-shared/domain/task-list.ts'
import type { Ticket } from '../../../src-shared/domain/ticket.ts'
import type { TicketRow } from '../../../src-shared/domain/views.ts'
import type { Cache } from '../cache/cache.ts'
import { listeningOf, type Listening } from './noise.ts'
import { instant, NO_DUE, numberOf, type StoredTicket } from '../cache/tickets.ts'
import { named } from './people.ts'
import type { Words } from '../cache/words.ts'
import type { Ledger } from '../ledger/ledger.ts'

type ListedTicket = Omit<StoredTicket, 'rank' | 'given'> & {
  requesterName: string | null
  requesterEmail: string | null
  hasParts: number | null
}

// What rules of noise and columns look at is read where there are some.
const sql = (listening: boolean, more: boolean): string => `
  SELECT t.number, t.id, t.status, t.priority, t.type, t.requester, t.assignee, t.created, t.updated, t.due, t.risk, t.snoozed,
         t.version, t.seen, t.subject, instr(t.rest, '"relation":"child"') > 0 OR instr(t.rest, '"done":false') > 0 AS hasParts, c.name AS requesterName
         ${more || listening ? ', t.queue' : ''}${more ? ', t.rest' : ''}${listening ? ", t.description, c.body ->> '$.email' AS requesterEmail" : ''}
  FROM ticket t LEFT JOIN contact c ON c.key = t.requester WHERE t.number = ?`

/** When a ticket is due, from when on it is at risk and until when it sleeps, as windows show it. */
export function timesView({
  due,
  risk,
  snoozed,
}: Pick<StoredTicket, 'due' | 'risk' | 'snoozed'>): Pick<TicketRow, 'dueAt' | 'riskAt' | 'snoozedUntil'> {
  return {
    dueAt: due === NO_DUE ? null : instant(due),
    riskAt: risk === NO_DUE ? null : instant(risk),
    snoozedUntil: snoozed === 0 ? null : instant(snoozed),
  }
}

function heardOf(row: ListedTicket, words: Words): Parameters<Listening>[0] {
  const { subject, description, requesterEmail: from } = row
  const text = (key: number): string | null => words.text(key)
  return { subject, description, from, status: text(row.status) ?? '', type: text(row.type), queue: text(row.queue) }
}

/** What columns show beside what every row has. */
function extrasOf(row: ListedTicket, columns: readonly string[], cache: Cache): Partial<TicketRow> {
  const { words } = cache
  const extras: Partial<TicketRow> = {}
  const rest = row.rest === null ? {} : (JSON.parse(row.rest) as Partial<Ticket>)
  for (const column of columns) {
    if (column === 'queue') extras.queue = words.text(row.queue)
    else if (column === 'tags') extras.tags = rest.tags ?? []
    else if (column === 'watchers') extras.watchers = rest.watchers ?? []
    else if (column === 'tasks') extras.taskCount = taskCount(rest.tasks)
    else if (column.startsWith(FIELD_COLUMN)) {
      const key = column.slice(FIELD_COLUMN.length)
      const value = own(rest.customFields, key)
      if (value !== null && value !== undefined) (extras.fields ??= {})[key] = named(cache, key, value)
    }
  }
  return extras
}

/** Ids of tickets by number of their rows, in their order; numbers without a ticket are left out. */
export function idsOf(cache: Cache, numbers: readonly number[]): string[] {
  const statement = cache.statement<{ id: string }>('SELECT id FROM ticket WHERE number = ?')
  return numbers.flatMap((number) => statement.get(number)?.id ?? [])
}

/**
 * Lines of the list for ticket numbers, in their order; numbers without a ticket are left out.
 * @param columns whose values rows carry only where they are asked for, see {@link extraColumns}
 */
export function rowsOf(
  cache: Cache,
  ledger: Ledger,
  numbers: readonly number[],
  columns: readonly string[] = [],
): TicketRow[] {
  const { words } = cache
  const listening = listeningOf(cache.configuration)
  const statement = cache.statement<ListedTicket>(sql(listening !== null, columns.length > 0))
  const timers = new Map(ledger.timers.all().map(({ ticketId, since }) => [ticketId, instant(since)]))
  const rows: TicketRow[] = []
  for (const number of numbers) {
    const row = statement.get(number)
    if (!row) continue
    rows.push({
      id: row.id,
      number: numberOf(row.number),
      subject: row.subject,
      status: words.text(row.status) ?? '',
      priority: words.text(row.priority) ?? '',
      type: words.text(row.type),
      assigneeId: words.text(row.assignee),
      requesterId: words.text(row.requester),
      requesterName: row.requesterName,
      createdAt: instant(row.created),
      updatedAt: instant(row.updated),
      ...timesView(row),
      timerSince: timers.get(row.id) ?? null,
      noise: listening?.(heardOf(row, words)) ?? null,
      unread: row.seen < row.version,
      pending: ledger.isPending(row.id),
      ...(row.hasParts && { hasParts: true }),
      ...(columns.length > 0 && extrasOf(row, columns, cache)),
    })
  }
  return rows
}
