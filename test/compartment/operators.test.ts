import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Ticket } from '../../src-shared/domain/ticket.ts'
import type { Tasks } from '../../src-shared/domain/tasks.ts'
import type { TicketFilter } from '../../src-shared/domain/views.ts'
import { configuration, contactOf, deskChanges, idOf, technicianOf, ticketOf } from './desk.ts'
import { Driven, ME, temporaryFolder, type Outputs } from './driver.ts'
import { ScriptedCloud } from './scripted-cloud.ts'

const HOUR = 3_600_000
const COUNT = 200
const custom = {
  ...configuration,
  types: [...configuration.types, { key: 'change', label: 'Change request' }],
  customFields: [
    { type: 'text' as const, key: 'site', label: 'Site' },
    { type: 'select' as const, key: 'floor', label: 'Floor', options: [{ key: 'f1', label: 'First floor' }] },
    { type: 'checkbox' as const, key: 'ups', label: 'On UPS' },
    { type: 'number' as const, key: 'seats', label: 'Seats' },
    { type: 'date-time' as const, key: 'window', label: 'Window' },
    { type: 'long-text' as const, key: 'access', label: 'Access' },
    // Of a cloud that is newer than this console.
    { type: 'hologram', key: 'later', label: 'Later' },
  ],
  priorityMatrix: { by: 'score' },
}
const started = Date.now()

const newer = (number: number): Ticket['customFields'] => ({
  window: `2026-03-${number % 4 === 0 ? '04' : '05'}T09:30:00Z`,
  access: 'Key at the desk.\nAlarm code by phone.',
  later: 'as it came',
})

/** Of one ticket one that is open and late, of the next one that is mine, of the next one that is done. */
function tasksOf(number: number, at: (hours: number) => string): Tasks {
  const kind = number % 9
  const task = { text: 'A "done":false one', done: kind === 2, position: 1, dueAt: at(kind === 0 ? -1 : 1) }
  return { [idOf(`task of ${number}`)]: { ...task, assigneeId: kind === 1 ? ME : technicianOf(2).id } }
}

/** Ticket `number` with everything that operators ask for. */
function detailed(number: number): Ticket {
  const at = (hours: number): string => new Date(started + hours * HOUR).toISOString()
  return ticketOf(number, {
    status: ['new', 'working', 'vendor', 'fixed', 'closed'][number % 5]!,
    assigneeId: number % 4 === 0 ? null : number % 4 === 1 ? ME : technicianOf(2).id,
    type: number % 3 === 0 ? 'change' : number % 3 === 1 ? 'incident' : null,
    watchers: number % 7 === 0 ? [technicianOf(2).id, ME] : number % 7 === 1 ? [technicianOf(3).id] : [],
    ...(number % 9 < 3 && { tasks: tasksOf(number, at) }),
    tags: number % 10 === 0 ? ['VIP', 'vip-site'] : number % 10 === 1 ? ['printer'] : [],
    customFields:
      number % 2 === 0
        ? {
            site: number % 4 === 0 ? 'HQ' : 'HQ West',
            floor: 'f1',
            ups: number % 6 === 0,
            seats: number % 7,
            ...newer(number),
          }
        : {},
    createdAt: at(-number * 6),
    updatedAt: at(-number),
    dueAt: number % 3 === 0 ? at(number / 2 - 40.2) : null,
  })
}

/** Whom the only entry of a ticket mentions: few tickets have one. */
function mentionedIn(ticketId: string): { id: string; name: string } | null {
  const number = Array.from({ length: COUNT }, (_, i) => i + 1).find((one) => idOf(`ticket ${one}`) === ticketId) ?? 1
  if (number % 10 !== 0) return null
  return number % 20 === 0 ? { id: ME, name: 'Robin Vale' } : { id: technicianOf(2).id, name: 'Technician 2' }
}

