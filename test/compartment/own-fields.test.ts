import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Choice, CustomField } from '../../src-shared/domain/configuration.ts'
import { configuration, contactOf, deskChanges, idOf, technicianOf, ticketOf } from './desk.ts'
import { Driven, temporaryFolder, type Inputs, type Outputs } from './driver.ts'
import { ScriptedCloud } from './scripted-cloud.ts'

const customFields: CustomField[] = [
  {
    ...{ type: 'text', key: 'cause', label: 'Cause' },
    visibleWhen: [{ field: 'type', in: ['incident'] }],
    requiredWhen: [{ field: 'status', in: ['fixed'] }],
    validation: { maxLength: 10 },
  },
  { type: 'person', key: 'approver', label: 'Approver', requiredWhen: [{ field: 'type', in: ['change'] }] },
  { type: 'select', key: 'site', label: 'Site', options: [{ key: 'hq', label: 'HQ' }], default: 'hq' },
]
const [few, many] = ['few', 'many'].map((key) => ({ key, label: key })) as [Choice, Choice]
customFields.push(
  { type: 'select', key: 'reach', label: 'Reach', options: [few, many] },
  {
    ...{ type: 'select', key: 'haste', label: 'Haste' },
    options: [few, many],
    visibleWhen: [{ field: 'queue', filled: true }],
  },
)
const priorityMatrix = {
  ...{ impact: 'reach', urgency: 'haste' },
  priorities: { few: { few: 'p4', many: 'p3' }, many: { few: 'p2', many: 'p1' } },
}
const newer = { field: 'type', unlike: 'incident' }
const custom = {
  ...configuration,
  priorityMatrix,
  types: [...configuration.types, { key: 'change', label: 'Change' }, { key: 'chore', label: 'Chore', retired: true }],
  customFields: [
    ...customFields,
    // Of a cloud that is newer than this console.
    {
      type: 'text',
      key: 'later',
      label: 'Later',
      visibleWhen: [newer],
      requiredWhen: [newer],
      validation: { luhn: true },
    },
  ],
}
const [one, two, three, four] = [1, 2, 3, 4].map((number) => idOf(`ticket ${number}`)) as [
  string,
  string,
  string,
  string,
]
const [boss, colleague] = [contactOf(3), technicianOf(2)]

let cloud: ScriptedCloud
let driven: Driven
const place = temporaryFolder()

beforeAll(async () => {
  const left = idOf('technician who left')
  const approvers = [boss.id, colleague.id, 'Nobody, here', idOf('nobody'), left]
  const changes = deskChanges(6).map((change) => {
    if (change.kind === 'configuration') return { ...change, data: custom }
    if (change.kind !== 'ticket' || !('data' in change)) return change
    const number = Number(change.data['number'])
    const approver = approvers[number - 1]
    const type = number === 5 ? 'chore' : 'incident'
    const values = {
      type,
      status: 'working',
      customFields: { ...(approver && { approver }) },
      ...(number === 6 && { assigneeId: left }),
      priority: 'p3',
    }
    return { ...change, data: ticketOf(number, values) }
  })
  cloud = await ScriptedCloud.start(changes)
  driven = await Driven.open({ folder: place.folder, cloudUrl: cloud.url })
  await driven.sync()
  // All of this is the same without the cloud.
  await driven.call('mutation', 'sync.pause', { paused: true })
})
afterAll(async () => {
  await driven.close()
  await cloud.stop()
  place.remove()
})

type Edit = Inputs['tickets']['edit']
const edit = (id: string, patch: Edit['patch'], back?: boolean): Promise<Outputs['tickets']['edit']> =>
  driven.call('mutation', 'tickets.edit', { id, patch, ...(back && { back }) })
const refused = (code: string, message: string) => ({ problem: { code, message, retry: false } })
const CAUSE = 'Fill in Cause: this client wants that before a ticket is resolved or closed.'

