import { createCipheriv, createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { MAX_PIECE } from '../../src-shared/domain/attachment.ts'
import type { AttachmentPiece, AttachmentView, TicketDetail, UploadPlace } from '../../src-shared/domain/views.ts'
import type { Driven } from './driver.ts'

/** Bytes that no compressor makes smaller, the same for the same word. */
export function bytesOf(word: string, size: number): Buffer {
  const key = createHash('sha256').update(word).digest()
  return createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(size))
}

export function begin(
  driven: Driven,
  ticketId: string,
  name: string,
  size: number,
  entryId: string | null = null,
): Promise<UploadPlace> {
  return driven.call('mutation', 'attachments.begin', { ticketId, entryId, name, type: 'text/plain', size })
}

export function append(driven: Driven, uploadId: string, offset: number, bytes: Buffer): Promise<UploadPlace> {
  const data = bytes.toString('base64')
  return driven.call('mutation', 'attachments.append', { uploadId, offset, data })
}

/** Brings what is left of a file, piece by piece as a window does, and puts it to its ticket. */
export async function bringRest(driven: Driven, place: UploadPlace, bytes: Buffer): Promise<TicketDetail> {
  let { offset } = place
  while (offset < bytes.length) {
    offset = (await append(driven, place.uploadId, offset, bytes.subarray(offset, offset + MAX_PIECE))).offset
  }
  return driven.call('mutation', 'attachments.finish', { uploadId: place.uploadId })
}

/** Brings a file. @returns the attachment's id */
export async function bring(driven: Driven, ticketId: string, name: string, bytes: Buffer): Promise<string> {
  const place = await begin(driven, ticketId, name, bytes.length)
  await bringRest(driven, place, bytes)
  return place.uploadId
}

export async function attachment(driven: Driven, ticketId: string, id: string): Promise<AttachmentView> {
  const found = (await driven.ticket(ticketId)).attachments.find((one) => one.id === id)
  if (!found) throw new Error('no such attachment')
  return found
}

/** Reads a whole file, piece by piece. */
export async function readAll(driven: Driven, id: string, length = MAX_PIECE): Promise<Buffer> {
  const pieces: Buffer[] = []
  for (let offset = 0; ;) {
    const { data, size } = await driven.call<AttachmentPiece>('query', 'attachments.read', { id, offset, length })
    pieces.push(Buffer.from(data, 'base64'))
    offset += length
    if (offset >= size) return Buffer.concat(pieces)
  }
}

/** Files of a compartment's folder of contents, whole ones first. */
export function storedFiles(folder: string): string[] {
  return readdirSync(join(folder, 'files')).map((name) => join(folder, 'files', name))
}
