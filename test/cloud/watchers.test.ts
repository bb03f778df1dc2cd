import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Entry } from '../../src-shared/domain/entry.ts'
import { MAX_WATCHERS } from '../../src-shared/domain/ticket.ts'
import type { BodyOf } from '../../src-shared/protocol/mutation.ts'
import { uuid } from '../support/sample.ts'
import { newTicket, rejection, ROBIN, SAM, withWorkbench, type Workbench } from './workbench.ts'

let bench: Workbench
beforeAll(async () => {
  bench = await withWorkbench(10)
})
afterAll(() => bench.cloud.close())

describe('watchers', () => {
  const watch = (ticketId: string, add: string[], remove: string[] = []): BodyOf<'ticket.watch'> => ({
    ...{ kind: 'ticket.watch', ticketId, add, remove },
  })
  const watchers = async (id: string) => (await bench.ticket(id)).watchers

  test('of two technicians come together, in the order in which they came, and nobody is put on twice', async () => {
    const id = bench.fresh()
    expect(await watchers(id)).toBeUndefined()
    expect(await bench.one(watch(id, [SAM]), bench.sam)).toMatchObject({ outcome: 'applied' })
    const both = await bench.one(watch(id, [ROBIN.toUpperCase(), SAM, ROBIN]))
    expect(both).toMatchObject({ outcome: 'applied' })
    expect(await watchers(id)).toEqual([SAM, ROBIN])
    const head = await bench.head()
    expect(await bench.one(watch(id, [SAM], [uuid('nobody')]))).toMatchObject({ outcome: 'applied' })
    expect(await bench.head()).toBe(head)
    await bench.one(watch(id, [], [SAM]))
    expect(await watchers(id)).toEqual([ROBIN])
  })

  test('are technicians of the client: another is refused, one who has left stays until somebody takes them off', async () => {
    const id = bench.fresh()
    const stranger = uuid('technician', 'Beta')
    expect(await bench.one(watch(id, [ROBIN, stranger]))).toMatchObject(rejection('invalid-input'))
    expect(await watchers(id)).toBeUndefined()
    await bench.cloud.owner`
      update ticket set data = jsonb_set(data::jsonb, '{watchers}', ${JSON.stringify([stranger])}::text::jsonb)::json
      where id = ${id}`
    await bench.one(watch(id, [ROBIN]))
    expect(await watchers(id)).toEqual([stranger, ROBIN])
    await bench.one(watch(id, [], [stranger.toUpperCase()]))
    expect(await watchers(id)).toEqual([ROBIN])
  })

  test(`are ${MAX_WATCHERS} at most`, async () => {
    const id = bench.fresh()
    const many = Array.from({ length: MAX_WATCHERS }, (_, i) => uuid('watcher', String(i)))
    await bench.cloud.owner`
      update ticket set data = jsonb_set(data::jsonb, '{watchers}', ${JSON.stringify(many)}::text::jsonb)::json
      where id = ${id}`
    expect(await bench.one(watch(id, [SAM]))).toMatchObject(rejection('too-many'))
    expect(await bench.one(watch(id, [SAM], many.slice(0, 1)))).toMatchObject({ outcome: 'applied' })
  })
})

describe('mentions', () => {
  const mention = (ticketId: string, ids: string[], entryKind: 'note' | 'reply' = 'note'): BodyOf<'entry.create'> => ({
    ...{ kind: 'entry.create', ticketId, entryId: randomUUID(), entryKind, body: 'Please look, @Sam of Alpha.' },
    mentions: ids.map((id) => ({ id, name: 'Sam of Alpha' })),
  })

  test('are kept with a note, also in its copy, but for who does not work for the client', async () => {
    const [id, split] = [bench.fresh(), randomUUID()]
    const body = mention(id, [SAM.toUpperCase(), uuid('technician', 'Beta')])
    expect(await bench.one(body)).toMatchObject({ outcome: 'applied' })
    const kept = [{ id: SAM, name: 'Sam of Alpha' }]
    expect((await bench.row<Entry>('entry', body.entryId)).data.mentions).toEqual(kept)
    const copy = { from: body.entryId, id: randomUUID() }
    await bench.one({ kind: 'ticket.split', ticketId: split, fromId: id, ticket: newTicket, entries: [copy] })
    expect((await bench.row<Entry>('entry', copy.id)).data.mentions).toEqual(kept)
    const alone = mention(id, [uuid('technician', 'Beta')])
    expect(await bench.one(alone)).toMatchObject({ outcome: 'applied' })
    expect((await bench.row<Entry>('entry', alone.entryId)).data).not.toHaveProperty('mentions')
  })

  test('are of internal notes alone', async () => {
    expect(await bench.one(mention(bench.fresh(), [SAM], 'reply'))).toMatchObject(rejection('invalid-input'))
  })
})
