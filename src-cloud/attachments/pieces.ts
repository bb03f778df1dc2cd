import { PART_BYTES } from '../../src-shared/domain/attachment.ts'
import { asTenant } from '../database/as.ts'
import type { Sql } from '../database/connect.ts'
import type { ContentName } from './content.ts'
import type { ByteRange } from './range.ts'

/** Bytes of one read. Postgres sends them as text that is twice as long, and decoding it holds up everything else. */
const PIECE_BYTES = 1024 * 1024

/** Bytes of one part. */
export interface Piece {
  part: number
  /** The whole part's, SHA-256 in lower-case hexadecimal. */
  digest: string
  bytes: Buffer
}

/**
 * Reads a content piece by piece, each in a transaction of its own: between two of them it holds neither memory nor a
 * connection, however slow its reader is. It ends in an exception where a piece is not there (any more).
 */
export async function* readPieces(
  contents: Sql,
  tenant: string,
  { sha256, size }: ContentName,
  { first, last }: ByteRange,
): AsyncGenerator<Piece> {
  for (let at = first; at <= last;) {
    const part = Math.floor(at / PART_BYTES)
    const from = at % PART_BYTES
    const length = Math.min(PIECE_BYTES, PART_BYTES - from, last + 1 - at)
    const [piece] = await asTenant(
      contents,
      tenant,
      (tx) => tx<{ digest: string; bytes: Buffer | null }[]>`
        select encode(digest, 'hex') as digest, substring(bytes from ${from + 1}::integer for ${length}::integer) as bytes
        from content_part
        where tenant_id = bulkhead.current_tenant() and sha256 = ${sha256} and size = ${size} and part = ${part}`,
    )
    if (piece?.bytes?.length !== length) throw new Error('a piece of a content is missing')
    yield { part, digest: piece.digest, bytes: piece.bytes }
    at += length
  }
}