let cloud: ScriptedCloud
let driven: Driven
const place = temporaryFolder()
const all = Array.from({ length: COUNT }, (_, i) => detailed(i + 1))

beforeAll(async () => {
  const changes = deskChanges(COUNT).map((change) => {
    if (change.kind === 'configuration') return { ...change, data: custom }
    if (change.kind === 'ticket') return { ...change, data: all.find(({ id }) => id === change.id)! }
    if (change.kind !== 'entry' || !('data' in change)) return change
    const mentioned = mentionedIn(String(change.data['ticketId']))
    return mentioned ? { ...change, data: { ...change.data, mentions: [mentioned] } } : change
  })
  cloud = await ScriptedCloud.start(changes)
  driven = await Driven.open({ folder: place.folder, cloudUrl: cloud.url })
  await driven.sync()
})
afterAll(async () => {
  await driven.close()
  await cloud.stop()
  place.remove()
})
afterEach(() => driven.call('mutation', 'sync.pause', { paused: false }))

function search(text: string, filter: TicketFilter = {}): Promise<Outputs['tickets']['search']> {
  return driven.call('query', 'tickets.search', { text, filter, order: 'newest', limit: 200 })
}
async function numbers(text: string, filter: TicketFilter = {}): Promise<number[]> {
  return (await search(text, filter)).map(({ row }) => row.number).sort((a, b) => a - b)
}
const running = ({ status }: Ticket): boolean => status === 'new' || status === 'working'
const due = ({ dueAt }: Ticket): number => (dueAt === null ? Infinity : Date.parse(dueAt) - started)

test.each<[text: string, holds: (ticket: Ticket) => boolean]>([
  ['status:waiting', ({ status }) => status === 'vendor'],
  ['status:"Awaiting Vendor"', ({ status }) => status === 'vendor'],
  ['status:new,working', ({ status }) => status === 'new' || status === 'working'],
  ['-status:closed', ({ status }) => status !== 'closed'],
  ['is:open', ({ status }) => ['new', 'working', 'vendor'].includes(status)],
  ['is:closed', ({ status }) => ['fixed', 'closed'].includes(status)],
  ['assignee:me', ({ assigneeId }) => assigneeId === ME],
  ['assignee:none', ({ assigneeId }) => assigneeId === null],
  ['-assignee:none', ({ assigneeId }) => assigneeId !== null],
  ['assignee:"Technician 2"', ({ assigneeId }) => assigneeId === technicianOf(2).id],
  ['watcher:me', ({ watchers }) => watchers?.includes(ME) === true],
  [`watcher:me,${technicianOf(3).id}`, ({ number }) => number % 7 < 2],
  ['-watcher:"Technician 2" assignee:me', ({ number }) => number % 7 !== 0 && number % 4 === 1],
  ['tasks:open', ({ number }) => number % 9 < 2],
  ['tasks:late', ({ number }) => number % 9 === 0],
  ['-tasks:mine', ({ number }) => number % 9 !== 1],
  ['mentions:me', ({ number }) => number % 20 === 0],
  ['mentions:"technician 2" -watcher:me', ({ number }) => number % 20 === 10 && number % 7 !== 0],
  ['-mentions:me tag:"VIP"', ({ number }) => number % 20 === 10],
  ['priority:crit', ({ priority }) => priority === 'p1'],
  ['-priority:p1,p2', ({ priority }) => priority !== 'p1' && priority !== 'p2'],
  ['type:change', ({ type }) => type === 'change'],
  ['type:none', ({ type }) => type === null],
  ['-type:incident', ({ type }) => type !== 'incident'],
  ['queue:"Service Desk"', () => true],
  ['tag:vip', ({ tags }) => tags.includes('VIP')],
  ['tag:"printer" type:change', ({ tags, type }) => tags.includes('printer') && type === 'change'],
  ['-tag:vip', ({ tags }) => !tags.includes('VIP')],
  ['requester:"Contact 7"', ({ requesterId }) => requesterId === contactOf(7).id],
  ['field.site:"HQ"', ({ customFields }) => customFields['site'] === 'HQ'],
  ['field.Site:hq', ({ customFields }) => String(customFields['site'] ?? '').startsWith('HQ')],
  ['field.floor:First', ({ customFields }) => customFields['floor'] === 'f1'],
  ['field.ups:yes', ({ customFields }) => customFields['ups'] === true],
  ['-field.seats:3 field.floor:f1', ({ customFields: { seats, floor } }) => seats !== 3 && floor === 'f1'],
  ['field.window:2026-03-04', ({ number }) => number % 4 === 0],
  ['field.access:"key at the desk.\nalarm code by phone."', ({ number }) => number % 2 === 0],
  ['created:<2d', ({ createdAt }) => started - Date.parse(createdAt) < 48 * HOUR],
  ['updated:>100h', ({ updatedAt }) => started - Date.parse(updatedAt) >= 100 * HOUR],
  ['sla:<2h', (ticket) => running(ticket) && due(ticket) < 2 * HOUR],
  ['sla:breached', (ticket) => running(ticket) && due(ticket) < 0],
  ['sla:>1d', (ticket) => running(ticket) && due(ticket) > 24 * HOUR && due(ticket) < Infinity],
  ['is:at-risk', (ticket) => running(ticket) && due(ticket) < HOUR],
  [
    'status:waiting assignee:me tag:vip',
    ({ status, tags, assigneeId: a }) => status === 'vendor' && tags.includes('VIP') && a === ME,
  ],
])('%s finds exactly what it says', async (text, holds) => {
  const expected = all.filter(holds).map(({ number }) => number)
  expect(await numbers(text)).toEqual(expected)
})

