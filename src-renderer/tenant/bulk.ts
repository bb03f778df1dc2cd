import {
  MAX_BULK,
  type BulkBack,
  type BulkChange,
  type BulkPreview,
  type BulkResult,
  type BulkText,
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
  /** What is written on each ticket beside. */
  writing?: Writing | undefined
}

/** Makes the texts of some tickets. One that gets none stays as it is, also in what would be changed. */
export type Writing = (ids: readonly string[]) => Promise<Written>

interface Written {
  texts: BulkText[]
  /** Tickets that cannot have one, and why the first. */
  held: NonNullable<BulkPreview['held']> | null
  /** Tickets that are not here any more. */
  gone: number
}

/** Tickets that are written on in one call: texts may be long. */
export const MAX_WRITTEN = 200

/** What a change would do to the chosen tickets, without doing it. Of more than one call's worth it is added up. */
export async function previewBulk(
  { client }: Tenant,
  ids: readonly string[],
  change: BulkChange,
  slicing: Slicing = {},
): Promise<BulkPreview> {
  const parts: BulkPreview[] = []
  await inSlices(ids, slicing, async (some) => {
    const written = await slicing.writing?.(some)
    if (!written) return void parts.push(await client.tickets.bulkPreview.query({ ids: some, change }))
    // How they read does not matter here.
    const texts = written.texts.map((text) => ({ ...text, body: '…' }))
    const input = { ids: texts.map(({ id }) => id), change, texts }
    const part = texts.length === 0 ? EMPTY : await client.tickets.bulkPreview.query(input)
    parts.push(withWritten(part, written))
  })
  const [only] = parts
  if (only && parts.length === 1) return only
  const along = new Set(ids)
  const open = new Set(parts.flatMap(({ openParts }) => openParts.ids ?? []).filter((id) => !along.has(id)))
  const first = new Map(parts.flatMap(({ openParts }) => openParts.first.map((part) => [part.id, part] as const)))
  return {
    ...countsOf(parts),
    parts: sums(parts.map((part) => part.parts)),
    ...prioritiesOf(parts),
    ...needsOf(parts),
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
  return slicedResult(tenant, ids, slicing, async (some) => {
    const written = await slicing.writing?.(some)
    if (!written) return tenant.client.tickets.bulk.mutate({ ids: some, change })
    const { texts } = written
    const input = { ids: texts.map(({ id }) => id), change, texts }
    const result = texts.length === 0 ? { ...NONE, back: [] } : await tenant.client.tickets.bulk.mutate(input)
    return withWritten(result, written)
  })
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
  { onDone, signal, writing }: Slicing,
  run: (some: Item[]) => Promise<void>,
): Promise<void> {
  const most = writing ? MAX_WRITTEN : MAX_BULK
  for (let at = 0; at < items.length && !signal?.aborted; at += most) {
    const some = items.slice(at, at + most)
    await run(some)
    onDone?.(at + some.length)
  }
}

const NONE = { change: 0, same: 0, gone: 0 }
const EMPTY: BulkPreview = {
  ...{ ...NONE, parts: {}, openParts: { count: 0, first: [] }, openTasks: { count: 0, first: [] } },
}

/** What is counted, with the tickets that got no text. */
function withWritten<Part extends Omit<BulkResult, 'back'>>(part: Part, { held, gone }: Written): Part {
  const both = [...(part.held ? [part.held] : []), ...(held ? [held] : [])]
  const count = both.reduce((sum, one) => sum + one.count, 0)
  return { ...part, gone: part.gone + gone, ...(both[0] && { held: { count, why: both[0].why } }) }
}

function prioritiesOf(parts: readonly BulkPreview[]): Pick<BulkPreview, 'priorities'> {
  const priorities = sums(parts.map((part) => part.priorities ?? {}))
  return Object.keys(priorities).length > 0 ? { priorities } : {}
}

function needsOf(parts: readonly BulkPreview[]): Pick<BulkPreview, 'needs'> {
  const needs = [...new Set(parts.flatMap((part) => part.needs ?? []))]
  return needs.length > 0 ? { needs } : {}
}

function sums(all: readonly Record<string, number>[]): Record<string, number> {
  const whole: Record<string, number> = {}
  for (const one of all) for (const [key, count] of Object.entries(one)) whole[key] = (whole[key] ?? 0) + count
  return whole
}

function countsOf(parts: readonly Omit<BulkResult, 'back'>[]): Omit<BulkResult, 'back'> {
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
