import { randomUUID } from 'node:crypto'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { connect } from '../../src-cloud/database/connect.ts'
import { loadOrganisation } from '../../src-cloud/load.ts'
import { tokenKey, Tokens } from '../../src-cloud/tokens.ts'
import { startCloud } from '../../src-cloud/start.ts'
import { paths } from '../../src-shared/protocol/api.ts'
import { IMPORT_PART_BYTES, type RunImport } from '../../src-shared/protocol/import.ts'
import { ask, withCloud, type TestCloud } from '../support/cloud.ts'
import { freshDatabase } from '../support/postgres.ts'
import { sampleClient, sampleOrganisation, uuid } from '../support/sample.ts'
import { ImportDesk, viewOf } from './import-desk.ts'
import { refusal } from './onboarding-desk.ts'
import { workbook } from './workbook.ts'

let cloud: TestCloud
let token: string
let desk: ImportDesk
beforeAll(async () => {
  cloud = await withCloud()
  token = await cloud.tenantToken()
  desk = new ImportDesk(cloud.url, token)
})
afterAll(() => cloud.close())

const send: ImportDesk['send'] = (...what) => desk.send(...what)
const put: ImportDesk['put'] = (...what) => desk.put(...what)
const sent: ImportDesk['sent'] = (...what) => desk.sent(...what)
const run: ImportDesk['run'] = (...what) => desk.run(...what)
const tickets: ImportDesk['tickets'] = () => desk.tickets()
/** Those that were imported under ids that begin so. */
const brought = async (ids: string) => (await tickets()).filter(({ importedId }) => String(importedId).startsWith(ids))

const HEADER = 'id,subject,status,priority,type,queue,Room'

test('word by word it is decided what each becomes: what it looks like, what was said, a new one, or nothing', async () => {
  const lines = [
    'W-1,Waits,Pending Vendor,2 - Normal,incidents,Service desk,one',
    'W-2,Parks,On Hold,Blocker,Question,Night Shift,Roof',
    'W-3,Parks too,ON HOLD,P1,Question,,roof',
    'W-4,Nobody knows,Gone Fishing,Whenever,,,Cellar',
  ]
  const id = await sent('tickets', 'words.csv', `id,subject,status,priority,type,queue,Floor\n${lines.join('\n')}`)
  const dry = await run(id, { dryRun: true, guess: true })
  expect(dry.unknown).toMatchObject([
    { field: 'status', word: 'On Hold', rows: 2, becomes: 'new:waiting' },
    { field: 'status', word: 'Pending Vendor', rows: 1, becomes: 'vendor', made: 'new:waiting' },
    { field: 'status', word: 'Gone Fishing', rows: 1, becomes: 'new:open' },
    { field: 'priority', word: '2 - Normal', rows: 1, becomes: 'p2' },
    { field: 'priority', word: 'Blocker', rows: 1, becomes: 'p1' },
    { field: 'priority', word: 'Whenever', rows: 1, becomes: null },
    { field: 'type', word: 'Question', rows: 2, becomes: 'new:choice' },
    { field: 'type', word: 'incidents', rows: 1, becomes: 'incident' },
    { field: 'queue', word: 'Night Shift', rows: 1, becomes: 'new:choice' },
    { field: 'custom:floor', word: 'Roof', rows: 2, becomes: 'new:choice' },
    { field: 'custom:floor', word: 'Cellar', rows: 1, becomes: 'new:choice' },
  ])
  expect(dry).toMatchObject({ added: 4, badRows: 0 })
  const words = {
    ...{ status: { 'On Hold': 'vendor', 'Gone Fishing': null }, type: { Question: 'new:choice' } },
    ...{ queue: { 'Night Shift': null }, 'custom:floor': { Cellar: null } },
  }
  const would = await run(id, { dryRun: true, guess: true, words })
  const made = ['Types: Question.', 'Options of Floor: Roof.']
  expect(would).toMatchObject({ added: 4, created: made, asked: { words, guess: true } })
  // What consoles from before cannot read is not told to them.
  expect(would.said).toEqual({ columns: {}, words: { status: { 'On Hold': 'vendor' } }, create: [] })
  const becomes = [{ after: 'vendor' }, { after: 'p1' }, { after: 'Question' }, { field: 'createdAt' }]
  expect(would.differences[1]?.changes).toMatchObject(becomes)
  const agreed = await run(id, { dryRun: true, guess: true, words: { priority: { Blocker: 'new:choice' } } })
  expect(agreed.problem?.message).toContain('"Blocker" cannot become a new priority')
  expect(await run(id, { guess: true, words })).toMatchObject({ state: 'done', added: 4, badRows: 0, created: made })
  const taken = await brought('W-')
  expect(taken).toMatchObject([
    { status: 'vendor', priority: 'p2', type: 'incident', queue: 'desk', customFields: { floor: 'one' } },
    { status: 'vendor', priority: 'p1', type: 'question', queue: null, customFields: { floor: 'roof' } },
    { status: 'vendor', priority: 'p1', type: 'question', queue: null, customFields: { floor: 'roof' } },
    { status: 'new', priority: 'p2', type: null, queue: null },
  ])
  expect(taken[3]?.['customFields']).toEqual({})
})

