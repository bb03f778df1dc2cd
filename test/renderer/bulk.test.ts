import { QueryClient } from '@tanstack/react-query'
import { expect, test } from 'vitest'
import type { BulkBack, BulkChange, BulkText } from '../../src-shared/domain/bulk.ts'
import { previewBulk, runBulk, takeBulkBack, type Writing } from '../../src-renderer/tenant/bulk.ts'
import type { Tenant } from '../../src-renderer/tenant/tenant.ts'

const ids = Array.from({ length: 2500 }, (_, i) => `ticket ${i}`)
const change: BulkChange = { patch: { status: 'done' }, addTags: [], removeTags: [] }

/** A compartment that takes a thousand at once; every tenth ticket has the change already. */
function tenantOf({ failsAt = Infinity } = {}): { tenant: Tenant; taken: string[][]; wrote: number[] } {
  const taken: string[][] = []
  const wrote: number[] = []
  const count = (some: readonly string[], texts: readonly BulkText[] = []) => {
    wrote.push(texts.length)
    if (taken.length === failsAt) throw new Error('The disk is full.')
    taken.push([...some])
    const same = some.filter((id) => id.endsWith('0')).length
    return { change: some.length - same, same, gone: 0 }
  }
  const tickets = {
    bulkPreview: {
      query: async ({ ids: some, texts }: { ids: string[]; texts?: BulkText[] }) => ({
        ...{ ...count(some, texts), parts: { status: 1, ...(texts && { text: texts.length }) }, needs: ['cause'] },
        // A part that is changed in another slice, and one that is not changed at all.
        openParts: { count: 2, first: [{ id: 'ticket 2400' }, { id: 'left' }], ids: ['ticket 2400', 'left'] },
        openTasks: { count: 1, first: ['Call back'] },
      }),
    },
    bulk: {
      mutate: async ({ ids: some, texts }: { ids: string[]; texts?: BulkText[] }) => ({
        ...count(some, texts),
        back: some.filter((id) => !id.endsWith('0')).map((id) => ({ id })),
      }),
    },
    bulkBack: { mutate: async ({ back }: { back: BulkBack[] }) => ({ ...count(back.map(({ id }) => id)), back: [] }) },
  }
  return { tenant: { client: { tickets }, queries: new QueryClient() } as unknown as Tenant, taken, wrote }
}

test('very many are looked at and changed in slices, with one count, one progress and one way back', async () => {
  const { tenant, taken } = tenantOf()
  const done: number[] = []
  const preview = await previewBulk(tenant, ids, change, { onDone: (count) => done.push(count) })
  expect(preview).toEqual({
    ...{ change: 2250, same: 250, gone: 0, parts: { status: 3 }, needs: ['cause'] },
    openParts: { count: 1, first: [{ id: 'left' }] },
    openTasks: { count: 3, first: ['Call back', 'Call back', 'Call back'] },
  })
  expect(done).toEqual([1000, 2000, 2500])
  const { back, change: changed } = await runBulk(tenant, ids, change)
  expect([changed, back.length]).toEqual([2250, 2250])
  taken.length = 0
  await takeBulkBack(tenant, back)
  expect(taken.map(({ length }) => length)).toEqual([1000, 1000, 250])
})

test('what was done before somebody stops it, or before it fails, can be taken back', async () => {
  const stop = new AbortController()
  const stopped = await runBulk(tenantOf().tenant, ids, change, { signal: stop.signal, onDone: () => stop.abort() })
  expect(stopped).toMatchObject({ change: 900 })
  expect(stopped.back).toHaveLength(900)
  const failed = await runBulk(tenantOf({ failsAt: 2 }).tenant, ids, change)
  expect(failed.back).toHaveLength(1800)
  expect(failed.problem).toBeTruthy()
  await expect(runBulk(tenantOf({ failsAt: 0 }).tenant, ids, change)).rejects.toThrow('The disk is full.')
})

test('where each gets a text slices are shorter, and one that cannot have it stays as it is', async () => {
  const { tenant, taken, wrote } = tenantOf()
  const writing: Writing = async (some) => ({
    texts: some.filter((id) => !id.endsWith('7')).map((id) => ({ id, kind: 'reply', body: `For ${id}` })),
    held: { count: some.filter((id) => id.endsWith('7')).length, why: 'Nobody would get it.' },
    gone: 0,
  })
  const some = ids.slice(0, 450)
  const preview = await previewBulk(tenant, some, change, { writing })
  expect(preview).toMatchObject({
    ...{ change: 360, same: 45, held: { count: 45, why: 'Nobody would get it.' } },
    parts: { status: 3, text: 405 },
  })
  taken.length = wrote.length = 0
  const result = await runBulk(tenant, some, change, { writing })
  expect([taken.map(({ length }) => length), wrote]).toEqual([
    [180, 180, 45],
    [180, 180, 45],
  ])
  expect(result).toMatchObject({ change: 360, held: { count: 45 } })
  const none: Writing = async (all) => ({ texts: [], held: { count: all.length, why: 'Nobody.' }, gone: 0 })
  expect(await runBulk(tenant, some, change, { writing: none })).toMatchObject({ change: 0, held: { count: 450 } })
})
