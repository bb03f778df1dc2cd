import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { mergeTicket, patchOf } from '../../src-cloud/mutations/merge.ts'
import { patchedTasks } from '../../src-shared/domain/task-list.ts'
import type { Ticket, TicketPatch } from '../../src-shared/domain/ticket.ts'
import type { MutationBody } from '../../src-shared/protocol/mutation.ts'
import { cases, ran, seedOf } from '../faults/cases.ts'
import { pushed, withCloud, type TestCloud } from '../support/cloud.ts'
import { sampleClient, sampleOrganisation, uuid } from '../support/sample.ts'

type Fields = Record<string, unknown>
interface Merged {
  merged: Fields
  outcome: 'applied' | 'merged' | 'conflict'
  conflicts: { field: string; base: unknown; mine: unknown; theirs: unknown }[]
}

/** The merge as docs/sync.md tells it, on flat fields; absent counts as null. */
function reference(theirs: Fields, base: Fields, patch: Fields): Merged {
  const merged = { ...theirs }
  const conflicts: Merged['conflicts'] = []
  let unseen = false
  const of = (fields: Fields, name: string): unknown => fields[name] ?? null
  for (const field of new Set([...Object.keys(patch), ...Object.keys(base)])) {
    const [then, now] = [of(base, field), of(theirs, field)]
    const theyChanged = field in base && !isDeepStrictEqual(then, now)
    if (!(field in patch)) {
      unseen ||= theyChanged
      continue
    }
    const mine = of(patch, field)
    const iChanged = !isDeepStrictEqual(mine, then)
    if (isDeepStrictEqual(mine, now)) unseen ||= theyChanged
    else if (isDeepStrictEqual(then, now)) merged[field] = mine
    else if (iChanged) conflicts.push({ field, base: then, mine, theirs: now })
    else unseen ||= theyChanged
  }
  return { merged, conflicts, outcome: conflicts.length > 0 ? 'conflict' : unseen ? 'merged' : 'applied' }
}

// Few values each, so that the three sides agree and differ in every way; each fits the sample's configuration.
const values = {
  subject: fc.constantFrom('one', 'two', 'three'),
  status: fc.constantFrom('new', 'open', 'vendor'),
  priority: fc.constantFrom('p1', 'p2'),
  type: fc.constantFrom(null, 'incident'),
  queue: fc.constantFrom(null, 'desk'),
  tags: fc.constantFrom<string[][]>([], ['a'], ['a', 'b'], ['b', 'a']),
}
const custom = fc.record(
  {
    site: fc.constantFrom('Harbour', 'Hill', null),
    seats: fc.constantFrom(1, 2, null),
    floor: fc.constantFrom('one', null),
  },
  { requiredKeys: [] },
)
const whole = fc.record({ ...values, customFields: custom })
const part = fc.record({ ...values, customFields: custom }, { requiredKeys: [] })

function flat({ customFields, ...fields }: TicketPatch): Fields {
  const named = Object.entries(customFields ?? {}).map(([key, value]) => [`customFields.${key}`, value] as const)
  return { ...fields, ...Object.fromEntries(named) }
}
/** Absent and null are the same. */
function present(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null))
}
const byField = (a: { field: string }, b: { field: string }): number => (a.field < b.field ? -1 : 1)

const RUNS = cases(3_000, 60_000)

const TASK = uuid('task')
const taskIs = fc.record({
  text: fc.constantFrom('one', 'two', 'three'),
  done: fc.boolean(),
  position: fc.constantFrom(1, 2),
})
const taskBase = fc.oneof(taskIs, fc.constant({ text: null, done: null, position: null }))
const taskPatch = fc.oneof(
  fc.record(
    { text: fc.constantFrom('one', 'two', 'three'), done: fc.boolean(), position: fc.constantFrom(1, 2, 3) },
    { requiredKeys: [] },
  ),
  fc.constant({ text: null, done: null, position: null }),
)

/** What docs/protocol.md says of one task that differs from other fields. */
function taskReference(theirs: Fields | undefined, base: Fields, patch: Fields): Merged {
  const of = (fields: Fields | undefined, name: string): unknown => fields?.[name] ?? null
  const [then, mine, now] = [of(base, 'text'), of(patch, 'text'), of(theirs, 'text')]
  const text = reference({ text: now }, { text: then }, { text: mine })
  const gone = { merged: {}, conflicts: [] as Merged['conflicts'] }
  if ('text' in patch && mine === null) return { ...text, merged: text.merged['text'] === null ? {} : { ...theirs } }
  if (!theirs && !('text' in patch)) return { ...gone, outcome: 'merged' }
  if (!theirs && then !== null) return { ...text, merged: text.merged['text'] === null ? {} : text.merged }
  const { position, ...rest } = patch
  const { position: _, ...seen } = base
  const others = reference(theirs ?? {}, position === undefined ? base : seen, rest)
  return { ...others, merged: { ...others.merged, ...(position !== undefined && { position }) } }
}

