import { hash } from 'node:crypto'
import { paths } from '../../../src-shared/protocol/api.ts'
import { addToChecksum, bucketOf, Checksums } from '../../../src-shared/protocol/checksum.ts'
import type { BucketKind } from '../../../src-shared/protocol/feed.ts'
import { ProblemError } from '../../../src-shared/problem.ts'
import type { Cache } from '../cache/cache.ts'
import { aboutRows, heldRows, heldVersion, type HeldRow } from '../cache/held.ts'
import type { Touched } from '../cache/overlay.ts'
import type { Holdings } from '../holdings.ts'
import { Applying } from './apply.ts'
import type { Cloud } from './cloud.ts'
import type { CheckedChange } from './parse.ts'
import { readPart } from './part.ts'

/** Rows of a bucket, about: what one that differs costs to read again. */
const BUCKET_ROWS = 100
const MAX_BUCKETS = 4096
/** Rows that are walked over in one step. */
const STEP = 500
/** More buckets that differ, or more rows to take away, are no slip: everything is read again, with its own guards. */
const MANY = 16
/** Times that a bucket is asked for where pulls come in between. */
const TRIES = 3

export interface Surroundings {
  held: Holdings
  /** As it was when the comparison began: another one is a new copy. */
  cache: Cache
  cloud: Cloud
  signal: AbortSignal
  /** Lets others have their turn; the copy is in step when it resolves. @throws where it is another copy by then */
  pause(): Promise<void>
  /** Asks the cloud something, while others have their turn. */
  apart<Answer>(asking: () => Promise<Answer>): Promise<Answer>
  /** Pulls; the copy is in step when it resolves. @throws as {@link Surroundings.pause} */
  pull(): Promise<void>
  stored(touched: Touched): void
}

/**
 * Compares the rows of a kind with the cloud's checksums, and reads the buckets again that differ. Rows that came after
 * the checksums were made excuse their bucket: it is compared another time.
 * @returns how many rows were put right, null where it is so much that everything should be read again
 * @throws ProblemError `feed-gone` where the copy is of another epoch or cannot catch up, and what {@link Cloud.request}
 * and {@link readPart} throw
 */
export async function compareKind(around: Surroundings, kind: BucketKind): Promise<number | null> {
  const { cache } = around
  const buckets = Math.min(MAX_BUCKETS, Math.max(1, Math.ceil(aboutRows(cache, kind) / BUCKET_ROWS)))
  const told = await around.apart(() => askChecksums(around, kind, buckets))
  await around.pause()
  if (cache.place.cursor < told.cursor) await around.pull()
  if (cache.place.epoch !== told.epoch || cache.place.cursor < told.cursor) throw new ProblemError('feed-gone')
  const own = Array.from({ length: buckets }, () => ({ rows: 0, checksum: 0, moved: false }))
  await walk(around, kind, ({ id, fed }) => {
    const bucket = own[bucketOf(id, buckets)]
    if (!bucket) return
    // A version beyond the copy's own is none that the cloud gave.
    if (fed > told.cursor && fed <= cache.place.cursor) bucket.moved = true
    bucket.rows += 1
    bucket.checksum = addToChecksum(bucket.checksum, hash('sha256', `${id}:${fed}`))
  })
  const wrong = own.flatMap(({ rows, checksum, moved }, i) =>
    moved || (rows === told.buckets[i]?.rows && checksum === told.buckets[i].checksum) ? [] : [i],
  )
  if (wrong.length === 0) return 0
  if (wrong.length > MANY) return null
  const here = new Map(wrong.map((bucket) => [bucket, [] as string[]]))
  await walk(around, kind, ({ id }) => here.get(bucketOf(id, buckets))?.push(id))
  let mended = 0
  for (const [bucket, ids] of here) {
    const rows = await mend(around, kind, bucket, buckets, ids)
    if (rows === null) return null
    mended += rows
  }
  return mended
}

async function askChecksums({ cloud, signal }: Surroundings, kind: BucketKind, buckets: number): Promise<Checksums> {
  const answer = await cloud.request(`${paths.checksums}?kind=${kind}&buckets=${buckets}`, {}, signal)
  try {
    const told = Checksums.safeParse(await answer.response.json().catch(() => null))
    if (!told.success || told.data.buckets.length !== buckets) throw new ProblemError('feed-malformed')
    return told.data
  } finally {
    answer.end()
  }
}

async function walk({ cache, pause }: Surroundings, kind: BucketKind, visit: (row: HeldRow) => void): Promise<void> {
  let place: HeldRow['place'] | null = null
  for (;;) {
    const rows: HeldRow[] = heldRows(cache, kind, place, STEP)
    rows.forEach(visit)
    place = rows.at(-1)?.place ?? null
    if (rows.length < STEP) return
    await pause()
  }
}

/**
 * Puts what the cloud has in a bucket in place of what is here, in one transaction.
 * @param here ids of the rows of the bucket
 * @returns how many rows differed; null where too many would be taken away
 */
async function mend(
  around: Surroundings,
  kind: BucketKind,
  bucket: number,
  buckets: number,
  here: readonly string[],
): Promise<number | null> {
  const { held, cache, cloud, signal } = around
  for (let tries = 0; tries < TRIES; tries++) {
    const there = new Map<string, CheckedChange>()
    const take = (changes: CheckedChange[]): void => changes.forEach((change) => there.set(change.id, change))
    const part = { kind, bucket, buckets }
    const closing = await around.apart(() => readPart(cloud, part, cache.place.epoch, signal, take))
    await around.pause()
    // A pull that went further may have brought what this does not have.
    if (cache.place.cursor > closing.cursor) continue
    const differing = [...there.values()].filter(({ id, data, version }) => {
      const fed = heldVersion(cache, kind, id)
      return data === null ? fed !== null : fed !== version
    })
    const extra = here
      .filter((id) => !there.has(id) && heldVersion(cache, kind, id) !== null)
      .map((id): CheckedChange => ({ kind, id, version: 0, data: null }))
    const gone = extra.length + differing.filter(({ data }) => data === null).length
    if (gone > MANY) return null
    const applying = new Applying(cache, held.ledger, held.technician.id)
    cache.write(() => {
      for (const change of [...differing, ...extra]) applying.apply(change)
      applying.finish()
    })
    around.stored(applying.touched)
    return differing.length + extra.length
  }
  return 0
}
