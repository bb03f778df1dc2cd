import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { parse } from 'csv-parse/sync'
import { paths } from '../../src-shared/protocol/api.ts'
import { ImportAnswer, type ImportRequest } from '../../src-shared/protocol/import.ts'
import { ask, readFeed, waitingFor, withCloud, type TestCloud } from '../support/cloud.ts'
import { uuid } from '../support/sample.ts'

let cloud: TestCloud
let acme: string
beforeAll(async () => {
  cloud = await withCloud()
  acme = await cloud.tenantToken()
})
afterAll(() => cloud.close())

const send = (body: ImportRequest, token = acme) => ask(cloud.url, paths.import, { token, body })
const take = async (body: ImportRequest, token = acme): Promise<ImportAnswer> => {
  const response = await send(body, token)
  if (!response.ok) throw new Error(await response.text())
  return ImportAnswer.parse(await response.json())
}
const refused = async (body: ImportRequest) =>
  ((await (await send(body)).json()) as { error: { message: string } }).error.message
const entities = async (kind: string, token = acme) =>
  (await readFeed(cloud.url, token)).changes
    .filter((one) => one.kind === kind && !one.deleted)
    .map(({ data }) => data as Record<string, unknown>)
const exported = async (kind: string, token = acme) => (await ask(cloud.url, paths.export(kind), { token })).text()

const PEOPLE = `First Name;Last Name;Primary E-Mail;Business Phone;Job Title;Locatie
Ada;Brück;ada@acme.example;+49 30 1;Head;Berlin
Omar;שלום;omar@acme.example;;;
;;nobody@acme.example;;;
Ada;Again;ADA@acme.example;;;
Bo;Broken;bo at acme;;;
`

describe('contacts', () => {
  test('columns are recognised whatever a product calls them; a dry run tells the difference and writes nothing', async () => {
    const before = await entities('contact')
    const answer = await take({ kind: 'contacts', csv: PEOPLE, dryRun: true })
    expect(answer.columns.map(({ column, field }) => [column, field])).toEqual([
      ['First Name', 'name'],
      ['Last Name', 'name'],
      ['Primary E-Mail', 'email'],
      ['Business Phone', 'phone'],
      ['Job Title', 'title'],
      ['Locatie', null],
    ])
    expect(answer).toMatchObject({ rows: 5, added: 2, changed: 0, same: 0 })
    expect(answer.bad).toEqual([
      { line: 4, reason: 'The name is empty.' },
      { line: 5, reason: 'This is about the same as line 2, which counts.' },
      { line: 6, reason: '"bo at acme" is no email address.' },
    ])
    expect(answer.differences.map(({ line, act, name }) => [line, act, name])).toEqual([
      [2, 'add', 'Ada Brück'],
      [3, 'add', 'Omar שלום'],
    ])
    expect(await entities('contact')).toEqual(before)
  })

  test('the same file twice adds once; a changed cell is a change with before and after, an empty one leaves alone', async () => {
    const columns = { Locatie: 'site' }
    expect(await take({ kind: 'contacts', csv: PEOPLE, columns })).toMatchObject({ added: 2 })
    expect(await take({ kind: 'contacts', csv: PEOPLE, columns })).toMatchObject({ added: 0, changed: 0, same: 2 })
    const next = PEOPLE.replace('Head;Berlin', ';Hamburg')
    const dry = await take({ kind: 'contacts', csv: next, columns, dryRun: true })
    expect(dry.differences).toEqual([
      { line: 2, act: 'change', name: 'Ada Brück', changes: [{ field: 'site', before: 'Berlin', after: 'Hamburg' }] },
    ])
    expect(await take({ kind: 'contacts', csv: next, columns })).toMatchObject({ changed: 1, same: 1 })
    expect(await entities('contact')).toContainEqual(
      expect.objectContaining({ name: 'Ada Brück', title: 'Head', site: 'Hamburg', phone: '+49 30 1' }),
    )
  })
})

