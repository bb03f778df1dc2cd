import type { TicketRow } from '../../../src-shared/domain/views.ts'
import type { Cache } from '../cache/cache.ts'
import { listeningOf, type Listening } from './noise.ts'
import { instant, NO_DUE, numberOf, type StoredTicket } from '../cache/tickets.ts'
import type { Words } from '../cache/words.ts'
import type { Ledger } from '../ledger/ledger.ts'

type ListedTicket = Omit<StoredTicket, 'rest' | 'rank' | 'given'> & {
  requesterName: string | null
  requesterEmail: string | null
  hasParts: number | null
}

// What rules of noise look at is read where there are some.
const sql = (listening: boolean): string => `
  SELECT t.number, t.id, t.status, t.priority, t.type, t.requester, t.assignee, t.created, t.updated, t.due, t.risk, t.snoozed,
         t.version, t.seen, t.subject,
         instr(t.rest, '"relation":"child"') > 0 AS hasParts, c.name AS requesterName${listening ? ", t.queue, t.description, c.body ->> '$.email' AS requesterEmail" : ''}
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

/** Lines of the list for ticket numbers, in their order; numbers without a ticket are left out. */
export function rowsOf(cache: Cache, ledger: Ledger, numbers: readonly number[]): TicketRow[] {
  const { words } = cache
  const listening = listeningOf(cache.configuration)
  const statement = cache.statement<ListedTicket>(sql(listening !== null))
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
    })
  }
  return rows
}
