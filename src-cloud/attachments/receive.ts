import { PART_BYTES, partsOf } from '../../src-shared/domain/attachment.ts'
import { ProblemError } from '../../src-shared/problem.ts'
import type { AttachmentParts } from '../../src-shared/protocol/attachment.ts'
import { asTenant } from '../database/as.ts'
import type { Sql } from '../database/connect.ts'
import { contentOf, heldOf, told, type ContentName } from './content.ts'

/**
 * Which parts of an attachment's content are here.
 * @throws ProblemError `not-found`
 */
export async function receivedParts(contents: Sql, tenant: string, attachment: string): Promise<AttachmentParts> {
  return asTenant(contents, tenant, async (tx) => told(await heldOf(tx, await contentOf(tx, attachment))))
}

/** A part as it came. */
export interface Part {
  number: number
  bytes: Buffer
  /** SHA-256 of the bytes, checked. */
  digest: Buffer
}

/**
 * Stores a part in place of the one that was there; a content that is complete stays as it is.
 * @throws ProblemError `not-found`; `invalid-input` where the content has no such part, or one of another length
 */
export async function storePart(
  contents: Sql,
  tenant: string,
  attachment: string,
  part: Part,
): Promise<AttachmentParts> {
  return asTenant(contents, tenant, async (tx) => {
    const name = await contentOf(tx, attachment)
    refuseMisfit(name, part)
    const { sha256, size } = name
    await tx`select bulkhead.hold_content(${sha256})`
    await tx`
      insert into content (tenant_id, sha256, size) values (bulkhead.current_tenant(), ${sha256}, ${size})
      on conflict do nothing`
    await tx`
      insert into content_part as held (tenant_id, sha256, size, part, digest, bytes)
      select tenant_id, sha256, size, ${part.number}::integer, ${part.digest}::bytea, ${part.bytes}::bytea from content
      where tenant_id = bulkhead.current_tenant() and sha256 = ${sha256} and size = ${size} and not complete
      on conflict (tenant_id, sha256, size, part) do update
      set digest = excluded.digest, bytes = excluded.bytes, written_at = excluded.written_at
      where held.bytes is null or held.digest <> excluded.digest`
    return told(await heldOf(tx, name))
  })
}

/** The size that was announced is within the tenant's policy; nothing beyond it is taken. */
function refuseMisfit({ size }: ContentName, { number, bytes }: Part): void {
  const last = partsOf(size) - 1
  if (number > last)
    throw new ProblemError('invalid-input', { reason: `This file has parts 0 to ${last} and no part ${number}.` })
  const length = number < last ? PART_BYTES : size - last * PART_BYTES
  if (bytes.length !== length)
    throw new ProblemError('invalid-input', {
      reason: `Part ${number} of this file has ${length} bytes, not ${bytes.length}.`,
    })
}
