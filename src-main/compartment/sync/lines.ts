import { ProblemError } from '../../../src-shared/problem.ts'

/** A line longer than this is not one of ours. */
const MAX_LINE_BYTES = 4 * 1024 * 1024
const NEWLINE = 10

/**
 * Splits a byte stream at newlines, a group of whole lines at a time. What follows the last newline is dropped: it is
 * not a whole line.
 * @throws ProblemError `feed-malformed` for a line that does not end; whatever the stream throws
 */
export async function* lineGroups(stream: AsyncIterable<Uint8Array>): AsyncGenerator<string[]> {
  let rest: Buffer[] = []
  let restBytes = 0
  for await (const bytes of stream) {
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const last = chunk.lastIndexOf(NEWLINE)
    if (last >= 0) {
      rest.push(chunk.subarray(0, last))
      const whole = rest.length === 1 ? chunk.subarray(0, last) : Buffer.concat(rest)
      rest = []
      restBytes = 0
      yield whole.toString('utf8').split('\n')
    }
    const tail = chunk.subarray(last + 1)
    if (tail.length === 0) continue
    rest.push(tail)
    restBytes += tail.length
    if (restBytes > MAX_LINE_BYTES) throw new ProblemError('feed-malformed')
  }
}
