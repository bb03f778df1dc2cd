import { MAX_PAGE, type Desk, type TicketRow } from '../../../src-shared/domain/views.ts'
import { save } from '../../tenant/downloads.ts'
import { filterOf } from '../../tenant/kept-views.ts'
import type { ListView } from '../../tenant/memory.ts'
import type { Tenant } from '../../tenant/tenant.ts'
import { csvOf } from './csv.ts'
import { wordsOf, type Words } from './words.ts'

/** Tickets of one file at most. */
const MAX_ROWS = 20_000

const COLUMNS: readonly [title: string, value: (row: TicketRow, words: Words) => string][] = [
  ['Number', ({ number }) => (number < 0 ? 'new' : String(number))],
  ['Subject', ({ subject }) => subject],
  ['Status', ({ status }, { statuses }) => statuses.get(status)?.label ?? status],
  ['Priority', ({ priority }, { priorities }) => priorities.get(priority)?.label ?? priority],
  ['Type', ({ type }, { types }) => (type === null ? '' : (types.get(type) ?? type))],
  ['Requester', ({ requesterName }) => requesterName ?? ''],
  ['Assignee', ({ assigneeId }, { technicians }) => (assigneeId === null ? '' : (technicians.get(assigneeId) ?? ''))],
  ['Created', ({ createdAt }) => createdAt],
  ['Updated', ({ updatedAt }) => updatedAt],
  ['Due', ({ dueAt }) => dueAt ?? ''],
]

/**
 * Gives the list on screen to the person's downloads as CSV, in its order.
 * @param client its name, for the name of the file
 * @returns how many tickets, and whether there are more
 * @throws TRPCClientError with its problem
 */
export async function exportList(
  tenant: Tenant,
  view: ListView,
  desk: Desk,
  client: string,
): Promise<{ rows: number; more: boolean }> {
  const words = wordsOf(desk)
  const { rows, more } = await rowsOf(tenant, view, desk)
  const lines = rows.map((row) => COLUMNS.map(([, value]) => value(row, words)))
  const text = csvOf([COLUMNS.map(([title]) => title), ...lines])
  const name = `${client} tickets ${new Date().toISOString().slice(0, 10)}.csv`
  save(new Blob([text], { type: 'text/csv;charset=utf-8' }), name.replaceAll(/[/\\:*?"<>|]/g, ' '))
  return { rows: rows.length, more }
}

async function rowsOf({ client }: Tenant, view: ListView, desk: Desk): Promise<{ rows: TicketRow[]; more: boolean }> {
  const { text, order, sort } = view
  const filter = filterOf(view, desk)
  if (text.trim() !== '') {
    const hits = await client.tickets.search.query({ text, filter, order, sort, limit: MAX_PAGE })
    return { rows: hits.map(({ row }) => row), more: hits.length === MAX_PAGE }
  }
  let page = await client.tickets.page.query({ filter, sort, limit: MAX_PAGE })
  const { rows } = page
  while (page.next && rows.length < MAX_ROWS) {
    page = await client.tickets.page.query({ filter, sort, after: page.next, limit: MAX_PAGE })
    rows.push(...page.rows)
  }
  return { rows, more: page.next !== null }
}