test('what a word looks like goes by what it means, how urgent it is and whom it names, also where few words are the same', async () => {
  const labels = ['P1 Practice down', 'P2 Surgery down', 'P3 Normal', 'P4 When you can']
  const waiting = ['Awaiting practice', 'Supplier', 'On hold'].map((label, i) => ({
    key: `w${i}`,
    label,
    category: 'waiting',
    stopsClock: true,
  }))
  const over = [
    { key: 'n', label: 'To do', category: 'new', stopsClock: false },
    { key: 'z', label: 'All good', category: 'resolved', stopsClock: true },
  ]
  const priorities = labels.map((label, i) => ({ key: `p${i + 1}`, label, rank: i + 1, colour: '#1971c2' }))
  await cloud.owner`
    update configuration set data = (data::jsonb || ${JSON.stringify({ priorities, statuses: [...waiting, ...over] })}::text::jsonb)::json
    where tenant_id = ${uuid('tenant', 'Zephyr')}`
  const expected = {
    status: {
      Parked: 'w2',
      'Waiting on Vendor': 'w1',
      'Waiting Customer': 'new:waiting',
      Closed: 'z',
      Unassigned: 'n',
    },
    priority: { '1 - Critical': 'p1', High: 'p2', 'Priority 4': 'p4', Low: 'p4', Medium: 'p3', Whenever: null },
  }
  const [statuses, urgent] = [Object.keys(expected.status), Object.keys(expected.priority)]
  const rows = urgent.map((one, i) => `G-${i},Guess,${statuses[i] ?? ''},${one}`)
  const zephyr = new ImportDesk(cloud.url, await cloud.tenantToken(1))
  const id = await zephyr.sent('tickets', 'guess.csv', `id,subject,status,priority\n${rows.join('\n')}`)
  const { unknown } = await zephyr.run(id, { dryRun: true, guess: true })
  const found = (field: string) =>
    Object.fromEntries(unknown!.filter((one) => one.field === field).map(({ word, becomes }) => [word, becomes]))
  expect({ status: found('status'), priority: found('priority') }).toEqual(expected)
})

