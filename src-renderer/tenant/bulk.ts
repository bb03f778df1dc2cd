import {
  MAX_BULK,
  type BulkBack,
  type BulkChange,
  type BulkPreview,
  type BulkResult,
} from '../../src-shared/domain/bulk.ts'
import { problemFrom } from '../app/channel/link.ts'
import { keys } from './queries.ts'
import type { Tenant } from './tenant.ts'

/** How far a change of very many is, and what ends it early. */
export interface Slicing {
  /** Told after each slice, with the tickets that are done. */
  onDone?: (count: number) => void
  /** Ends it before the next slice. */
  signal?: AbortSignal
}

/** What a change would do to the chosen tickets, without doing it. Of more than one call's worth it is added up. */
export async function previewBulk(
  { client }: Tenant,
  ids: readonly string[],
  change: BulkChange,
  slicing: Slicing = {},
): Promise<BulkPreview> {
  const parts: BulkPreview[] = []
  await inSlices(ids, slicing, async (some) => {
    parts.push(await client.tickets.bulkPreview.query({ ids: some, change }))
  })
  const [only] = parts
  if (only && parts.length === 1) return only
  const along = new Set(ids)
  const open = new Set(parts.flatMap(({ openParts }) => openParts.ids ?? []).filter((id) => !along.has(id)))
  const first = new Map(parts.flatMap(({ openParts }) => openParts.first.map((part) => [part.id, part] as const)))
  return {
    ...countsOf(parts),
    ...prioritiesOf(parts),
    openParts: { count: open.size, first: [...first.values()].filter(({ id }) => open.has(id)).slice(0, NAMED) },
    openTasks: {
      count: parts.reduce((sum, { openTasks }) => sum + openTasks.count, 0),
      first: parts.flatMap(({ openTasks }) => openTasks.first).slice(0, NAMED),
    },
  }
}

/** Parts and tasks that are named. */
const NAMED = 5

/**
 * Changes the chosen tickets, all or none of each slice.
 * @param slicing a later slice that fails, or a signal, ends it: what is done by then is the result, with `problem`
 * @throws TRPCClientError with its problem, where nothing was done
 */
export async function runBulk(
  tenant: Tenant,
  ids: readonly string[],
  change: BulkChange,
  slicing: Slicing = {},
): Promise<BulkResult & { problem?: string }> {
  return slicedResult(tenant, ids, slicing, (some) => tenant.client.tickets.bulk.mutate({ ids: some, change }))
}

/** Takes a change of many back, but for what somebody changed since then. */
export async function takeBulkBack(
  tenant: Tenant,
  back: readonly BulkBack[],
  slicing: Slicing = {},
): Promise<BulkResult & { problem?: string }> {
  return slicedResult(tenant, back, slicing, (some) => tenant.client.tickets.bulkBack.mutate({ back: some }))
}

async function slicedResult<Item>(
  tenant: Tenant,
  items: readonly Item[],
  slicing: Slicing,
  run: (some: Item[]) => Promise<BulkResult>,
): Promise<BulkResult & { problem?: string }> {
  const parts: BulkResult[] = []
  let problem: string | undefined
  try {
    await inSlices(items, slicing, async (some) => {
      parts.push(await run(some).catch((error: unknown) => heldAll(error, some, items)))
    })
  } catch (error) {
    if (parts.length === 0) throw error
    problem = problemFrom(error).message
  }
  const result = { ...countsOf(parts), back: parts.flatMap(({ back }) => back), ...(problem && { problem }) }
  return shown(tenant, result)
}

/** A slice of which each ticket lacks what the change needs: of several slices the others go on. */
function heldAll<Item>(error: unknown, some: readonly Item[], items: readonly Item[]): BulkResult {
  const { code, message } = problemFrom(error)
  if (some.length === items.length || !code.startsWith('field-')) throw error
  return { change: 0, same: 0, gone: 0, held: { count: some.length, why: message }, back: [] }
}

async function inSlices<Item>(
  items: readonly Item[],
  { onDone, signal }: Slicing,
  run: (some: Item[]) => Promise<void>,
): Promise<void> {
  for (let at = 0; at < items.length && !signal?.aborted; at += MAX_BULK) {
    const some = items.slice(at, at + MAX_BULK)
    await run(some)
    onDone?.(at + some.length)
  }
}

function prioritiesOf(parts: readonly BulkPreview[]): Pick<BulkPreview, 'priorities'> {
  const priorities: Record<string, number> = {}
  for (const part of parts)
    for (const [key, count] of Object.entries(part.priorities ?? {})) priorities[key] = (priorities[key] ?? 0) + count
  return Object.keys(priorities).length > 0 ? { priorities } : {}
}

function countsOf(parts: readonly Omit<BulkPreview, 'openParts' | 'openTasks'>[]): Omit<BulkResult, 'back'> {
  const sum = (of: 'change' | 'same' | 'gone'): number => parts.reduce((total, part) => total + part[of], 0)
  const held = parts.flatMap((part) => part.held ?? [])
  const [first] = held
  return {
    ...{ change: sum('change'), same: sum('same'), gone: sum('gone') },
    ...(first && { held: { count: held.reduce((total, { count }) => total + count, 0), why: first.why } }),
  }
}

/** The lists on screen at once; the pause after other changes is for those that come from elsewhere. */
async function shown<Result>({ queries }: Tenant, result: Result): Promise<Result> {
  await Promise.all([
    queries.invalidateQueries({ queryKey: keys.allRows }),
    queries.invalidateQueries({ queryKey: keys.allSearches }),
  ])
  return result
}
