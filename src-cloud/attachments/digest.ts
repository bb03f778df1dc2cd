import { createHash } from 'node:crypto'
import { ProblemError } from '../../src-shared/problem.ts'

/** The SHA-256 of a `content-digest` header; its other digests are passed over. */
const SHA_256 = /(?:^|,)\s*sha-256=:([A-Za-z0-9+/]{43}=):/i

/**
 * The SHA-256 of a body, which must be the one that its `content-digest` (RFC 9530) tells.
 * @throws ProblemError `invalid-input` without one, `part-damaged` where it is another
 */
export function checkedDigest(header: string | undefined, body: Buffer): Buffer {
  const [, told] = SHA_256.exec(header ?? '') ?? []
  if (told === undefined)
    throw new ProblemError('invalid-input', { reason: 'A part comes with content-digest: sha-256=:<base64>:.' })
  const digest = createHash('sha256').update(body).digest()
  if (!digest.equals(Buffer.from(told, 'base64'))) throw new ProblemError('part-damaged')
  return digest
}