test('the cloud merges a task as the reference model does: deleting asks for the text alone, of two places the last counts', () => {
  const seed = seedOf('merge of tasks')
  fc.assert(
    fc.property(fc.option(taskIs, { nil: undefined }), taskBase, taskPatch, (theirs, base, patch) => {
      const tasks = theirs ? { [TASK]: theirs } : {}
      const ticket = { customFields: {}, tasks, updatedAt: '2026-01-01T00:00:00Z' } as unknown as Ticket
      const { changes, conflicts, merged } = mergeTicket(
        ticket,
        { tasks: { [TASK]: base } },
        { tasks: { [TASK]: patch } },
      )
      const left = patchedTasks(tasks, patchOf(changes).tasks ?? {}, null)[TASK] ?? {}
      const model = taskReference(theirs, base, patch)
      const named = (field: string): string => `tasks.${TASK}.${field}`
      expect(left).toMatchObject(model.merged)
      expect('text' in left).toBe('text' in model.merged)
      expect(
        conflicts
          .map(({ field, base: then, mine, theirs: now }) => ({ field, base: then, mine, theirs: now }))
          .sort(byField),
      ).toEqual(model.conflicts.map((one) => ({ ...one, field: named(one.field) })).sort(byField))
      if (conflicts.length === 0 && model.outcome === 'applied') expect(merged).toBe(false)
    }),
    { numRuns: RUNS, seed },
  )
  ran('merge of tasks, in process', RUNS)
})

test('the cloud merges field by field as the reference model does', () => {
  const seed = seedOf('merge')
  fc.assert(
    fc.property(whole, part, part, (theirs, base, patch) => {
      const ticket = { ...theirs, id: uuid('t'), updatedAt: '2026-01-01T00:00:00Z' } as unknown as Ticket
      const { changes, conflicts, merged } = mergeTicket(ticket, base as TicketPatch, patch as TicketPatch)
      const model = reference(flat(theirs), flat(base as TicketPatch), flat(patch as TicketPatch))
      expect(present({ ...flat(theirs), ...changes })).toEqual(present(model.merged))
      expect(
        conflicts
          .map(({ field, base: then, mine, theirs: now }) => ({ field, base: then, mine, theirs: now }))
          .sort(byField),
      ).toEqual(model.conflicts.sort(byField))
      expect(conflicts.length > 0 ? 'conflict' : merged ? 'merged' : 'applied').toBe(model.outcome)
    }),
    { numRuns: RUNS, seed },
  )
  ran('merge, in process', RUNS)
})

const OVER_HTTP = cases(40, 600)
let cloud: TestCloud
beforeAll(async () => {
  cloud = await withCloud([sampleOrganisation('Alpha', [sampleClient('Acme', OVER_HTTP)])])
})
afterAll(() => cloud.close())

test('over HTTP the answer, and the ticket that is stored, are those of the reference model', async () => {
  const seed = seedOf('merge over HTTP')
  const token = await cloud.tenantToken()
  const [other, mine] = [crypto.randomUUID(), crypto.randomUUID()]
  const samples = fc.sample(fc.tuple(whole, part, part), { numRuns: OVER_HTTP, seed })
  for (const [i, [theirs, base, patch]] of samples.entries()) {
    const ticketId = uuid('Acme', 'ticket', i + 1)
    const read = async (): Promise<Ticket> => {
      const [row] = await cloud.owner<{ data: Ticket }[]>`select data from ticket where id = ${ticketId}`
      if (!row) throw new Error('no such ticket')
      return row.data
    }
    const update = { kind: 'ticket.update' as const, ticketId }
    const start = await read()
    await pushed(cloud.url, token, other, i + 1, [
      { ...update, base: pick(start, theirs), patch: theirs as TicketPatch },
    ])
    const before = await read()
    const model = reference(flat(pick(before)), flat(base as TicketPatch), flat(patch as TicketPatch))
    const { results } = await pushed(cloud.url, token, mine, i + 1, [
      { ...update, base: base as TicketPatch, patch: patch as TicketPatch },
    ])
    const [result] = results
    expect(result?.outcome).toBe(model.outcome)
    const conflicts = result?.outcome === 'conflict' ? result.conflicts : []
    expect(conflicts.map(({ field }) => field).sort()).toEqual(model.conflicts.map(({ field }) => field).sort())
    expect(present(flat(pick(await read())))).toEqual(present(model.merged))
  }
  ran('merge, over HTTP', OVER_HTTP)
})