test('a later part finds whom an earlier one brought, by name alone', async () => {
  const zephyr = await cloud.tenantToken(1)
  const people = Array.from({ length: 1000 }, (_, i) => `Person ${i},p${i}@zephyr.example,`)
  const csv = `name,email,phone\n${people.join('\n')}\nPERSON 7,,+49 30 7\n`
  expect(await take({ kind: 'contacts', csv }, zephyr)).toMatchObject({ added: 1000, changed: 1, bad: [] })
  const [seven] = (await entities('contact', zephyr)).filter(({ email }) => email === 'p7@zephyr.example')
  expect(seven).toMatchObject({ name: 'PERSON 7', phone: '+49 30 7' })
  const named = 'id,subject,requester\nN-1,By new name,person 7\nN-2,By email,P7@zephyr.example\nN-3,Ghost,person 7000'
  expect(await take({ kind: 'tickets', csv: named, dryRun: true }, zephyr)).toMatchObject({
    added: 2,
    bad: [{ line: 4, reason: expect.stringContaining('person 7000') }],
  })
})

const TICKETS = `Ticket Number,Summary,State,Priority,Contact,Assigned To,Opened,Board
T-1,"Printer, again",Awaiting Vendor,Urgent,ada@acme.example,robin@alpha.example,2025-11-03 09:15,Service Desk
T-2,"Two
lines",In Progress,p2,Omar שלום,,2025-11-04T10:00:00Z,
T-3,Odd state,Parked,p2,,,2025-11-04,
T-4,Who is that,Done,p2,ghost@acme.example,,2025-11-04,
T-5,When is that,Done,p2,,,03/04/2025,
T-6,,Done,p2,,,2025-11-04,
`

describe('tickets', () => {
  test('rows are taken with the client’s own words, and every other row is told with line and reason', async () => {
    const answer = await take({ kind: 'tickets', csv: TICKETS })
    expect(answer).toMatchObject({ rows: 6, added: 2 })
    expect(answer.bad).toEqual([
      { line: 5, reason: 'This client has no status "Parked". Say which of new, open, vendor, done it is.' },
      { line: 6, reason: 'There is no contact "ghost@acme.example". Import contacts first, or leave the column out.' },
      {
        line: 7,
        reason: 'created: "03/04/2025" could be either of two days. Say whether dates are day first or month first.',
      },
      { line: 8, reason: 'The subject is empty.' },
    ])
    const [printer] = (await entities('ticket')).filter(({ subject }) => subject === 'Printer, again')
    expect(printer).toMatchObject({
      number: 6,
      status: 'vendor',
      priority: 'p1',
      queue: 'desk',
      createdAt: '2025-11-03T08:15:00.000Z',
      importedId: 'T-1',
      assigneeId: uuid('technician', 'Alpha'),
    })
  })

  test.each([
    [
      'number,short_description,caller_id,assignment_group,assigned_to,state,priority,sys_created_on,sys_updated_on',
      ['id', 'subject', 'requester', 'queue', 'assignee', 'status', 'priority', 'created', 'updated'],
    ],
    [
      'TicketID,TicketTitle,TicketPriority,TicketStatus,TicketType,EndUserEmail,TechnicianFullName,TicketCreatedDate',
      ['id', 'subject', 'priority', 'status', 'type', 'requester', 'assignee', 'created'],
    ],
    [
      'instance_url,key,issue_type,summary,reporter_name,assignee_name',
      [null, 'id', 'type', 'subject', 'requester', 'assignee'],
    ],
  ])('a file that begins with %s is recognised', async (header, fields) => {
    const csv = `${header}\n${fields.map((_, i) => `cell ${i}`).join(',')}\n`
    const { columns } = await take({ kind: 'tickets', csv, dryRun: true })
    expect(columns.map(({ field }) => field)).toEqual(fields)
  })

  test('what was said of words, dates and columns counts; what is there is not taken twice', async () => {
    const answer = await take({
      kind: 'tickets',
      csv: TICKETS,
      words: { status: { Parked: 'new' } },
      dates: 'dmy',
      columns: { Contact: null },
    })
    expect(answer).toMatchObject({ added: 3, same: 2, changed: 0 })
    expect(await entities('ticket')).toContainEqual(
      expect.objectContaining({ subject: 'When is that', createdAt: '2025-04-02T22:00:00.000Z' }),
    )
  })

  test('1,200 rows go in batches, each numbered in the order of the file, and the feed has them all', async () => {
    const zephyr = await cloud.tenantToken(1)
    const rows = Array.from({ length: 1200 }, (_, i) => `${i},Ticket ${i}`)
    expect(await take({ kind: 'tickets', csv: `id,subject\n${rows.join('\n')}` }, zephyr)).toMatchObject({
      added: 1200,
      bad: [],
    })
    const numbers = (await entities('ticket', zephyr))
      .filter(({ importedId }) => importedId !== undefined)
      .map((one) => [Number(one['number']), one['importedId']])
    expect(numbers).toHaveLength(1200)
    for (const [number, id] of numbers) expect(number).toBe(Number(id) + 6)
    // Another client has none of it.
    expect((await entities('ticket')).some(({ subject }) => subject === 'Ticket 7')).toBe(false)
  })
})

