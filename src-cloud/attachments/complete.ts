import { createHash } from 'node:crypto'
import { partsOf, type Attachment } from '../../src-shared/domain/attachment.ts'
import { ProblemError } from '../../src-shared/problem.ts'
import type { AttachmentParts } from '../../src-shared/protocol/attachment.ts'
import { asTenant } from '../database/as.ts'
import type { Sql, Transaction } from '../database/connect.ts'
import { contentOf, heldOf, told, type ContentName, type HeldPart } from './content.ts'
import { readPieces } from './pieces.ts'

/**
 * Checks the whole of a content. Where it is what was announced, all of the tenant's attachments that name it become
 * available, through the feed. Nothing is locked while it is read: the parts that were read are compared with those
 * that are there in the end.
 * @throws ProblemError `not-found`; `content-incomplete` where parts are missing or came meanwhile; `content-mismatch`
 * where the whole is not what was announced: its parts are dropped
 */
export async function completeContent(contents: Sql, tenant: string, attachment: string): Promise<AttachmentParts> {
  const { name, held } = await asTenant(contents, tenant, async (tx) => {
    const named = await contentOf(tx, attachment)
    return { name: named, held: await heldOf(tx, named) }
  })
  if (held.available) return told(held)
  if (held.parts.length < partsOf(name.size)) throw new ProblemError('content-incomplete')
  const right = (await hashOf(contents, tenant, name, held.parts)) === name.sha256
  const settled = await asTenant(contents, tenant, async (tx) => {
    await tx`select bulkhead.own_content(${name.sha256})`
    const now = await heldOf(tx, name)
    if (now.available) return now
    if (!isSame(held.parts, now.parts)) throw new ProblemError('content-incomplete')
    if (right) await makeAvailable(tx, name)
    else await dropParts(tx, name)
    return { ...now, available: right }
  })
  if (!settled.available) throw new ProblemError('content-mismatch')
  return told(settled)
}

/** @throws ProblemError `content-incomplete` where a part was replaced meanwhile */
async function hashOf(contents: Sql, tenant: string, name: ContentName, parts: HeldPart[]): Promise<string> {
  const hash = createHash('sha256')
  for await (const { part, digest, bytes } of readPieces(contents, tenant, name, { first: 0, last: name.size - 1 })) {
    if (digest !== parts[part]?.digest) throw new ProblemError('content-incomplete')
    hash.update(bytes)
  }
  return hash.digest('hex')
}

function isSame(before: HeldPart[], now: HeldPart[]): boolean {
  return before.length === now.length && before.every(({ digest }, part) => digest === now[part]?.digest)
}

async function makeAvailable(tx: Transaction, { sha256, size }: ContentName): Promise<void> {
  await tx`
    update content set complete = true
    where tenant_id = bulkhead.current_tenant() and sha256 = ${sha256} and size = ${size}`
  const rows = await tx<{ id: string; data: Attachment }[]>`
    select id, data from attachment
    where tenant_id = bulkhead.current_tenant() and sha256 = ${sha256} and size = ${size} and not deleted
    order by id for update`
  const changed = rows
    .filter(({ data }) => !data.available)
    .map(({ id, data }) => ({ id, data: { ...data, available: true } }))
  await tx`
    update attachment a set data = r.data, version = null
    from json_to_recordset(${JSON.stringify(changed)}::text::json) r(id uuid, data json)
    where a.tenant_id = bulkhead.current_tenant() and a.id = r.id`
  await tx`select bulkhead.publish()`
}

async function dropParts(tx: Transaction, { sha256, size }: ContentName): Promise<void> {
  await tx`
    update content_part set bytes = null
    where tenant_id = bulkhead.current_tenant() and sha256 = ${sha256} and size = ${size}`
}
