import { createHash } from 'node:crypto'
import type { ExportedFile } from '../../src-shared/protocol/offboarding.ts'
import { readPieces } from '../attachments/pieces.ts'
import { asOrganisation, asTenant } from '../database/as.ts'
import type { Sql, Transaction } from '../database/connect.ts'
import { exportCsv } from '../import/export.ts'

/** Rows of one page. */
const PAGE = 1000

type Pieces = AsyncIterable<string | Buffer>

/** Tables that are exported as one JSON object a line, as the API tells them. */
const entities = {
  'tickets.jsonl': 'ticket',
  'entries.jsonl': 'entry',
  'contacts.jsonl': 'contact',
  'views.jsonl': 'saved_view',
  'ticket-changes.jsonl': 'ticket_change',
  'attachments.jsonl': 'attachment',
} as const

/**
 * The files of a client's export, by name, each made anew whenever it is read: of a client that is closed it is the same.
 * @param people of the client, as they were
 */
export async function exportFiles(
  api: Sql,
  organisation: string,
  tenant: string,
  people: readonly object[],
): Promise<Map<string, () => Pieces>> {
  const all = new Map<string, () => Pieces>()
  for (const [name, table] of Object.entries(entities)) all.set(name, () => entityLines(api, tenant, table))
  all.set('tickets.csv', () => exportCsv(api, tenant, 'tickets'))
  all.set('contacts.csv', () => exportCsv(api, tenant, 'contacts'))
  all.set('client.json', () =>
    once(api, organisation, (tx) => tx`select to_json(t) as data from tenant t where id = ${tenant}`),
  )
  all.set('people.json', () => one(`${JSON.stringify(people, null, 2)}\n`))
  const inTenant = (read: (tx: Transaction) => Promise<{ data: unknown }[]>) => () => lines(api, tenant, read)
  all.set(
    'configuration.jsonl',
    inTenant((tx) => tx`select data from configuration`),
  )
  all.set(
    'settings-history.jsonl',
    inTenant(
      (tx) => tx`
    select json_build_object('revision', revision, 'template', template, 'settings', settings, 'at', written_at, 'by', by_name, 'note', note) as data
    from configuration_revision order by revision`,
    ),
  )
  all.set(
    'escalations.jsonl',
    inTenant((tx) => tx`select to_json(e) as data from escalation e order by executed_at, ticket_id, rule`),
  )
  const contents = await asTenant(
    api,
    tenant,
    (tx) => tx<{ id: string; name: string; sha256: string; size: number }[]>`
    select a.id, a.data ->> 'name' as name, a.sha256, a.size from attachment a
    join content c on c.sha256 = a.sha256 and c.size = a.size and c.complete where not a.deleted order by a.id`,
  )
  for (const { id, name, sha256, size } of contents)
    all.set(`attachments/${id}-${safe(name)}`, () => bytesOf(api, tenant, { sha256, size }))
  return all
}

/** What a file of an export comes to. */
export async function digestOf(name: string, pieces: Pieces): Promise<ExportedFile> {
  const hash = createHash('sha256')
  let [bytes, rows] = [0, 0]
  for await (const piece of pieces) {
    const part = Buffer.from(piece as string)
    hash.update(part)
    bytes += part.length
    if (name.endsWith('.jsonl')) for (const byte of part) if (byte === 10) rows++
  }
  return { name, rows: name.endsWith('.jsonl') ? rows : null, bytes, sha256: hash.digest('hex') }
}

async function* entityLines(api: Sql, tenant: string, table: string): AsyncGenerator<string> {
  for (let after = ''; ;) {
    const rows = await asTenant(
      api,
      tenant,
      (tx) => tx<{ id: string; line: string }[]>`
      select id::text as id, data::text as line from ${tx(table)} where not deleted and id::text > ${after}
      order by id::text limit ${PAGE}`,
    )
    yield rows.map(({ line }) => `${line}\n`).join('')
    const last = rows.at(-1)
    if (!last || rows.length < PAGE) return
    after = last.id
  }
}

async function* lines(
  api: Sql,
  tenant: string,
  read: (tx: Transaction) => Promise<{ data: unknown }[]>,
): AsyncGenerator<string> {
  const rows = await asTenant(api, tenant, read)
  for (const { data } of rows) yield `${JSON.stringify(data)}\n`
}

async function* once(
  api: Sql,
  organisation: string,
  read: (tx: Transaction) => Promise<Record<string, unknown>[]>,
): AsyncGenerator<string> {
  const [row] = await asOrganisation(api, organisation, read)
  yield `${JSON.stringify(row?.['data'], null, 2)}\n`
}

async function* one(text: string): AsyncGenerator<string> {
  yield text
}

async function* bytesOf(api: Sql, tenant: string, content: { sha256: string; size: number }): AsyncGenerator<Buffer> {
  for await (const { bytes } of readPieces(api, tenant, content, { first: 0, last: content.size - 1 })) yield bytes
}

/** A name that every file system takes, and that leads nowhere else. */
function safe(name: string): string {
  const plain = name.replace(/[\p{Cc}<>:"/\\|?*\u202a-\u202e\u2066-\u2069]/gu, '_').replace(/^\.+|[. ]+$/g, '_')
  return [...plain].slice(0, 80).join('') || 'file'
}