describe('one clear sentence', () => {
  test.each([
    ['no rows', { kind: 'contacts', csv: 'name,email' }, 'This is no CSV file'],
    [
      'no column of names',
      { kind: 'contacts', csv: 'a,b\n1,2' },
      'No column was recognised as the name. Say which it is: the file has a, b.',
    ],
    [
      'a column that is not there',
      { kind: 'contacts', csv: 'name\nx', columns: { phone: 'phone' } },
      'The file has no column "phone"',
    ],
    [
      'a field that does not exist',
      { kind: 'contacts', csv: 'name\nx', columns: { name: 'tenant' } },
      'There is no field "tenant"',
    ],
  ] as [string, ImportRequest, string][])('about %s', async (_name, body, words) => {
    expect(await refused(body)).toContain(words)
  })
  test('about a quotation mark without end, with its line; what came before it is taken', async () => {
    const answer = await take({ kind: 'contacts', csv: 'name\nFine Before\n"Broken', dryRun: true })
    expect(answer).toMatchObject({
      added: 1,
      bad: [{ line: 3, reason: 'A quotation mark here has no end; nothing after it was read.' }],
    })
  })
  test('to whoever may only look', async () => {
    await cloud.owner`update tenant_technician set may = '{see}' where tenant_id = ${uuid('tenant', 'Borealis')}`
    const response = await send({ kind: 'contacts', csv: 'name\nx' }, await cloud.tenantToken(0, 1))
    expect([response.status, ((await response.json()) as { error: { code: string } }).error.code]).toEqual([
      403,
      'read-only',
    ])
  })
})

describe('an export', () => {
  const HOSTILE = ['=HYPERLINK("http://evil.example","x")', '+1+1', '-2+3', '@SUM(A1)', '\tTab first']
  test('holds no cell that a spreadsheet would execute, and comes in again as it was', async () => {
    const zephyr = await cloud.tenantToken(1)
    const csv = `name,email\n${HOSTILE.map((name, i) => `"${name.replaceAll('"', '""')}",h${i}@zephyr.example`).join('\n')}`
    expect(await take({ kind: 'contacts', csv }, zephyr)).toMatchObject({ added: 5, bad: [] })
    const text = await exported('contacts', zephyr)
    const cells = (parse(text) as string[][]).flat()
    expect(cells.filter((cell) => /^[=+\-@\t\r]/.test(cell))).toEqual([])
    expect(cells).toContain(`'${HOSTILE[0]}`)
    expect(await take({ kind: 'contacts', csv: text }, zephyr)).toMatchObject({ added: 0, changed: 0, bad: [] })
  })
  test('of tickets finds the same tickets again', async () => {
    const count = (await entities('ticket')).length
    const answer = await take({ kind: 'tickets', csv: await exported('tickets') })
    expect(answer).toMatchObject({ added: 0, changed: 0, same: count, bad: [] })
  })
  test('does not bring back a ticket that was deleted here since', async () => {
    const csv = await exported('tickets')
    const [one] = await entities('ticket')
    await cloud.owner`select bulkhead.delete_ticket(${uuid('tenant', 'Acme')}, ${String(one?.['id'])})`
    const answer = await take({ kind: 'tickets', csv })
    expect(answer).toMatchObject({ added: 0, changed: 0 })
    expect(answer.bad.map(({ reason }) => reason)).toEqual([
      'This ticket was deleted here, and is not brought back. Leave the row out.',
    ])
  })
})