test('a dry run says which words the client lacks; what is wanted of them becomes settings, the rest is told by row', async () => {
  const csv = `${HEADER}\nA-1,Screen,Parked,p1,Request,Field Team,4b\nA-2,Mouse,In Progress,Blocker,Request,desk,\nA-3,,new,p1,,,\nA-1,Again,new,p1,,,`
  const id = await sent('tickets', 'old desk.csv', csv)
  const before = (await tickets()).length
  const dry = await run(id, { dryRun: true, create: [] })
  expect(dry).toMatchObject({ state: 'looked', rows: 4, looked: 4, added: 0, badRows: 4 })
  expect(dry.missing).toEqual({
    status: [{ word: 'Parked', rows: 1 }],
    priority: [{ word: 'Blocker', rows: 1 }],
    type: [{ word: 'Request', rows: 2 }],
    queue: [{ word: 'Field Team', rows: 1 }],
  })
  expect(dry.columns.at(-1)).toMatchObject({ column: 'Room', field: null })
  const create: RunImport['create'] = ['status', 'type', 'queue', 'customFields']
  const words = { priority: { Blocker: 'p1' } }
  const would = await run(id, { dryRun: true, create, words })
  const told = ['Statuses: Parked (waiting).', 'Types: Request.', 'Queues: Field Team.', 'Fields: Room.']
  expect(would).toMatchObject({ state: 'looked', added: 2, badRows: 2, created: told })
  expect(await tickets()).toHaveLength(before)

  const done = await run(id, { create, words })
  expect(done).toMatchObject({ state: 'done', added: 2, badRows: 2, created: told, missing: {} })
  expect(done.bad).toEqual([
    { line: 4, reason: 'The subject is empty.' },
    { line: 5, reason: 'This is about the same as line 2, which counts.' },
  ])
  const [screen] = (await tickets()).filter(({ subject }) => subject === 'Screen')
  expect(screen).toMatchObject({ status: 'parked', type: 'request', queue: 'field-team', customFields: { room: '4b' } })
  const bad = await (await ask(cloud.url, paths.importBad(id), { token })).text()
  expect(parse(bad)).toEqual([['line', 'reason'], ...done.bad.map(({ line, reason }) => [String(line), reason])])
})

test('columns that fill nothing become fields of the kind that their values have, or that was said', async () => {
  const rows = [
    '4b,7,2026-02-01,yes,Cable',
    '012,1 200,2026-02-02,no,cable',
    '9,-3.5,2026-02-03,,Screen',
    '9,,,YES,Screen',
  ]
  const lines = rows.map((row, i) => `K-${i},Kinds ${i},${row}`)
  const csv = `id,subject,Flat,Weight,Bought,Spare,Kind\n${lines.join('\n')}\nK-9,Late,x,much,soon,perhaps,Screen`
  const id = await sent('tickets', 'kinds.csv', csv)
  const guesses = (await run(id, { dryRun: true })).columns.map(({ guess }) => guess)
  // The last row fits nothing but text.
  expect(guesses.slice(2)).toEqual(['text', 'text', 'text', 'text', 'select'])
  const better = await sent('tickets', 'kinds.csv', csv.slice(0, csv.lastIndexOf('\n')))
  const { columns } = await run(better, { dryRun: true })
  expect(columns.map(({ guess }) => guess).slice(2)).toEqual(['text', 'number', 'date', 'checkbox', 'select'])

  const said = { Flat: null, Weight: 'new:number', Bought: 'new:date', Spare: 'new:checkbox', Kind: 'new:select' }
  const would = await run(id, { dryRun: true, columns: said })
  const made = ['Fields: Weight (number), Bought (date), Spare (yes or no), Kind (choice).']
  expect(would).toMatchObject({ added: 4, badRows: 1, created: made, said: { columns: said } })
  expect(would.bad[0]?.reason).toBe('Weight: "much" is no number.')
  expect(await run(id, { columns: said })).toMatchObject({ state: 'done', added: 4, badRows: 1, created: made })
  const own = (await tickets()).filter(({ subject }) => String(subject).startsWith('Kinds'))
  expect(own.map(({ customFields }) => customFields)).toEqual([
    { weight: 7, bought: '2026-02-01', spare: true, kind: 'cable' },
    { weight: 1200, bought: '2026-02-02', spare: false, kind: 'cable' },
    { weight: -3.5, bought: '2026-02-03', kind: 'screen' },
    { spare: true, kind: 'screen' },
  ])
  // Run again it finds the fields that it made.
  expect(await run(id, { columns: said })).toMatchObject({ added: 0, same: 4, created: [] })
})

