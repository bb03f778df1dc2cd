import fc from 'fast-check'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { tenantRouter } from '../../src-main/compartment/router.ts'
import { problemOf } from '../../src-shared/problem.ts'
import type { MutationReply } from '../../src-shared/protocol/mutation.ts'
import { temporaryFolder } from '../compartment/driver.ts'
import { Opened, raw } from '../compartment/vault-support.ts'
import { withCloud, type TestCloud } from '../support/cloud.ts'
import { uuid } from '../support/sample.ts'
import { samplesOf, type JsonSchema } from '../support/samples.ts'
import { attemptsOn, fillingWith, routesOf, send } from './cloud-support.ts'

/** A word that nothing here has: what finds a row all the same was read as more than text. */
const NOWHERE = 'qzxv'
/** Text that means something to SQL, to LIKE, to FTS5 or to JSON paths, where it is not kept apart from them. */
const CORPUS = [
  ...["' OR '1'='1", "' OR 1=1 --", '" OR ""="', "'; DROP TABLE ticket; --", "'); DELETE FROM outbox; --", '` OR 1 --'],
  ...["' UNION SELECT sql FROM sqlite_master --", "x'; ATTACH 'x.db' AS x; --", "'||(SELECT sealed FROM secret)||'"],
  ...[
    "'; PRAGMA writable_schema=1; --",
    "\\'; select pg_sleep(0); --",
    '$$; drop schema public cascade; $$',
    '?1',
    ':id',
    '$1',
  ],
  ...[
    '%',
    '_',
    '%%',
    '\\%',
    '[a-z]%',
    '*',
    'a*',
    `${NOWHERE}* OR printer`,
    'printer NOT x',
    'NEAR(printer outlook)',
    '^printer',
  ],
  ...[
    '"',
    '""',
    '"printer"',
    'subject:printer',
    '{subject} : printer',
    '+printer',
    '-printer',
    '(',
    ')',
    'printer AND',
    'OR',
  ],
  ...[
    '$.x',
    '$[0]',
    '{"a":1}',
    '\u0000',
    '\u0000printer',
    '\ud800',
    '\u202e',
    '{{7*7}}',
    '${7*7}',
    '\\',
    '\n',
    '/* */',
  ],
]
const hostile = fc
  .array(fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...CORPUS) }, fc.string({ maxLength: 8 })), {
    minLength: 1,
    maxLength: 3,
  })
  .map((pieces) => pieces.join(''))

/** Those that hand what they get to the cloud, whose routes are tried below, and wait for it. */
const AWAY = /^(?:imports|configuration)\.(?!uses|readFile)/
const procedures = Object.entries(
  tenantRouter._def.procedures as unknown as Record<string, { _def: { type: string; inputs: z.ZodType[] } }>,
).flatMap(([path, { _def }]) =>
  _def.inputs[0] && !AWAY.test(path)
    ? [{ path, schema: z.toJSONSchema(_def.inputs[0], { io: 'input', unrepresentable: 'any' }) as JsonSchema }]
    : [],
)
const TICKETS = 20
const OWN_KEYS: Record<string, string> = {
  ...{ status: 'working', priority: 'p3', type: 'incident', queue: 'service' },
  // The name of a header is no text: what is none is refused before anything is recorded.
  header: 'X-Api-Key',
}