test('a field of a kind that this console does not know stops no sync, and its value stays as it came', async () => {
  const desk: Outputs['desk'] = await driven.call('query', 'desk', undefined)
  const fields = desk.configuration.customFields.map(({ key }) => key)
  expect(fields).toEqual(['site', 'floor', 'ups', 'seats', 'window', 'access'])
  const { ticket }: Outputs['tickets']['get'] = await driven.call('query', 'tickets.get', { id: idOf('ticket 2') })
  expect(ticket.customFields).toMatchObject(newer(2))
})

test('operators, words, phrases and what must not be there go together', async () => {
  const [word = ''] = detailed(10).subject.split(' ')
  const has = ({ subject, description }: Ticket): boolean =>
    `${subject} ${description}`.split(/[^a-z0-9]/).includes(word)
  const texts = all.filter(has)
  expect(await numbers(`"${word}" tag:vip`)).toEqual(
    texts.filter(({ tags }) => tags.includes('VIP')).map((t) => t.number),
  )
  expect(await numbers(`-${word} tag:vip`)).toEqual(
    all.filter((t) => t.tags.includes('VIP') && !has(t)).map((t) => t.number),
  )
  const phrase = detailed(10).subject.split(' ').slice(1, 4).join(' ')
  const hits = await search(`"${phrase}"`)
  expect(hits.map(({ row }) => row.number)).toContain(10)
  expect(hits.every(({ row, excerpt }) => row.subject.includes(phrase) || excerpt.includes('\ue000'))).toBe(true)
})

test('what a search says of a status replaces the list’s own filter; what it leaves open stays', async () => {
  const filter: TicketFilter = { open: true, priorities: ['p1'] }
  expect(await numbers('status:closed', filter)).toEqual(
    all.filter(({ status, priority }) => status === 'closed' && priority === 'p1').map((t) => t.number),
  )
  expect(await numbers('tag:vip', filter)).toEqual(
    all
      .filter(
        ({ status, priority, tags }) =>
          ['new', 'working', 'vendor'].includes(status) && priority === 'p1' && tags.includes('VIP'),
      )
      .map((t) => t.number),
  )
})

