import { MAX_PIECE } from '../../src-shared/domain/attachment.ts'
import type { AttachmentView } from '../../src-shared/domain/views.ts'
import type { Tenant } from './tenant.ts'

/** The largest picture, in bytes, that is shown in place. */
const MAX_PICTURE = 12 * 1024 * 1024

/** First bytes of the kinds of picture that are shown in place; a name or a type that somebody gave is not enough. */
const PICTURES: readonly { type: string; begins: readonly number[]; at8?: readonly number[] }[] = [
  { type: 'image/png', begins: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] },
  { type: 'image/jpeg', begins: [0xff, 0xd8, 0xff] },
  { type: 'image/gif', begins: [0x47, 0x49, 0x46, 0x38] },
  { type: 'image/webp', begins: [0x52, 0x49, 0x46, 0x46], at8: [0x57, 0x45, 0x42, 0x50] },
]

/** Whether a file may turn out to be a picture that is shown in place. */
export function maybePicture({ type, size, here }: AttachmentView): boolean {
  return here && size <= MAX_PICTURE && PICTURES.some((one) => one.type === type)
}

/**
 * All bytes of a file, as a blob without a type: nothing that came with a ticket opens in the window.
 * @throws TRPCClientError with its problem
 */
export async function contentOf(
  { client }: Tenant,
  { id }: AttachmentView,
  tell: (bytes: number, size: number) => void,
  signal?: AbortSignal,
): Promise<Blob> {
  const parts: Blob[] = []
  for (let offset = 0; ;) {
    const piece = await client.attachments.read.query({ id, offset, length: MAX_PIECE }, { signal })
    const part = blobOf(piece.data)
    parts.push(part)
    offset += part.size
    tell(offset, piece.size)
    if (offset >= piece.size || part.size === 0) return new Blob(parts, { type: 'application/octet-stream' })
  }
}

/** Bytes that came in base64. Blobs live outside the heap, and on disk where they are large. */
export function blobOf(base64: string, type = ''): Blob {
  return new Blob([Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))], { type })
}

/** A picture's bytes as one, or null where they are of no kind that is shown. */
export async function asPicture(content: Blob): Promise<Blob | null> {
  const head = new Uint8Array(await content.slice(0, 12).arrayBuffer())
  const found = PICTURES.find(
    ({ begins, at8 }) =>
      begins.every((byte, i) => head[i] === byte) && (at8 ?? []).every((byte, i) => head[8 + i] === byte),
  )
  return found ? new Blob([content], { type: found.type }) : null
}

/** Gives a file to the person's folder of downloads. */
export function save(content: Blob, name: string): void {
  const url = URL.createObjectURL(content)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // The browser takes its own hold of the blob when the download begins, which is after this call.
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
