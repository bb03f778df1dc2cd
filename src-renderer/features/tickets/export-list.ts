import { extraColumns } from '../../../src-shared/domain/layout.ts'
import { MAX_PAGE, type Desk, type TicketRow } from '../../../src-shared/domain/views.ts'
import { save } from '../../tenant/downloads.ts'
import { filterOf } from '../../tenant/kept-views.ts'
import type { ListView } from '../../tenant/memory.ts'
import type { Tenant } from '../../tenant/tenant.ts'
import { exportText } from './column-text.ts'
import type { Column } from './columns.ts'
import { csvOf } from './csv.ts'
import { wordsOf } from './words.ts'

/** Tickets of one file at most. */
const MAX_ROWS = 20_000

/**
 * Gives the list on screen to the person's downloads as CSV: its columns, in its order.
 * @param client its name, for the name of the file
 * @returns how many tickets, and whether there are more
 * @throws TRPCClientError with its problem
 */
export async function exportList(
  tenant: Tenant,
  view: ListView,
  desk: Desk,
  columns: readonly Column[],
  client: string,
): Promise<{ rows: number; more: boolean }> {
  const words = wordsOf(desk)
  const { rows, more } = await rowsOf(tenant, view, desk, extraColumns(columns.map(({ key }) => key)))
  const lines = rows.map((row) => columns.map((column) => exportText(column, row, words)))
  const text = csvOf([columns.map(({ key, label }) => (key === 'number' ? 'Number' : label)), ...lines])
  const name = `${client} tickets ${new Date().toISOString().slice(0, 10)}.csv`
  save(new Blob([text], { type: 'text/csv;charset=utf-8' }), name.replaceAll(/[/\\:*?"<>|]/g, ' '))
  return { rows: rows.length, more }
}

async function rowsOf(
  { client }: Tenant,
  view: ListView,
  desk: Desk,
  columns: string[],
): Promise<{ rows: TicketRow[]; more: boolean }> {
  const { text, order, sort, by, group } = view
  const filter = filterOf(view, desk)
  if (text.trim() !== '' || by !== null || group !== null) {
    const { numbers, more, arranged } = await client.tickets.arrange.query({ filter, sort, text, order, by, group })
    if (arranged || text.trim() !== '') {
      const rows: TicketRow[] = []
      for (let at = 0; at < numbers.length; at += MAX_PAGE) {
        const some = numbers.slice(at, at + MAX_PAGE)
        const hits = await client.tickets.rows.query({ numbers: some, columns })
        rows.push(...hits.map(({ row }) => row))
      }
      return { rows, more }
    }
  }
  let page = await client.tickets.page.query({ filter, sort, columns, limit: MAX_PAGE })
  const { rows } = page
  while (page.next && rows.length < MAX_ROWS) {
    page = await client.tickets.page.query({ filter, sort, columns, after: page.next, limit: MAX_PAGE })
    rows.push(...page.rows)
  }
  return { rows, more: page.next !== null }
}