test('dates are read as exports write them, by the clock of the client, and by column the day or the month first', async () => {
  const rows = [
    ['11/3/25 9:15 AM', '03.04.2027 18:00', '2025/11/03 09:15'],
    ['10/13/2025 1:05 PM', '', 'Nov 3, 2025 at 12:05 am'],
    ['3-Nov-2025 12:30 AM', '', '2025-11-03T09:15:00+02:00'],
    // The clocks leave that half hour out.
    ['03/30/2025 02:30', '', ''],
    ['01/02/2025 10:00 GMT', '2025-02-30', ''],
  ]
  const lines = rows.map((row, i) => `Y-${i},Dated ${i},${row.map((cell) => `"${cell}"`).join()}`)
  const id = await sent('tickets', 'dates.csv', `id,subject,Opened,Due,Window,Window\n${lines.join('\n')}`)
  const dry = await run(id, { dryRun: true, guess: true })
  expect(dry.dates).toEqual({
    zone: 'Europe/Berlin',
    columns: [
      {
        ...{ column: 'Opened', order: 'mdy', sure: true },
        sample: { text: '11/3/25 9:15 AM', dmy: '2025-03-11', mdy: '2025-11-03' },
      },
      {
        ...{ column: 'Due', order: 'dmy', sure: true },
        sample: { text: '03.04.2027 18:00', dmy: '2027-04-03', mdy: '2027-03-04' },
      },
    ],
  })
  // The second of a name is one of its own.
  expect(dry.columns.map(({ column }) => column).slice(-2)).toEqual(['Window', 'Window (2)'])
  expect(dry.bad).toEqual([{ line: 6, reason: 'due: "2025-02-30" is no date such as 2026-04-03 09:30.' }])
  await run(id, { guess: true })
  const taken = await brought('Y-')
  expect(taken.map(({ createdAt, dueAt, customFields }) => [createdAt, dueAt, customFields])).toEqual([
    ['2025-11-03T08:15:00.000Z', '2027-04-03T16:00:00.000Z', { window: '2025-11-03T08:15:00.000Z' }],
    ['2025-10-13T11:05:00.000Z', null, { window: '2025-11-02T23:05:00.000Z' }],
    ['2025-11-02T23:30:00.000Z', null, { window: '2025-11-03T07:15:00.000Z' }],
    ['2025-03-30T01:00:00.000Z', null, {}],
  ])
  const other = await sent('tickets', 'guessed.csv', 'id,subject,Due\nZ-1,Guessed,03/04/27')
  const guessed = await run(other, { dryRun: true, guess: true })
  expect(guessed.dates?.columns).toMatchObject([{ order: 'dmy', sure: false }])
  await run(other, { guess: true, dates: 'mdy' })
  expect(await brought('Z-')).toMatchObject([{ dueAt: '2027-03-03T23:00:00.000Z' }])
})

test('bodies in HTML become text with marks, without what was not to be read; a stray sign makes no page of a text', async () => {
  const page =
    '<html><head><style>p{}</style></head><body><script>steal()</script><p onclick="x()">The <b>scanner</b> &amp; I,</p>' +
    '<div style="display:none">hidden</div><ul><li>see <a href="https://x.example/a">this</a></li><li>not <a href="javascript:x()">that</a></li></ul>' +
    '<table><tr><th>Host</th><th>Is</th></tr><tr><td>a|b</td><td>up</td></tr></table>Ada <ada@acme.example><br><br>Bye</body></html>'
  const bodies = [
    [
      page,
      'The **scanner** & I,\n\n- see [this](https://x.example/a)\n- not that\n\n| Host | Is |\n|---|---|\n| a\\|b | up |\n\nAda <ada@acme.example>\n\nBye',
    ],
    ['if a <b and c> d: <SITE\\ada> & List<p>\n  <config>1</config>', null],
    ['One\n\n<i>two</i> < 3', 'One\n\n*two* < 3'],
    ['<script>alert(1)</script>', ''],
    ['<div>'.repeat(5000) + 'deep</div>', null],
  ] as const
  const lines = bodies.map(([body], i) => `H-${i},Page ${i},"${body.replaceAll('"', '""')}"`)
  expect(await run(await sent('tickets', 'pages.csv', `id,subject,description\n${lines.join('\n')}`))).toMatchObject({
    state: 'done',
    added: 5,
  })
  const taken = await brought('H-')
  expect(taken.map(({ description }) => description)).toEqual(bodies.map(([body, text]) => text ?? body))
})

