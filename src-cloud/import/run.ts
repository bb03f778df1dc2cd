import { Configuration } from '../../src-shared/domain/configuration.ts'
import type { Contact } from '../../src-shared/domain/people.ts'
import type { Ticket } from '../../src-shared/domain/ticket.ts'
import { ProblemError } from '../../src-shared/problem.ts'
import { MAX_DIFFERENCES, valuesOfNew, type ImportAnswer, type TakenImport } from '../../src-shared/protocol/import.ts'
import { zoneOf } from '../../src-shared/sla/zone.ts'
import { asTenant } from '../database/as.ts'
import type { Sql, Transaction } from '../database/connect.ts'
import { ATTEMPTS, isPassing } from '../database/passing.ts'
import { readFacts } from '../settings/store.ts'
import type { TenantIdentity } from '../tokens.ts'
import { mappingOf, type Mapping } from './columns.ts'
import { DateReader } from './dates.ts'
import { differenceOf, type FreshWords } from './difference.ts'
import { whoActs } from './job-acts.ts'
import { holdRows } from './hold-rows.ts'
import { HtmlTexts, withTexts } from './html-texts.ts'
import { inTurn, type Turn } from './in-turn.ts'
import { Contacts } from './people.ts'
import { cellsOf, idOf, planContact, planTicket, type Known, type Planned } from './plan.ts'
import { readCsvFile, type CsvRow } from './read-csv.ts'
import { storeRows } from './store.ts'
import { LackedWords, OwnWords } from './words.ts'

/** Rows of one transaction. What was taken stays where the next fails: the same file again goes on from there. */
const TOGETHER = 1000

/** What importing rows acts with. */
export interface ImportRun {
  tenant: string
  technician: string
  request: Pick<TakenImport, 'kind' | 'subject' | 'dryRun'>
  words: OwnWords
  dates: DateReader
  pages: HtmlTexts
  fresh: FreshWords
  mapping: Mapping
  /** The client's words, with those that a dry run would add. */
  configuration: Configuration
  lacked: LackedWords
  contacts: Contacts
}

/**
 * Imports contacts or tickets into a tenant, in order and some at a time. Rows that are here already change nothing, so
 * that the same file can come again. Where others at the same rows come first, it goes on from what is committed.
 * @throws ProblemError `invalid-input`, `read-only`, `cloud-busy` where others came first again and again
 */
export async function importCsv(
  api: Sql,
  { tenant, technician }: TenantIdentity,
  request: TakenImport,
): Promise<ImportAnswer> {
  if (request.create.length > 0 || request.guess || isMade(request))
    throw new ProblemError('invalid-input', {
      reason: 'Settings are made of a file by /v1/imports; here leave "create", "guess" and "new:" out.',
    })
  const file = readCsvFile(request.csv)
  const { configuration, timeZone } = await asTenant(api, tenant, clientOf)
  const mapping = mappingOf(request, file, configuration.customFields)
  if (mapping.lacks !== null) throw new ProblemError('invalid-input', { reason: mapping.lacks })
  const run: ImportRun = {
    tenant,
    technician,
    request,
    words: new OwnWords(configuration, request.words, false),
    dates: new DateReader(zoneOf(timeZone), () => request.dates),
    pages: new HtmlTexts(),
    fresh: new Map(),
    mapping,
    configuration,
    lacked: new LackedWords(),
    contacts: new Contacts(),
  }
  const answer: ImportAnswer = {
    columns: mapping.table,
    rows: file.rows.length,
    ...{ added: 0, changed: 0, same: 0, missing: {}, created: [] },
    bad: [...file.bad],
    differences: [],
  }
  let taken = 0
  const goOn = async (): Promise<void> => {
    const seen = new Map<string, number>()
    for (const past of file.rows.slice(0, taken)) isFirst(past, mapping, request.kind, seen)
    const turn: Turn<CsvRow[], PlannedRows> = {
      plan: (tx, rows) => planRows(tx, run, rows, seen),
      write: (tx, rows) => writeRows(tx, run, rows),
      committed: ({ planned }) => {
        taken += planned.length
        for (const one of planned) count(one, answer)
      },
    }
    await inTurn(partsOf(file.rows, taken), (work) => asTenant(api, tenant, work), turn, request.kind === 'contacts')
  }
  try {
    for (let failed = 0; taken < file.rows.length;) {
      const before = taken
      try {
        await goOn()
      } catch (error) {
        if (!isPassing(error)) throw error
        failed = taken > before ? 1 : failed + 1
        if (failed === ATTEMPTS) throw new ProblemError('cloud-busy', { seconds: 1 }, { cause: error })
      }
    }
  } finally {
    await run.pages.close()
  }
  answer.bad.sort((a, b) => a.line - b.line)
  answer.missing = run.lacked.told()
  return answer
}

/** What is known of the client beforehand. */
export async function clientOf(tx: Transaction): Promise<{ configuration: Configuration; timeZone: string }> {
  const [row] = await tx<{ data: unknown }[]>`select data from configuration`
  return { configuration: Configuration.parse(row?.data), timeZone: (await readFacts(tx)).timeZone }
}

/** Whether columns or words are to become settings of the client's own. */
export function isMade({ columns, words }: Pick<TakenImport, 'columns' | 'words'>): boolean {
  return [columns, ...Object.values(words)].some((said) => Object.values(said).some((one) => one?.startsWith('new:')))
}

