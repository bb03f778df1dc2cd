import { setImmediate as nextTurn } from 'node:timers/promises'
import { BucketKind } from '../../../src-shared/protocol/feed.ts'
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
/** Rows of one transaction. */
const BATCH = 500

export function passedOver(cache: Cache): string[] {
  return cache.meta(PASSED_OVER, (text) => JSON.parse(text) as string[]) ?? []
}

export function setPassedOver(cache: Cache, kinds: Iterable<string>): void {
  cache.setMeta(PASSED_OVER, JSON.stringify([...kinds]))
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
    await readPart(cloud, { kind, bucket: 0, buckets: 1 }, cache.place.epoch, signal, async (changes) => {
      for (let i = 0; i < changes.length; i += BATCH) {
        // A call may have found the cache damaged meanwhile, and started a new one.
        if (held.cache !== cache) throw new ProblemError('feed-gone')
        const applying = new Applying(cache, ledger, technician.id)
        cache.write(() => {
          for (const change of changes.slice(i, i + BATCH)) applying.apply(change)
          applying.finish()
        })
        events.stored(applying.touched)
        await nextTurn()
        await events.between()
        signal.throwIfAborted()
      }
    })
    setPassedOver(
      cache,
      passedOver(cache).filter((one) => one !== kind),
    )
  }
}
