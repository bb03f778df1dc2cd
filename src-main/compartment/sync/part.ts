import { paths } from '../../../src-shared/protocol/api.ts'
import type { BucketKind, FeedClosing } from '../../../src-shared/protocol/feed.ts'
import { ProblemError } from '../../../src-shared/problem.ts'
import { isDamage, isDiskFull } from '../../storage/open.ts'
import type { Cloud } from './cloud.ts'
import { lineGroups } from './lines.ts'
import { parseLine, parseOpening, type CheckedChange } from './parse.ts'

/** One bucket of one kind; with `buckets` 1 all of the kind. */
export interface Part {
  kind: BucketKind
  bucket: number
  buckets: number
}

/**
 * Reads a part of the feed from its beginning. Its closing cursor is not one of the whole feed.
 * @param epoch of the copy that it is for
 * @param take is given a group of changes at a time
 * @throws ProblemError `feed-malformed`, `feed-cut`, `feed-gone` where the feed is of another epoch, `disk-full`, and what
 * {@link Cloud.request} throws
 */
export async function readPart(
  cloud: Cloud,
  { kind, bucket, buckets }: Part,
  epoch: string | null,
  signal: AbortSignal,
  take: (changes: CheckedChange[]) => void | Promise<void>,
): Promise<FeedClosing> {
  const path = `${paths.changes}?after=0&kind=${kind}&bucket=${bucket}&buckets=${buckets}`
  const answer = await cloud.request(path, {}, signal, [410])
  try {
    if (answer.status === 410 || !answer.response.body) throw new ProblemError('feed-gone')
    let opened = false
    let closing: FeedClosing | null = null
    for await (const lines of lineGroups(whileAlive(answer.response.body, answer.alive))) {
      const changes: CheckedChange[] = []
      for (const line of lines) {
        if (closing) throw new ProblemError('feed-malformed')
        if (!opened) {
          if (parseOpening(line).epoch !== epoch) throw new ProblemError('feed-gone')
          opened = true
          continue
        }
        const change = parseLine(line)
        if ('end' in change) closing = change
        else if (!('unknown' in change) && change.kind === kind) changes.push(change)
      }
      if (changes.length > 0) await take(changes)
      signal.throwIfAborted()
    }
    if (!closing) throw new ProblemError('feed-cut')
    return closing
  } catch (error) {
    throw asFeedProblem(error, signal)
  } finally {
    answer.end()
  }
}

/** What ended the reading of a feed, as a person is told of it; the error itself where it is a bug. */
export function asFeedProblem(error: unknown, signal: AbortSignal): unknown {
  if (error instanceof ProblemError || isDamage(error)) return error
  if (isDiskFull(error)) return new ProblemError('disk-full', {}, { cause: error })
  if (signal.aborted) return new ProblemError('cancelled', {}, { cause: error })
  // undici wraps a reset connection in a TypeError, and a body that ends early too.
  const cut = error instanceof TypeError || (error instanceof Error && error.name === 'AbortError')
  return cut ? new ProblemError('feed-cut', {}, { cause: error }) : error
}

export async function* whileAlive(body: AsyncIterable<Uint8Array>, alive: () => void): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    alive()
    yield chunk
  }
}