function* partsOf(rows: CsvRow[], begin: number): Generator<CsvRow[]> {
  for (let from = begin; from < rows.length; from += TOGETHER) yield rows.slice(from, from + TOGETHER)
}

/**
 * Whether a row is the first of its file about one thing.
 * @returns null where it is, else the line of the first
 */
export function isFirst(
  row: CsvRow,
  mapping: Mapping,
  kind: TakenImport['kind'],
  seen: Map<string, number>,
): number | null {
  const cell = cellsOf(mapping, row)
  const key = (
    kind === 'contacts' ? (cell('email') ?? cell('name')) : (cell('id') ?? row.values.join('\u0000'))
  )?.toLowerCase()
  if (key === undefined) return null
  const before = seen.get(key)
  if (before !== undefined) return before
  seen.set(key, row.line)
  return null
}

function count(one: Planned<Contact | Ticket>, answer: ImportAnswer): void {
  if (one.act === 'bad') answer.bad.push({ line: one.line, reason: one.reason })
  else if (one.act === 'same') answer.same++
  else {
    if (one.act === 'add') answer.added++
    else answer.changed++
    if (answer.differences.length < MAX_DIFFERENCES) answer.differences.push(differenceOf(one, new Map()))
  }
}

/** Rows of one transaction, planned. */
export interface PlannedRows {
  planned: Planned<Contact | Ticket>[]
  lacked: LackedWords
  /** Who imports. */
  name: string
}

/**
 * Plans rows, and holds what they change.
 * @param seen rows of the file so far, for {@link isFirst}
 * @throws ProblemError `read-only`
 */
export async function planRows(
  tx: Transaction,
  run: ImportRun,
  rows: readonly CsvRow[],
  seen: Map<string, number>,
): Promise<PlannedRows> {
  const { request, mapping } = run
  const name = await whoActs(tx, run.technician)
  // Another import of contacts has written before it is looked who is here: what makes a contact one has no key.
  if (request.kind === 'contacts' && !request.dryRun)
    await tx`select pg_advisory_xact_lock(hashtextextended('bulkhead contacts into ' || bulkhead.current_tenant(), 0))`
  const again: Planned<never>[] = []
  const firsts = rows.filter((row) => {
    const before = isFirst(row, mapping, request.kind, seen)
    if (before !== null)
      again.push({ act: 'bad', line: row.line, reason: `This is about the same as line ${before}, which counts.` })
    return before === null
  })
  const lacked = new LackedWords()
  const { customFields } = run.configuration
  const texts =
    request.kind === 'tickets' ? await run.pages.of(firsts, mapping, customFields) : new Map<string, string>()
  const known = { ...(await readKnown(tx, run, firsts)), lacks: lacked.add.bind(lacked) }
  const read = withTexts(texts, customFields)
  const planned = firsts.map((row) => {
    const cell = read(cellsOf(mapping, row))
    return request.kind === 'contacts' ? planContact(cell, row.line, known) : planTicket(cell, row, request, known)
  })
  return { planned: [...again, ...planned], lacked, name }
}

/** Writes planned rows where it is no dry run, and counts the words that were lacking. */
export async function writeRows(
  tx: Transaction,
  run: ImportRun,
  { planned, lacked, name }: PlannedRows,
): Promise<void> {
  const { request, technician } = run
  if (!request.dryRun) await storeRows(tx, request.kind, { id: technician, name: `${name} (import)` }, planned)
  run.lacked.take(lacked)
}

async function readKnown(
  tx: Transaction,
  { tenant: tenantId, request: { kind }, words: own, dates, mapping, configuration, contacts }: ImportRun,
  rows: readonly CsvRow[],
): Promise<Omit<Known, 'lacks'>> {
  const cells = rows.map((row) => cellsOf(mapping, row))
  const people = configuration.customFields.flatMap(({ type, key }) =>
    type === 'person' ? (`custom:${key}` as const) : [],
  )
  const words = cells
    .flatMap((cell) => (kind === 'contacts' ? [cell('email'), cell('name')] : [cell('requester'), ...people.map(cell)]))
    .filter((word) => word !== undefined)
  const ids = new Map(
    kind === 'tickets'
      ? rows.map((row, i) => [row, idOf(tenantId, cells[i]?.('id') ?? row.values.join('\u0000'))])
      : [],
  )
  // Read one after the other: what is locked is locked in one order.
  const tickets = ids.size === 0 ? [] : await holdRows<Ticket>(tx, 'ticket', [...ids.values()])
  const found = await contacts.find(tx, new Set(words.map((word) => word.toLowerCase())))
  const technicians =
    kind === 'contacts'
      ? []
      : await tx<{ id: string; email: string; name: string }[]>`
    select id, lower(data ->> 'email') as email, lower(data ->> 'name') as name from tenant_technician where not deleted`
  const { fresh, usual } = valuesOfNew(configuration)
  return {
    tenantId,
    configuration,
    words: own,
    dates,
    contacts: found,
    technicians: new Map(
      technicians.flatMap(({ id, email, name }): [string, string][] => [
        [email, id],
        [name, id],
      ]),
    ),
    tickets: new Map(tickets.map(({ data, deleted }) => [data.id, deleted ? null : data])),
    ids,
    fresh: fresh?.key ?? '',
    usual: usual?.key ?? '',
  }
}
