import { Readable } from 'node:stream'
import { ProblemError } from '../../src-shared/problem.ts'
import { asTenant } from '../database/as.ts'
import type { Sql } from '../database/connect.ts'
import { contentOf, heldOf, type ContentName } from './content.ts'
import { readPieces } from './pieces.ts'
import type { ByteRange } from './range.ts'

/**
 * The content of an attachment that can be read.
 * @throws ProblemError `not-found`, `content-unavailable`
 */
export async function availableContent(contents: Sql, tenant: string, attachment: string): Promise<ContentName> {
  return asTenant(contents, tenant, async (tx) => {
    const name = await contentOf(tx, attachment)
    if (!(await heldOf(tx, name)).available) throw new ProblemError('content-unavailable')
    return name
  })
}

/** Its bytes, read as fast as they are taken. The stream is destroyed where they are dropped meanwhile. */
export function streamContent(contents: Sql, tenant: string, name: ContentName, range: ByteRange): Readable {
  const bytes = async function* () {
    for await (const piece of readPieces(contents, tenant, name, range)) yield piece.bytes
  }
  return Readable.from(bytes(), { objectMode: false })
}
