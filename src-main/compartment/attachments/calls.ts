import { DEFAULT_ATTACHMENT_POLICY } from '../../../src-shared/domain/attachment.ts'
import type { AttachmentPiece, TicketDetail, UploadPlace } from '../../../src-shared/domain/views.ts'
import type { Bench } from '../bench.ts'
import type { Attachments } from './attachments.ts'
import { findAttachment } from './find.ts'
import type { Brought } from './intake.ts'

/** What windows do with files. */
export function attachmentCalls(bench: Bench, files: Attachments) {
  const filed = (ticketId: string): TicketDetail => {
    bench.tell({ tickets: new Set([ticketId]), desk: false })
    bench.show([])
    return bench.ticket(ticketId)
  }
  return {
    beginUpload(input: Brought): Promise<UploadPlace> {
      bench.ticket(input.ticketId)
      const policy = bench.read(({ cache }) => cache.configuration.attachments ?? DEFAULT_ATTACHMENT_POLICY)
      return files.begin(input, policy)
    },

    appendUpload({ uploadId, offset, data }: { uploadId: string; offset: number; data: string }): Promise<UploadPlace> {
      return files.append(uploadId, offset, data)
    },

    finishUpload: async (uploadId: string): Promise<TicketDetail> => filed(await files.finish(uploadId)),
    abandonUpload: (uploadId: string): Promise<void> => files.abandon(uploadId),
    retryAttachment: (id: string): TicketDetail => filed(files.retry(id)),
    cancelAttachment: (id: string): TicketDetail => filed(files.cancel(id)),

    readAttachment({ id, offset, length }: { id: string; offset: number; length: number }): Promise<AttachmentPiece> {
      return files.read(
        bench.read(({ cache, ledger }) => findAttachment(cache, ledger, id)),
        offset,
        length,
      )
    },
  }
}
