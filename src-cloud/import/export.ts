import { csvLine } from '../../src-shared/csv.ts'
import type { Contact } from '../../src-shared/domain/people.ts'
import type { Ticket } from '../../src-shared/domain/ticket.ts'
import { importFields, type ImportKind } from '../../src-shared/protocol/import.ts'
import { asTenant } from '../database/as.ts'
import type { Sql } from '../database/connect.ts'

/** Rows of one page. */
const PAGE = 2000

/** A tenant's contacts or tickets as CSV, in the columns that an import takes; safe to open in a spreadsheet. */
export async function* exportCsv(api: Sql, tenant: string, kind: ImportKind): AsyncGenerator<string> {
  const fields: readonly string[] = kind === 'tickets' ? [...importFields.tickets, 'number'] : importFields.contacts
  yield csvLine(fields)
  const table = kind === 'contacts' ? 'contact' : 'ticket'
  for (let after = ''; ;) {
    const rows = await asTenant(
      api,
      tenant,
      (tx) => tx<{ id: string; data: Contact & Ticket; requester: string | null; assignee: string | null }[]>`
      select t.id, t.data,
        (select coalesce(c.data ->> 'email', c.data ->> 'name') from contact c where c.tenant_id = t.tenant_id and c.id::text = t.data ->> 'requesterId') as requester,
        (select w.data ->> 'email' from tenant_technician w where w.tenant_id = t.tenant_id and w.id::text = t.data ->> 'assigneeId') as assignee
      from ${tx(table)} t where not t.deleted and t.id::text > ${after} order by t.id::text limit ${PAGE}`,
    )
    yield rows.map(({ data, ...names }) => csvLine(fields.map((field) => cellOf(kind, field, data, names)))).join('')
    const last = rows.at(-1)
    if (!last || rows.length < PAGE) return
    after = last.id
  }
}

function cellOf(
  kind: ImportKind,
  field: string,
  data: Contact & Ticket,
  names: { requester: string | null; assignee: string | null },
): string {
  if (kind === 'contacts') return textOf(data[field])
  const of: Record<string, unknown> = {
    id: data['importedId'] ?? data.id,
    requester: names.requester,
    assignee: names.assignee,
    tags: data.tags.join('; '),
    created: data.createdAt,
    updated: data.updatedAt,
    due: data.dueAt,
  }
  return textOf(field in of ? of[field] : data[field])
}

function textOf(value: unknown): string {
  if (value === true) return 'yes'
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}