describe('in a compartment', () => {
  const folders: ReturnType<typeof temporaryFolder>[] = []
  const open: Opened[] = []
  /** A ticket and a contact of each. */
  const known = new Map<Opened, { ticket: string; contact: string }>()
  beforeEach(async () => {
    for (let i = 0; i < 2; i++) {
      const place = temporaryFolder()
      folders.push(place)
      const opened = new Opened(place.folder)
      open.push(opened)
      const { caller } = opened
      const contact = await caller.contacts.create({ name: 'Robin Reed', email: 'robin@a.example' })
      const tickets = []
      for (let n = 1; n <= TICKETS; n++)
        tickets.push(
          await caller.tickets.create({ subject: `printer ${n}`, description: 'not x', status: 'new', priority: 'p3' }),
        )
      known.set(opened, { ticket: tickets[0]?.ticket.id ?? '', contact: contact.id })
    }
  })
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close()
    for (const one of folders.splice(0)) one.remove()
  })

  /** Schema and row counts of the three files. */
  function shape(folder: string): Record<string, unknown> {
    return Object.fromEntries(
      (['ledger', 'cache', 'vault'] as const).map((name) => {
        const db = raw(folder, name)
        try {
          const tables = db
            .prepare<[], { name: string; sql: string }>('SELECT name, sql FROM sqlite_master ORDER BY 1')
            .all()
          const counts = tables
            .filter(({ sql }) => /^CREATE TABLE/i.test(sql ?? ''))
            .map((table) => [table.name, db.prepare(`SELECT count(*) FROM "${table.name}"`).pluck().get()])
          return [name, { tables, counts }]
        } finally {
          db.close()
        }
      }),
    )
  }

  /** What an input leads to: its problem, or how many things it found. */
  async function outcome(opened: Opened, path: string, input: unknown): Promise<string> {
    const call = path.split('.').reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], opened.caller)
    try {
      const found = await (call as (input: unknown) => Promise<unknown>)(input)
      return Array.isArray(found) ? `${found.length} found` : 'done'
    } catch (error) {
      const cause = error as { code?: string; cause?: unknown }
      return cause.code === 'BAD_REQUEST' ? 'BAD_REQUEST' : problemOf(error).code
    }
  }

  function inputsOf(opened: Opened, schema: JsonSchema, text: string): unknown[] {
    const { ticket = '', contact = '' } = known.get(opened) ?? {}
    return samplesOf(schema, {
      id: (path) => (path.includes('contactId') || path.includes('requesterId') ? contact : ticket),
      text: (path) => OWN_KEYS[path.at(-1) ?? ''] ?? text,
    }).slice(0, 6)
  }

  test('every text of every procedure is text: it ends like harmless text, and files have the same tables and rows', async () => {
    const [attacked, harmless] = open as [Opened, Opened]
    let round = 0
    await fc.assert(
      fc.asyncProperty(hostile, async (text) => {
        // A word of this round's own, so that it finds nothing of the rounds before.
        const word = `${NOWHERE}${String(++round).replaceAll(/\d/g, (digit) => 'abcdefghij'[Number(digit)] ?? '')}z`
        const plain = 'q'.repeat(text.length)
        for (const { path, schema } of procedures) {
          const [one, other] = [
            inputsOf(attacked, schema, `${word}${text}`),
            inputsOf(harmless, schema, `${word}${plain}`),
          ]
          for (const [i, input] of one.entries()) {
            const got = await outcome(attacked, path, input)
            const expected = await outcome(harmless, path, other[i])
            expect([path, got]).not.toEqual([path, 'internal'])
            // A form can refuse a text for what it is; it never gets further than that.
            if (got !== 'BAD_REQUEST' && got !== 'invalid-input')
              expect([path, text, got]).toEqual([path, text, expected])
          }
        }
      }),
      { numRuns: 25, seed: 11, endOnFailure: true },
    )
    const [a, b] = folders.map(({ folder }) => shape(folder)) as [Record<string, unknown>, Record<string, unknown>]
    for (const name of ['ledger', 'cache', 'vault']) expect(a[name]).toEqual(b[name])
  })

  test('searches for such text find nothing, with it alone as well', async () => {
    const [{ caller }] = open as [Opened]
    const filter = {}
    const tickets = async (text: string): Promise<number> =>
      (await caller.tickets.search({ text, filter, order: 'newest', limit: 100 })).length
    expect(await tickets('printer')).toBeGreaterThan(0)
    for (const text of CORPUS) {
      expect([text, await tickets(`${NOWHERE} ${text}`)]).toEqual([text, 0])
      expect([text, await caller.contacts.list({ text: `${NOWHERE}${text}`, limit: 50 })]).toEqual([text, []])
      expect([text, await caller.vault.list({ text: `${NOWHERE}${text}` })]).toEqual([text, []])
    }
    // What would find it, were these signs more than themselves.
    await caller.vault.create({ kind: 'note', name: 'Robin Reed', secrets: { text: 'x' } })
    for (const sign of ['%', '_', '*', '?', '.', '.*', '[o]', '\\o']) {
      const person = `R${sign}bin`
      expect([sign, await caller.contacts.list({ text: person, limit: 50 })]).toEqual([sign, []])
      expect([sign, await caller.vault.list({ text: person })]).toEqual([sign, []])
    }
  })
})

describe('in the cloud', () => {
  let cloud: TestCloud
  afterAll(() => cloud?.close())

  const schemaOf = async (): Promise<unknown[]> => [
    ...(await cloud.owner`select table_name, column_name, data_type from information_schema.columns
      where table_schema in ('public', 'bulkhead') order by 1, 2`),
  ]
  const rowsOf = async (tenant: string): Promise<unknown[]> => {
    const counts = []
    for (const table of ['ticket', 'entry', 'contact', 'saved_view', 'attachment'])
      counts.push([table, (await cloud.owner`select from ${cloud.owner(table)} where tenant_id = ${tenant}`).length])
    return counts
  }

  test('every text of every route is text: it ends like harmless text, and tables and rows are the same', async () => {
    cloud = await withCloud()
    const { routes, ref } = await routesOf(cloud.url)
    const before = await schemaOf()
    const tokens = [await cloud.tenantToken(0), await cloud.tenantToken(1)] as const
    const names = ['Acme', 'Zephyr'] as const
    const own: Record<string, string> = { status: 'open', priority: 'p2', type: 'incident', queue: 'desk' }
    const strike = async (client: 0 | 1, text: string): Promise<string[]> => {
      const filling = fillingWith(
        (path) =>
          uuid(
            names[client],
            path.includes('requesterId') ? 'contact' : 'ticket',
            ...(path.includes('requesterId') ? [] : [1]),
          ),
        ref,
      )
      const ends: string[] = []
      for (const route of routes.filter(({ kind }) => kind === 'tenant'))
        for (const attempt of attemptsOn(route, { ...filling, text: (path) => own[path.at(-1) ?? ''] ?? text }, 'x')) {
          const { status, text: answer } = await send(cloud.url, attempt, tokens[client])
          const reply =
            attempt.path === '/v1/mutations' && status === 200 ? (JSON.parse(answer) as MutationReply) : null
          ends.push(`${route.method} ${route.path} ${status} ${reply?.results[0]?.outcome ?? ''}`)
        }
      return ends
    }
    const texts = CORPUS.filter((_, i) => i % 6 === 0 || /[\0\ud800]/.test(CORPUS[i] ?? ''))
    for (const text of texts) {
      const [got, expected] = [
        await strike(0, `${NOWHERE}${text}`),
        await strike(1, NOWHERE.padEnd(4 + text.length, NOWHERE)),
      ]
      expect(got.filter((end) => / 5\d\d /.test(end))).toEqual([])
      // What the database cannot hold is refused as such; everything else ends alike.
      if (!/[\0\ud800]/.test(text)) expect([text, got]).toEqual([text, expected])
    }
    expect(await schemaOf()).toEqual(before)
    expect(await rowsOf(uuid('tenant', 'Borealis'))).toEqual([
      ['ticket', 3],
      ['entry', 3],
      ['contact', 1],
      ['saved_view', 0],
      ['attachment', 0],
    ])
  })
})