test('where nothing is the subject, one sentence says so beside the columns; a column or one text for all will do', async () => {
  const id = await sent('tickets', 'bare.csv', 'Reference,What\nS-1,Lamp\nS-2,')
  const failed = await run(id, { dryRun: true })
  expect(failed).toMatchObject({ state: 'failed', columns: [{ field: 'id' }, { field: null, sample: 'Lamp' }] })
  expect(failed.problem?.message).toContain(
    'No column was recognised as the subject. Say which it is, or give one for all rows: the file has Reference, What.',
  )
  expect(await run(id, { columns: { What: 'subject' }, dryRun: true })).toMatchObject({ added: 1, badRows: 1 })
  const done = await run(id, { subject: 'From the old desk' })
  expect(done).toMatchObject({ state: 'done', added: 2, badRows: 0 })
  expect((await tickets()).filter(({ subject }) => subject === 'From the old desk')).toHaveLength(2)
})

test('paused it stands still, and goes on after a stop of the cloud where it was; nothing is taken twice', async () => {
  const database = await freshDatabase()
  const owner = connect(database.address, 1)
  let running = await startCloud({ database: database.address })
  const alpha = sampleOrganisation('Alpha', [sampleClient('Acme', 1)])
  await loadOrganisation(owner, alpha)
  const as = await new Tokens(await tokenKey(owner)).tenant({
    technician: uuid('technician', 'Alpha'),
    tenant: uuid('tenant', 'Acme'),
  })
  const at = (path: string, body?: object) => viewOf(ask(running.url, path, { token: as, ...(body && { body }) }))
  const lines = Array.from({ length: 6000 }, (_, i) => `B-${i},Row ${i},Parked,Blocker,Rumour,,`)
  const bytes = Buffer.from(`${HEADER}\n${lines.join('\n')}`)
  const id = randomUUID()
  await at(paths.imports, { id, kind: 'tickets', name: 'many.csv', size: bytes.length })
  await viewOf(new ImportDesk(running.url, as).put(id, 0, bytes))
  const words = { type: { Rumour: null }, priority: { Blocker: 'p2' } }
  await at(paths.importAct(id, 'run'), { guess: true, words })
  await vi.waitFor(async () => expect((await at(paths.importOf(id))).looked).toBeGreaterThan(0), { interval: 5 })
  const paused = await at(paths.importAct(id, 'pause'), {})
  expect(paused.looked).toBeLessThan(6000)
  await running.close()
  running = await startCloud({ database: database.address })
  expect(await at(paths.importOf(id))).toMatchObject({ state: 'paused', looked: paused.looked })
  await at(paths.importAct(id, 'resume'), {})
  await running.close()
  // As a kill leaves it: it runs, and no job of it is left.
  await owner`delete from bulkhead_jobs.job where name = 'import'`
  expect((await owner<{ state: string }[]>`select state from import_job`)[0]?.state).toBe('running')
  running = await startCloud({ database: database.address })
  const done = await vi.waitFor(async () => {
    const now = await at(paths.importOf(id))
    expect(now.state).toBe('done')
    return now
  })
  expect(done).toMatchObject({ looked: 6000, added: 6000, badRows: 0 })
  const [row] = await owner<
    { n: number }[]
  >`select count(distinct number) as n from ticket where data ->> 'subject' like 'Row %'`
  expect(row?.n).toBe(6000)
  expect(
    await owner`select distinct data ->> 'status' as status, data ->> 'priority' as priority, data ->> 'type' as type
      from ticket where data ->> 'subject' like 'Row %'`,
  ).toEqual([{ status: 'parked', priority: 'p2', type: null }])
  // All was taken, so the file is not kept.
  const once = await ask(running.url, paths.importAct(id, 'run'), { token: as, body: {} })
  expect(await refusal(once)).toMatchObject({ code: 'import-not-ready' })
  expect(await owner`select from import_chunk`).toHaveLength(0)
  await running.close()
  await owner.end()
  await database.drop()
})