test('people are shown by name, whoever is gone is said to be, and a name that was imported stays', async () => {
  const shown = await Promise.all([one, two, three, four].map((id) => driven.ticket(id)))
  expect(shown.map(({ ownFields }) => Object.values(ownFields?.people ?? {}))).toEqual([
    [boss.name],
    [colleague.name],
    [],
    ['Unknown person'],
  ])
  const rows = await driven.call<Outputs['tickets']['rows']>('query', 'tickets.rows', {
    ...{ numbers: [1, 2, 3, 4, 5], text: '', columns: ['field.approver'] },
  })
  expect(rows.map(({ row }) => row.fields?.['approver'])).toEqual([
    ...[boss.name, colleague.name, 'Nobody, here'],
    ...['Unknown person', 'Former technician'],
  ])
})

test('somebody who left is named, here or told so by the cloud, and not to be chosen', async () => {
  const [here, before] = [technicianOf(2), idOf('technician who left')]
  await driven.call('mutation', 'sync.pause', { paused: false })
  const seen = await driven.call<Outputs['desk']>('query', 'desk', undefined)
  cloud.add('technician', here.id, null)
  cloud.add('technician', before, null, 'Kim Long Gone')
  await driven.sync()
  const rows = async () =>
    driven.call<Outputs['tickets']['rows']>('query', 'tickets.rows', {
      ...{ numbers: [2, 5], text: '', columns: ['field.approver'] },
    })
  expect((await rows()).map(({ row }) => row.fields?.['approver'])).toEqual([
    `${here.name} (former)`,
    'Kim Long Gone (former)',
  ])
  const left = await driven.call<Outputs['desk']>('query', 'desk', undefined)
  expect(left.former).toEqual({ [here.id]: here.name, [before]: 'Kim Long Gone' })
  expect(left.technicians).toEqual(seen.technicians.filter(({ id }) => id !== here.id))
  const search = { filter: {}, order: 'newest', limit: 10 }
  const found = async (text: string): Promise<number[]> => {
    const hits = await driven.call<Outputs['tickets']['search']>('query', 'tickets.search', { ...search, text })
    return hits.map(({ row }) => row.number)
  }
  expect(await found('assignee:"kim long gone"')).toEqual([6])
  expect(await found('field.approver:kim')).toEqual([5])
  expect(await found(`field.approver:"${here.name} (former)" -assignee:long`)).toEqual([2])
  cloud.add('technician', here.id, here)
  await driven.sync()
  expect((await rows()).map(({ row }) => row.fields?.['approver'])[0]).toBe(here.name)
  await driven.call('mutation', 'sync.pause', { paused: true })
})

test('a person’s field is searched by name, and what was changed of it is told by name', async () => {
  const found = async (text: string): Promise<number[]> => {
    const hits = await driven.call<Outputs['tickets']['search']>('query', 'tickets.search', {
      ...{ text, filter: {}, order: 'newest', limit: 10 },
    })
    return hits.map(({ row }) => row.number).sort()
  }
  expect(await found(`field.approver:"${boss.name}"`)).toEqual([1])
  expect(await found('field.approver:tech')).toEqual([2])
  expect(await found('field.approver:"nobody, here"')).toEqual([3])
  expect(await found('field.approver:nob')).toEqual([3])
  expect(await found(`-field.approver:"${boss.name}" field.approver:Tech`)).toEqual([2])
  expect(await found('field.approver:me')).toEqual([])
  await edit(two, { customFields: { approver: boss.id } })
  const { lines, people } = await driven.call<Outputs['tickets']['activity']>('query', 'tickets.activity', { id: two })
  expect(lines.at(-1)?.acts).toEqual([{ field: 'customFields.approver', from: colleague.id, to: boss.id }])
  expect(people).toEqual({ [colleague.id]: colleague.name, [boss.id]: boss.name })
  await edit(two, { customFields: { approver: colleague.id } }, true)
})

