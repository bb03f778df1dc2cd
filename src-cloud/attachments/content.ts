import { ProblemError } from '../../src-shared/problem.ts'
import type { AttachmentParts } from '../../src-shared/protocol/attachment.ts'
import type { Transaction } from '../database/connect.ts'

/** What names a content inside its tenant. */
export interface ContentName {
  /** In lower-case hexadecimal. */
  sha256: string
  /** Bytes. */
  size: number
}

/**
 * The content that an attachment of this transaction's tenant names.
 * @throws ProblemError `not-found`, also for one that was deleted or is another tenant's
 */
export async function contentOf(tx: Transaction, attachment: string): Promise<ContentName> {
  const [row] = await tx<ContentName[]>`
    select sha256, size from attachment
    where tenant_id = bulkhead.current_tenant() and id = ${attachment} and not deleted`
  if (!row) throw new ProblemError('not-found', { what: 'This attachment' })
  return row
}

/** A part that is here, by the digest of its bytes. */
export interface HeldPart {
  part: number
  /** SHA-256 in lower-case hexadecimal. */
  digest: string
}

/** How far a content has come. */
export interface Held {
  available: boolean
  /** Ascending. */
  parts: HeldPart[]
}

export async function heldOf(tx: Transaction, { sha256, size }: ContentName): Promise<Held> {
  const [content] = await tx<{ complete: boolean }[]>`
    select complete from content where tenant_id = bulkhead.current_tenant() and sha256 = ${sha256} and size = ${size}`
  const parts = await tx<HeldPart[]>`
    select part, encode(digest, 'hex') as digest from content_part
    where tenant_id = bulkhead.current_tenant() and sha256 = ${sha256} and size = ${size} and bytes is not null
    order by part`
  return { available: content?.complete ?? false, parts }
}

/** The same as the protocol says it. */
export function told({ available, parts }: Held): AttachmentParts {
  return { received: parts.map(({ part }) => part), available }
}
