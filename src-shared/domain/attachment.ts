import { z } from 'zod'
import { problem, type Problem } from '../problem.ts'
import { Author } from './entry.ts'
import { Id, Instant } from './primitives.ts'

/** Bytes of one part of a content on its way; the last part has what is left. */
export const PART_BYTES = 4 * 1024 * 1024

/** Bytes of a file that cross between window and compartment in one piece at most. */
export const MAX_PIECE = 1024 * 1024

/** Parts that a content with so many bytes travels in, at least one. */
export function partsOf(size: number): number {
  return Math.max(1, Math.ceil(size / PART_BYTES))
}

/** SHA-256 in lower-case hexadecimal. */
export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/)

/** What names a file that is put to a ticket. Its content travels by itself. */
export const NewAttachment = z.object({
  /** Without a path. */
  name: z
    .string()
    .trim()
    .min(1)
    .max(255)
    // oxlint-disable-next-line no-control-regex -- these must never reach a file name
    .regex(/^[^/\\\u0000-\u001f]+$/, { error: 'is a file name without a path' }),
  /** Media type (RFC 6838), as the console found it; never trusted for what opens the file. */
  type: z.string().max(200),
  /** Bytes. */
  size: z.number().int().nonnegative(),
  sha256: Sha256,
})
export type NewAttachment = z.infer<typeof NewAttachment>

/** A file at a ticket. Keys that a newer cloud adds are kept as they came. */
export const Attachment = z.looseObject({
  id: Id,
  ticketId: Id,
  /** The entry that it came with. */
  entryId: Id.nullable(),
  name: z.string().min(1).max(255),
  type: z.string().max(200),
  size: z.number().int().nonnegative(),
  sha256: Sha256,
  /** Whether the cloud has all of its content. */
  available: z.boolean(),
  author: Author,
  createdAt: Instant,
})
export type Attachment = z.infer<typeof Attachment>

/** A tenant's rules for files. */
export const AttachmentPolicy = z.object({
  /** Bytes of the largest file that is taken. */
  maxBytes: z.number().int().positive(),
  /** File name extensions that are refused, lower case, without the dot. */
  refusedExtensions: z.array(z.string().min(1).max(20)).max(200),
})
export type AttachmentPolicy = z.infer<typeof AttachmentPolicy>

/** Where a tenant's configuration says nothing. */
export const DEFAULT_ATTACHMENT_POLICY: AttachmentPolicy = {
  maxBytes: 250 * 1024 * 1024,
  refusedExtensions: ['exe', 'com', 'scr', 'bat', 'cmd', 'msi', 'js', 'vbs', 'ps1', 'lnk', 'hta', 'jar'],
}

/**
 * What a tenant's rules say against a file.
 * @param size bytes
 * @returns null where it is taken
 */
export function againstPolicy(
  { maxBytes, refusedExtensions }: AttachmentPolicy,
  { name, size }: Pick<NewAttachment, 'name' | 'size'>,
): Problem | null {
  if (size > maxBytes)
    return problem('too-large', { what: `${name} (${bytesAsText(size)})`, limit: bytesAsText(maxBytes) })
  // Windows opens `tool.exe. ` as `tool.exe`.
  const extension = /\.([^.]+)[. ]*$/.exec(name.toLowerCase())?.[1]?.trim()
  return extension !== undefined && refusedExtensions.includes(extension)
    ? problem('file-refused', { name, extension })
    : null
}

function bytesAsText(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB']
  const power = bytes < 1 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), units.length - 1)
  return `${Number((bytes / 1024 ** power).toPrecision(3))} ${units[power]}`
}