test('a ticket is not resolved without what it needs then; everything else of it stays free, and so does the way back', async () => {
  await edit(one, { priority: 'p1', customFields: { cause: null } })
  await expect(edit(one, { status: 'fixed' })).rejects.toMatchObject(refused('field-missing', CAUSE))
  expect((await driven.ticket(one)).ticket.status).toBe('working')
  await expect(edit(one, { customFields: { cause: 'much too long' } })).rejects.toMatchObject(
    refused('field-unfit', 'Cause has 13 characters; it takes 10 at most.'),
  )
  // The same field is needed in one status only, and given along with it.
  await edit(one, { status: 'closed' })
  await edit(one, { status: 'working' })
  const done = await edit(one, { status: 'fixed', customFields: { cause: 'A cable' } })
  expect(done.ownFields).toMatchObject({ hidden: [], required: ['cause'] })
  // A ticket that is resolved may lose it again, and be put back as it was.
  await edit(one, { customFields: { cause: null } })
  await edit(one, { status: 'working' })
  expect((await edit(one, { status: 'fixed' }, true)).ticket.status).toBe('fixed')
  const hidden = await edit(two, { type: null, customFields: { cause: 'Kept' } })
  expect(hidden.ownFields?.hidden).toEqual(['cause'])
  expect((await edit(two, { status: 'fixed' })).ticket.customFields['cause']).toBe('Kept')
})

test('of several tickets those that lack something stay, and it is told how many and why', async () => {
  await edit(three, { customFields: { cause: 'Dust' } })
  const change = { patch: { status: 'fixed' } }
  const preview = await driven.call('query', 'tickets.bulkPreview', { ids: [three, four], change })
  expect(preview).toMatchObject({ change: 1, held: { count: 1, why: CAUSE } })
  const { back } = await driven.call<Outputs['tickets']['bulk']>('mutation', 'tickets.bulk', {
    ids: [three, four],
    change,
  })
  expect((await driven.ticket(four)).ticket.status).toBe('working')
  await expect(driven.call('mutation', 'tickets.bulk', { ids: [four], change })).rejects.toMatchObject(
    refused('field-missing', CAUSE),
  )
  expect(await driven.call('mutation', 'tickets.bulkBack', { back })).toMatchObject({ change: 1 })
  // What is given once for those that lack it leaves alone what the others have.
  expect(preview).toMatchObject({ needs: ['cause'], parts: { status: 1 } })
  const filled = { ids: [three, four], change: { ...change, fill: { cause: 'Rain', site: 'hq' } } }
  const parts = { status: 2, 'customFields.cause': 1 }
  expect(await driven.call('query', 'tickets.bulkPreview', filled)).toMatchObject({ change: 2, parts })
  const all = await driven.call<Outputs['tickets']['bulk']>('mutation', 'tickets.bulk', filled)
  const causes = async () =>
    Promise.all([three, four].map(async (id) => (await driven.ticket(id)).ticket.customFields['cause'] ?? null))
  expect(await causes()).toEqual(['Dust', 'Rain'])
  await driven.call('mutation', 'tickets.bulkBack', { back: all.back })
  expect(await causes()).toEqual(['Dust', null])
})

test('of several tickets none loses what it needs, or gets what it does not show', async () => {
  const held = async (ids: string[], values: object): Promise<object> =>
    driven.call('query', 'tickets.bulkPreview', { ids, change: { patch: { customFields: values } } })
  await edit(four, { type: 'change', customFields: { approver: boss.id } })
  const why = 'Fill in Approver: this client wants that of such tickets.'
  expect(await held([one, four], { approver: null })).toMatchObject({ change: 1, held: { count: 1, why } })
  await edit(four, { queue: null })
  const hidden = { count: 1, why: 'Cause and Haste are not shown on such tickets.' }
  expect(await held([one, four], { cause: 'Dust', haste: 'few' })).toMatchObject({ change: 1, held: hidden })
  expect(await held([one, four], { cause: 'much too long' })).toMatchObject({ change: 0, held: { count: 2 } })
  const change = { patch: { customFields: { cause: 'Dust', site: 'hq' } } }
  const { back } = await driven.call<Outputs['tickets']['bulk']>('mutation', 'tickets.bulk', { ids: [four], change })
  expect((await driven.ticket(four)).ticket.customFields).toEqual({ approver: boss.id, site: 'hq' })
  await driven.call('mutation', 'tickets.bulkBack', { back })
})

test('a new ticket begins with the defaults, and is not opened without what it needs', async () => {
  const ticket = { subject: 'Lend a beamer', description: '', status: 'new', priority: 'p3', type: 'change' }
  const open = (values: object): Promise<Outputs['tickets']['create']> =>
    driven.call('mutation', 'tickets.create', { ...ticket, customFields: values })
  await expect(open({})).rejects.toMatchObject(
    refused('field-missing', 'Fill in Approver: this client wants that of a new ticket.'),
  )
  expect((await open({ approver: boss.id })).ticket.customFields).toEqual({ approver: boss.id, site: 'hq' })
  expect((await open({ approver: boss.id, site: null })).ticket.customFields['site']).toBe(null)
})