test('what is not understood is left out, and an operator without a value asks for nothing', async () => {
  const vips = await numbers('tag:vip')
  for (const text of ['tag:vip status:nonsense', 'tag:vip status:', 'tag:vip is:funny', 'tag:vip field.nothing:1']) {
    expect(await numbers(text)).toEqual(vips)
  }
  expect(await numbers('status:')).toHaveLength(200)
  expect(await numbers('!!!')).toEqual([])
})

test('a search is in the order of the list where it looks for no words', async () => {
  for (const sort of [
    { by: 'due', direction: 'ascending' },
    { by: 'updated', direction: 'descending' },
  ] as const) {
    const input = { text: 'field.floor:f1', filter: {}, order: 'newest', sort, limit: 200 }
    const hits = await driven.call<Outputs['tickets']['search']>('query', 'tickets.search', input)
    const keys = hits.map(({ row }) => Date.parse((sort.by === 'due' ? row.dueAt : row.updatedAt) ?? '9999-01-01'))
    expect(keys).toHaveLength(COUNT / 2)
    expect(keys).toEqual([...keys].sort((a, b) => (sort.direction === 'ascending' ? a - b : b - a)))
    expect(await driven.call('query', 'tickets.ids', { ...input, limit: undefined })).toEqual(
      hits.map(({ row }) => row.id),
    )
  }
})

test('lists are counted as they are listed, those of a search too', async () => {
  const lists: TicketFilter[] = [
    {},
    { open: true, assignees: [ME] },
    { statuses: ['new'], query: 'tag:vip' },
    { query: 'is:at-risk' },
    { statuses: [] },
  ]
  const listed = await Promise.all(
    lists.map(async ({ query = '', ...filter }) =>
      query === '' ? (await driven.page({ filter, limit: 200 })).rows.length : (await search(query, filter)).length,
    ),
  )
  expect(listed[0]).toBe(COUNT)
  expect(listed[3]).toBeGreaterThan(0)
  expect(await driven.call('query', 'tickets.tally', { lists })).toEqual(listed)
})

function arrange(input: object): Promise<Outputs['tickets']['arrange']> {
  const list = { filter: {}, sort: { by: 'created', direction: 'ascending' } }
  return driven.call('query', 'tickets.arrange', { ...list, ...input })
}
const ticketOfNumber = (number: number): Ticket => all.find((one) => one.number === number)!

test('a list is put in the order of any column, what is not set last whichever way, and what is equal as the list has it', async () => {
  const seats = ({ customFields }: Ticket): number => (customFields['seats'] as number | undefined) ?? Infinity
  for (const [direction, turn] of [
    ['ascending', 1],
    ['descending', -1],
  ] as const) {
    const { numbers: found, arranged } = await arrange({ by: { by: 'field.seats', direction } })
    const expected = all.toSorted((a, b) =>
      seats(a) === Infinity || seats(b) === Infinity
        ? Number(seats(a) === Infinity) - Number(seats(b) === Infinity) || b.number - a.number
        : turn * (seats(a) - seats(b)) || b.number - a.number,
    )
    expect(arranged).toBe(true)
    expect(found).toEqual(expected.map(({ number }) => number))
  }
  const { numbers: searched } = await arrange({
    text: 'tag:vip',
    by: { by: 'requester', direction: 'ascending' },
  })
  const name = (number: number): string => String(ticketOfNumber(number).requesterId)
  const contacts = new Map(Array.from({ length: 50 }, (_, i) => [contactOf(i).id, i]))
  expect(searched).toHaveLength(COUNT / 10)
  expect(searched.map((number) => contacts.get(name(number)))).toEqual(
    searched.map((number) => contacts.get(name(number))).toSorted((a, b) => a! - b!),
  )
})