describe('formats', () => {
  const rows = [
    ['Full Name', 'E-mail', 'Office', 'VIP'],
    ['Ada', 'ada@acme.example', 'Quay 4', 'yes'],
    ['Björn', 'bjorn@acme.example', '', ''],
  ]
  const objects = rows.slice(1).map((row) => Object.fromEntries(row.map((cell, at) => [rows[0]![at], cell])))
  test.each([
    ['team.xlsx', () => workbook(rows)],
    ['team.json', () => JSON.stringify({ people: objects })],
    ['team.jsonl', () => objects.map((one) => JSON.stringify(one)).join('\n')],
    ['team.csv', () => Buffer.from(rows.map((row) => row.join(';')).join('\n'), 'latin1')],
  ])('%s', async (name, content) => {
    const done = await run(await sent('contacts', name, content()), { dryRun: true })
    expect(done).toMatchObject({ state: 'looked', added: 2, badRows: 0 })
    expect(done.differences.map((one) => one.name)).toEqual(['Ada', 'Björn'])
    expect(done.columns.map(({ field }) => field)).toEqual(['name', 'email', 'site', 'vip'])
  })
  test('of a formula in a workbook the stored value is taken, and no text becomes one', async () => {
    const done = await run(
      await sent('contacts', 'f.xlsx', workbook([['name'], [{ formula: '1+1', value: 'Two' }], ['=cmd()']])),
      { dryRun: true },
    )
    expect(done.differences.map((one) => one.name)).toEqual(['Two', '=cmd()'])
  })
})

describe('one clear sentence', () => {
  test.each([
    ['unpacks to more than anybody has rows for', 600 * 1024 * 1024, /^This Excel file unpacks to more than 512 MiB/],
    ['says that it is small, and is not', 100, /^This is no Excel file/],
  ])('about a workbook that %s', async (_about, unpacks, words) => {
    const failed = await run(await sent('contacts', 'bomb.xlsx', workbook([['name'], ['x']], unpacks)))
    expect(failed.problem?.message).toMatch(words)
  })
  test.each([
    ['a file that is none', 'x.xlsx', 'no zip', 'This is no Excel file (.xlsx), or a damaged one. Save it again.'],
    ['JSON without rows', 'x.json', '{"a": 1, "b": []}', 'This file holds no list of objects'],
    ['no column of names', 'x.csv', 'a,b\n1,2', 'No column was recognised as the name'],
  ])('about %s', async (_about, name, content, words) => {
    const failed = await run(await sent('contacts', name, content))
    expect(failed.state).toBe('failed')
    expect(failed.problem?.message).toContain(words)
  })
  test('about what is too large, of another kind, or not there yet', async () => {
    const begin = (name: string, size: number) =>
      send(paths.imports, { id: randomUUID(), kind: 'contacts', name, size })
    expect(await refusal(await begin('a.csv', 200 * 1024 * 1024))).toMatchObject({
      status: 413,
      message: expect.stringContaining('128 MiB'),
    })
    expect((await refusal(await begin('a.xls', 10))).message).toContain('Save it as .xlsx')
    const id = randomUUID()
    await viewOf(send(paths.imports, { id, kind: 'contacts', name: 'a.csv', size: 10 }))
    expect((await refusal(await put(id, 0, Buffer.from('short')))).message).toBe(
      'Part 0 of this file has 10 bytes, not 5.',
    )
    expect((await refusal(await put(id, 0, Buffer.alloc(IMPORT_PART_BYTES + 1)))).status).toBe(413)
    expect((await refusal(await send(paths.importAct(id, 'run'), {}))).message).toContain('Only 0 of 1 parts')
  })
  test('about a part that comes again when the file is used; before, it takes the place of the first', async () => {
    const id = await sent('contacts', 'late.csv', 'name\nFirst')
    expect((await viewOf(put(id, 0, Buffer.from('name\nAgain')))).parts).toEqual([0])
    const looked = await run(id, { dryRun: true })
    expect(looked.differences.map(({ name }) => name)).toEqual(['Again'])
    const late = await refusal(await put(id, 0, Buffer.from('name\nOther')))
    expect(late).toMatchObject({ status: 409, code: 'import-not-ready' })
    expect(await run(id)).toMatchObject({ state: 'done', added: 1 })
    expect((await refusal(await put(id, 0, Buffer.from('name\nOther')))).message).toContain('is done')
  })
  test('and another client sees nothing of it', async () => {
    const id = await sent('contacts', 'a.csv', 'name\nx')
    expect((await ask(cloud.url, paths.importOf(id), { token: await cloud.tenantToken(1) })).status).toBe(404)
    expect((await viewOf(send(paths.importAct(id, 'cancel'), {}))).state).toBe('cancelled')
  })
})