test('what was retired is not chosen by any way, and stays where it is', async () => {
  const six = idOf('ticket 6')
  const why = 'The type “Chore” is retired and cannot be chosen any more. Choose another.'
  await expect(edit(six, { type: 'chore' })).rejects.toMatchObject(refused('field-unfit', why))
  const change = { patch: { type: 'chore' } }
  const preview = await driven.call('query', 'tickets.bulkPreview', { ids: [six], change })
  expect(preview).toMatchObject({ change: 0, held: { count: 1, why } })
  const opened = { subject: 'Sweep', description: '', status: 'new', priority: 'p3', type: 'chore' }
  await expect(driven.call('mutation', 'tickets.create', opened)).rejects.toMatchObject(refused('field-unfit', why))
  const five = idOf('ticket 5')
  expect((await edit(five, { type: null })).ticket.type).toBe(null)
  // The way back is free: the cloud knows whether it is one, and a change that went there is not stuck.
  expect((await edit(five, { type: 'chore' }, true)).ticket.type).toBe('chore')
  expect((await edit(six, { type: 'chore' }, true)).ticket.type).toBe('chore')
  expect((await edit(six, { type: 'incident' })).ticket.type).toBe('incident')
})

test('a priority follows from the fields of the client’s matrix in the same edit, and goes back with it', async () => {
  const id = idOf('ticket 5')
  const before = await driven.ticket(id)
  const unsent = async (): Promise<object[]> =>
    (await driven.call<Outputs['outbox']['list']>('query', 'outbox.list')).filter(({ ticket }) => ticket?.id === id)
  await edit(id, { priority: 'p3', customFields: { reach: 'many' } })
  expect((await driven.ticket(id)).ownFields?.byMatrix).toBeUndefined()
  const both = await edit(id, { customFields: { haste: 'many' } })
  expect(both).toMatchObject({
    ticket: { priority: 'p1' },
    pendingFields: expect.arrayContaining(['priority']) as string[],
  })
  expect(await unsent()).toHaveLength(1)
  // By hand it is as the hand says, and told what it would be.
  expect(await edit(id, { priority: 'p4' })).toMatchObject({
    ...{ ticket: { priority: 'p4' }, ownFields: { byMatrix: 'p1' } },
  })
  // Not where one of the two is not shown.
  expect((await edit(id, { queue: null })).ownFields?.byMatrix).toBeUndefined()
  expect((await edit(id, { customFields: { reach: 'few' } })).ticket.priority).toBe('p4')
  await edit(id, { queue: 'service' })
  const back = { priority: before.ticket.priority, customFields: { reach: null, haste: null } }
  expect((await edit(id, back, true)).ticket.priority).toBe(before.ticket.priority)
  expect(await unsent()).toEqual([])
})

test('a priority follows for many at once, and goes back with the rest', async () => {
  const ids = [idOf('ticket 5'), idOf('ticket 6')]
  const was = await Promise.all(ids.map(async (id) => (await driven.ticket(id)).ticket.priority))
  const change = { patch: { customFields: { reach: 'many', haste: 'few' } } }
  const preview = await driven.call('query', 'tickets.bulkPreview', { ids, change })
  expect(preview).toMatchObject({ change: 2, priorities: { p2: 2 } })
  const { back } = await driven.call<Outputs['tickets']['bulk']>('mutation', 'tickets.bulk', { ids, change })
  const priorities = async () => Promise.all(ids.map(async (id) => (await driven.ticket(id)).ticket.priority))
  expect(await priorities()).toEqual(['p2', 'p2'])
  await edit(ids[0]!, { customFields: { haste: 'many' } })
  await driven.call('mutation', 'tickets.bulkBack', { back })
  expect(await priorities()).toEqual(['p1', was[1]])
  const { reach = null, haste } = (await driven.ticket(ids[0]!)).ticket.customFields
  expect([reach, haste]).toEqual([null, 'many'])
})