test('a list is parted into sections in the order of the configuration, each ticket in one', async () => {
  const { numbers: found, sections } = await arrange({ group: 'type' })
  expect(sections).toEqual([
    { key: 'incident', count: 67 },
    { key: 'change', count: 66 },
    { key: null, count: 67 },
  ])
  expect(found).toHaveLength(COUNT)
  expect(found.slice(67, 133)).toEqual(Array.from({ length: 66 }, (_, i) => 198 - 3 * i))
  const { sections: sites } = await arrange({ group: 'field.site' })
  expect(sites).toEqual([
    { key: 'HQ', count: 50 },
    { key: 'HQ West', count: 50 },
    { key: null, count: 100 },
  ])
  const { sections: days } = await arrange({ group: 'due', filter: { statuses: ['new'] } })
  expect(days?.at(-1)?.key).toBeNull()
  expect(days?.map(({ key }) => key)).toEqual([
    ...days!
      .slice(0, -1)
      .map(({ key }) => key)
      .toSorted(),
    null,
  ])
})

test('rows carry what columns ask for, by number or by page, and the technician’s own columns where no others are named', async () => {
  const request = { filter: {}, sort: { by: 'created', direction: 'ascending' }, limit: 2 }
  const plain = await driven.call<Outputs['tickets']['page']>('query', 'tickets.page', request)
  expect(Object.keys(plain.rows[0]!)).not.toEqual(expect.arrayContaining(['fields', 'queue', 'tags']))
  await driven.call('mutation', 'views.setLayout', { columns: ['number', 'field.seats', 'queue'], widths: {} })
  const own = await driven.call<Outputs['tickets']['page']>('query', 'tickets.page', { ...request, columns: 'own' })
  expect(own.rows[0]).toMatchObject({ queue: 'service', fields: { seats: COUNT % 7 } })
  expect(own.rows[0]).not.toHaveProperty('tags')
  const rows = await driven.call<Outputs['tickets']['rows']>('query', 'tickets.rows', {
    numbers: [11, 4, 9999],
    text: '',
    columns: ['tags', 'field.site', 'field.gone', 'watchers', 'tasks'],
  })
  expect(rows.map(({ row }) => [row.number, row.tags, row.fields, row.watchers?.length])).toEqual([
    [11, ['printer'], undefined, 0],
    [4, [], { site: 'HQ' }, 0],
  ])
  expect(rows.map(({ row }) => row.taskCount)).toEqual([{ open: 0, all: 1, dueAt: null }, null])
  expect((await driven.call<Outputs['desk']>('query', 'desk', undefined)).layout?.columns).toEqual([
    'number',
    'field.seats',
    'queue',
  ])
  expect(await driven.call('query', 'tickets.idsOf', { numbers: [4, 9999, 11] })).toEqual([
    ticketOfNumber(4).id,
    ticketOfNumber(11).id,
  ])
})

test('tags and fields are found as they are now: edited here, changed and removed in the cloud', async () => {
  await driven.call('mutation', 'sync.pause', { paused: true })
  const first = idOf('ticket 1')
  await driven.edit(first, { tags: ['Neu'], customFields: { site: 'Annex' } })
  expect(await numbers('tag:neu')).toEqual([1])
  expect(await numbers('field.site:annex is:pending')).toEqual([1])
  expect(await numbers('tag:printer')).not.toContain(1)
  expect(await numbers('is:pending')).toEqual([1])
  await driven.edit(first, { tags: all[0]!.tags, customFields: { site: null } })
  expect(await numbers('is:pending')).toEqual([])
  expect(await numbers('tag:neu')).toEqual([])
  await driven.call('mutation', 'sync.pause', { paused: false })
  cloud.add('ticket', idOf('ticket 2'), { ...detailed(2), tags: ['moved'] })
  cloud.add('ticket', idOf('ticket 10'), null)
  await driven.sync()
  expect(await numbers('tag:moved')).toEqual([2])
  expect(await numbers('tag:vip')).not.toContain(10)
  expect(await numbers('is:unread')).toContain(2)
})