// The same merge, on what a contact has.
const contactFields = {
  name: fc.constantFrom('Ada', 'Ada L.', 'A. Lovelace'),
  email: fc.constantFrom(null, 'ada@acme.example', 'ada@example.org'),
  phone: fc.constantFrom(null, '1', '2'),
  title: fc.constantFrom(null, 'Chief'),
  site: fc.constantFrom(null, 'Harbour', 'Hill'),
  vip: fc.boolean(),
}
const wholeContact = fc.record(contactFields)
const partOfContact = fc.record(contactFields, { requiredKeys: [] })

test('over HTTP contacts merge as the reference model does', async () => {
  const seed = seedOf('merge of contacts')
  const token = await cloud.tenantToken()
  const samples = fc.sample(fc.tuple(wholeContact, partOfContact, partOfContact), { numRuns: OVER_HTTP, seed })
  const client = crypto.randomUUID()
  for (let from = 0; from < samples.length; from += 100) {
    const some = samples.slice(from, from + 100).map((sample) => [crypto.randomUUID(), ...sample] as const)
    const { results } = await pushed(
      cloud.url,
      token,
      client,
      2 * from + 1,
      some.flatMap(([contactId, contact, base, patch]): MutationBody[] => [
        { kind: 'contact.create', contactId, contact },
        { kind: 'contact.update', contactId, base, patch },
      ]),
    )
    for (const [i, [id, theirs, base, patch]] of some.entries()) {
      const model = reference(theirs, base, patch)
      const result = results[2 * i + 1]
      expect(result?.outcome).toBe(model.outcome)
      const told = result?.outcome === 'conflict' ? result.conflicts : []
      expect(told.sort(byField)).toMatchObject(model.conflicts.sort(byField))
      const [row] = await cloud.owner<{ data: Fields }[]>`select data from contact where id = ${id}`
      expect(row?.data).toEqual({ id, ...model.merged })
    }
  }
  ran('merge of contacts, over HTTP', OVER_HTTP)
})

/** Tags as a set that keeps its order: off first, then on at the end. */
function tagged(tags: string[], { add, remove }: { add: string[]; remove: string[] }): string[] {
  return [...new Set([...tags.filter((tag) => !remove.includes(tag)), ...add])]
}

test('over HTTP tags that are put on and taken off end as a set that keeps its order', async () => {
  const seed = seedOf('tags')
  const token = await cloud.tenantToken()
  const some = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { maxLength: 3 })
  const acts = fc.array(fc.record({ add: some, remove: some }), { minLength: 1, maxLength: 12 })
  const client = crypto.randomUUID()
  let sequence = 1
  for (const list of fc.sample(acts, { numRuns: OVER_HTTP, seed })) {
    const ticketId = crypto.randomUUID()
    const ticket = { ...newTicket, tags: ['c', 'a'] }
    const { results } = await pushed(cloud.url, token, client, sequence, [
      { kind: 'ticket.create', ticketId, ticket },
      ...list.map((act) => ({ kind: 'ticket.tag' as const, ticketId, ...act })),
    ])
    sequence += results.length
    expect(new Set(results.map(({ outcome }) => outcome))).toEqual(new Set(['applied']))
    const [row] = await cloud.owner<{ data: Ticket }[]>`select data from ticket where id = ${ticketId}`
    expect(row?.data.tags).toEqual(list.reduce(tagged, ticket.tags))
  }
  ran('tags, over HTTP', OVER_HTTP)
})

const newTicket = {
  subject: 'New',
  description: '',
  status: 'new',
  priority: 'p2',
  type: null,
  queue: null,
  requesterId: null,
  assigneeId: null,
  customFields: {},
}

/** The fields that merge, or of them those that `like` has. */
function pick(ticket: Ticket, like: object = { ...values, customFields: ticket.customFields }): TicketPatch {
  const names = Object.keys(values).filter((name) => name in like)
  const keys = Object.keys((like as { customFields?: object }).customFields ?? {})
  return {
    ...Object.fromEntries(names.map((name) => [name, ticket[name]])),
    customFields: Object.fromEntries(keys.map((key) => [key, ticket.customFields[key] ?? null])),
  } as TicketPatch
}
