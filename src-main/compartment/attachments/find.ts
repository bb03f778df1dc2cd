import { ProblemError } from '../../../src-shared/problem.ts'
import type { Cache } from '../cache/cache.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Readable } from './attachments.ts'

/** An attachment that the cloud has told of, or one that is on its way there. @throws ProblemError `not-found` */
export function findAttachment(cache: Cache, ledger: Ledger, id: string): Readable {
  const known = cache.attached.get(id)
  if (known) return known
  for (const state of ['queued', 'acked'] as const) {
    for (const { body } of ledger.inState(state)) {
      if (body.kind !== 'attachment.add' || body.attachmentId !== id) continue
      return { id, ticketId: body.ticketId, ...body.attachment, available: false }
    }
  }
  throw new ProblemError('not-found', { what: 'This file' })
}
