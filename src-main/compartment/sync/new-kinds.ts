import { setImmediate as nextTurn } from 'node:timers/promises'
import { APART, BucketKind, type EntityKind } from '../../../src-shared/protocol/feed.ts'
import { ProblemError } from '../../../src-shared/problem.ts'
import type { Cache } from '../cache/cache.ts'
import type { Holdings } from '../holdings.ts'
import { Applying } from './apply.ts'
import type { Cloud } from './cloud.ts'
import { isEntityKind } from './parse.ts'
import { readPart } from './part.ts'
import type { PullEvents } from './pull.ts'

/** Kinds of entities that came and were passed over: a newer console than this one knows them. */
const PASSED_OVER = 'passed_over'
/** Kinds that the cloud tells only where it is asked for them, as it last said. */
const APART_THERE = 'apart'
/** Rows of one transaction. */
const BATCH = 500

export function passedOver(cache: Cache): string[] {
  return cache.meta(PASSED_OVER, (text) => JSON.parse(text) as string[]) ?? []
}

export function setPassedOver(cache: Cache, kinds: Iterable<string>): void {
  cache.setMeta(PASSED_OVER, JSON.stringify([...kinds]))
}

/**
 * Kinds that a pull is to ask for beside those that every feed tells. A first load goes without: they come when it is
 * over, like kinds that are new to this console.
 * @param full the pull reads everything again
 */
export function askedApart(cache: Cache, full: boolean): EntityKind[] {
  if (!cache.loaded) return []
  const there = cache.meta(APART_THERE, (text) => JSON.parse(text) as string[]) ?? []
  const waiting = full ? [] : passedOver(cache)
  return APART.filter((kind) => there.includes(kind) && !waiting.includes(kind))
}

/** Remembers which kinds the cloud tells only where it is asked. @returns those that it was not asked for */
export function noteApart(cache: Cache, there: readonly string[], asked: readonly string[]): EntityKind[] {
  const text = JSON.stringify(there)
  if ((cache.meta(APART_THERE, String) ?? '[]') !== text) cache.setMeta(APART_THERE, text)
  return APART.filter((kind) => there.includes(kind) && !asked.includes(kind))
}

/** Whether a kind is here as far as the last pull read. */
export function isHere(cache: Cache, kind: EntityKind): boolean {
  return !APART.includes(kind) || askedApart(cache, false).includes(kind)
}

/** Whether something waits that the next pull reads from its beginning. */
export function newKindsWait(cache: Cache): boolean {
  return passedOver(cache).some(isEntityKind)
}

/**
 * Reads what an older console than this one passed over: those kinds from their beginning, and nothing else. Call it
 * after a pull and before the next: what changed since the one comes with the other.
 * @throws ProblemError as {@link readPart}; what was not read to its end is read again
 */
export async function pullNewKinds(
  held: Holdings,
  cloud: Cloud,
  events: Pick<PullEvents, 'stored' | 'between'>,
  signal: AbortSignal,
): Promise<void> {
  const { cache, ledger, technician } = held
  for (const kind of BucketKind.options) {
    if (!isEntityKind(kind) || !passedOver(cache).includes(kind)) continue
    const touched = { tickets: new Set<string>(), desk: false }
    await readPart(cloud, { kind, bucket: 0, buckets: 1 }, cache.place.epoch, signal, async (changes) => {
      for (let i = 0; i < changes.length; i += BATCH) {
        // A call may have found the cache damaged meanwhile, and started a new one.
        if (held.cache !== cache) throw new ProblemError('feed-gone')
        const applying = new Applying(cache, ledger, technician.id)
        cache.write(() => {
          for (const change of changes.slice(i, i + BATCH)) applying.apply(change)
          applying.finish()
        })
        // Of what nearly every ticket has the windows hear once, at the end.
        if (!APART.includes(kind)) events.stored(applying.touched)
        else for (const id of applying.touched.tickets) touched.tickets.add(id)
        await nextTurn()
        await events.between()
        signal.throwIfAborted()
      }
    })
    setPassedOver(
      cache,
      passedOver(cache).filter((one) => one !== kind),
    )
    events.stored(touched)
  }
}
