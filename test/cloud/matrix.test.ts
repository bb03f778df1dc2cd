import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TicketPatch } from '../../src-shared/domain/ticket.ts'
import { paths } from '../../src-shared/protocol/api.ts'
import { ImportAnswer } from '../../src-shared/protocol/import.ts'
import type { MutationBody } from '../../src-shared/protocol/mutation.ts'
import { ask, readFeed } from '../support/cloud.ts'
import { withWorkbench, type Workbench } from './workbench.ts'

let bench: Workbench
beforeAll(async () => {
  bench = await withWorkbench(5)
})
afterAll(() => bench.cloud.close())

describe('the priority', () => {
  const [few, many] = ['few', 'many'] as const
  const update = (
    ticketId: string,
    base: TicketPatch,
    patch: TicketPatch,
    priorityBy?: 'matrix' | 'hand',
  ): MutationBody => ({ kind: 'ticket.update', ticketId, base, patch, ...(priorityBy && { priorityBy }) })
  const priority = async (id: string) => (await bench.ticket(id)).priority
  /** A ticket of few in no haste, of the priority that follows. */
  const begun = async (): Promise<string> => {
    const id = bench.fresh()
    const patch = { priority: 'p2', customFields: { reach: few, haste: few } }
    await bench.one(update(id, { priority: (await bench.ticket(id)).priority, customFields: {} }, patch))
    return id
  }
  const reach = (id: string) =>
    update(id, { customFields: { reach: few } }, { customFields: { reach: many } }, 'matrix')
  const haste = (id: string) =>
    update(id, { customFields: { haste: few } }, { customFields: { haste: many } }, 'matrix')

  test('follows from what two technicians set at once, each without the other', async () => {
    const id = await begun()
    expect(await bench.one(reach(id))).toMatchObject({ outcome: 'applied' })
    expect(await bench.one(haste(id), bench.sam)).toMatchObject({ outcome: 'merged' })
    expect(await priority(id)).toBe('p1')
    const back = { customFields: { haste: few }, priority: 'p2' }
    await bench.one(update(id, { customFields: { haste: many }, priority: 'p1' }, back, 'matrix'), bench.sam)
    expect(
      await bench.one(update(id, { customFields: { reach: many }, priority: 'p1' }, back, 'matrix')),
    ).toMatchObject({
      outcome: 'merged',
    })
    expect(await priority(id)).toBe('p2')
  })

  test('follows for a client that knows no matrices, and not where nothing changes or it came by hand', async () => {
    const id = await begun()
    const both = { customFields: { reach: many, haste: many } }
    await bench.one(update(id, { customFields: { reach: few, haste: few } }, both))
    expect(await priority(id)).toBe('p1')
    await bench.one(update(id, { priority: 'p1' }, { priority: 'p2' }))
    await bench.one(update(id, both, both))
    expect(await priority(id)).toBe('p2')
    const fewer = { customFields: { reach: few } }
    await bench.one(update(id, { ...both, priority: 'p2' }, { ...fewer, priority: 'p1' }))
    expect(await priority(id)).toBe('p1')
    await bench.one(update(id, fewer, { customFields: { reach: null } }, 'hand'))
    expect(await priority(id)).toBe('p1')
  })

  test('that somebody gave by hand meanwhile is for a person to decide', async () => {
    const id = await begun()
    await bench.one(update(id, { priority: 'p2' }, { priority: 'p1' }), bench.sam)
    const mine = { customFields: { reach: many }, priority: 'p2' }
    expect(await bench.one(update(id, { customFields: { reach: few } }, mine, 'matrix'))).toMatchObject({
      outcome: 'conflict',
      conflicts: [{ field: 'priority', mine: 'p2', theirs: 'p1', by: 'Sam of Alpha' }],
    })
    expect(await bench.ticket(id)).toMatchObject({ priority: 'p1', customFields: { reach: many } })
  })
})

test('a priority follows in an import where the file has none, and columns that are called as fields are theirs', async () => {
  const take = async (csv: string): Promise<ImportAnswer> => {
    const body = { kind: 'tickets', csv }
    const answer = await ask(bench.cloud.url, paths.import, { token: bench.robin, body })
    expect([answer.status, await answer.clone().text()]).toEqual([200, expect.anything()])
    return ImportAnswer.parse(await answer.json())
  }
  const csv = 'ID,Subject,Reach,Urgency\nM-1,Line down,many,many\nM-2,Mouse,few,many\nM-3,Other,,many\n'
  const { columns } = await take(csv)
  expect(columns.map(({ field }) => field)).toEqual(['id', 'subject', 'custom:reach', 'custom:haste'])
  await take(csv.replace('few,many', 'many,many').replace('many,many', 'many,few'))
  await take('ID,Subject,Reach,Priority\nM-4,By hand,many,p2\n')
  const priorities = (await readFeed(bench.cloud.url, bench.robin)).changes.flatMap(({ data }) => {
    const { importedId, priority } = (data ?? {}) as { importedId?: string; priority?: string }
    return importedId === undefined ? [] : [[importedId, priority]]
  })
  expect(Object.fromEntries(priorities)).toEqual({ 'M-1': 'p2', 'M-2': 'p1', 'M-3': 'p2', 'M-4': 'p2' })
})