test('a field that names a person takes a technician or contact by name or address, and keeps what is nobody’s', async () => {
  const tenant = uuid('tenant', 'Acme')
  await cloud.owner`
    update configuration set data = jsonb_set(data::jsonb, '{customFields}', ${JSON.stringify([{ type: 'person', key: 'boss', label: 'Boss' }])}::text::jsonb)::json
    where tenant_id = ${tenant}`
  const [contact] = await entities('contact')
  const [technician] = await entities('technician')
  const rows = [String(contact?.['name']), String(technician?.['email']).toUpperCase(), 'Somebody Else']
  const csv = `id,subject,Boss\n${rows.map((who, i) => `B-${i},Named ${i},${who}`).join('\n')}`
  expect(await take({ kind: 'tickets', csv })).toMatchObject({ added: 3 })
  const made = (await entities('ticket')).filter(({ subject }) => String(subject).startsWith('Named'))
  expect(made.map(({ customFields }) => (customFields as Record<string, string>)['boss'])).toEqual([
    ...[contact?.['id'], technician?.['id'], 'Somebody Else'],
  ])
})

describe('a database that ends an import in favour of others', () => {
  const ids = [3, 4].map((number) => uuid('Acme', 'ticket', number)).sort()

  test('has it go on from what is committed, and count each row once', async () => {
    const many = Array.from({ length: 1000 }, (_, i) => `D-${i},New ${i}`)
    const csv = ['id,subject', ...many, ...ids.map((id) => `${id},Changed`), 'D-7,Again'].join('\n')
    let answer: Promise<ImportAnswer>
    await cloud.owner.begin(async (other) => {
      // Of two that wait for each other, the import is the one that looks first.
      await other`set local deadlock_timeout = '1min'`
      await other`select from ticket where id = ${ids[1] ?? ''} for update`
      answer = take({ kind: 'tickets', csv })
      await vi.waitFor(async () => expect(await waitingFor(cloud.owner)).toBe(1))
      await other`select from ticket where id = ${ids[0] ?? ''} for update`
    })
    expect(await answer!).toMatchObject({
      ...{ rows: 1003, added: 1000, changed: 2, same: 0 },
      bad: [{ line: 1004, reason: 'This is about the same as line 9, which counts.' }],
    })
    expect(await take({ kind: 'tickets', csv })).toMatchObject({ added: 0, changed: 0, same: 1002 })
  })

  test.each([
    ['tickets', 'id,subject\nBoth-1,Both\nBoth-2,Two'],
    ['contacts', 'name,email\nBoth,both@acme.example\nTwo,'],
  ] as const)('takes %s that another one brought at the same time once', async (kind, csv) => {
    let answers: Promise<ImportAnswer>[] = []
    await cloud.owner.begin(async (other) => {
      // Whoever is there is looked for by both, and written by neither.
      if (kind === 'contacts') await other`lock table contact in share mode`
      else await other`select from ticket_number for update`
      answers = [take({ kind, csv }), take({ kind, csv })]
      await vi.waitFor(async () => expect(await waitingFor(cloud.owner)).toBe(2))
    })
    const came = await Promise.all(answers)
    expect(came.map(({ added, same }) => [added, same]).sort()).toEqual([
      [0, 2],
      [2, 0],
    ])
  })
})
