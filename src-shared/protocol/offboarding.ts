import { z } from 'zod'
import { Id, Instant } from '../domain/primitives.ts'

/**
 * `exporting`; `exported` waits for somebody to confirm that they have it; `retained` until retention is over;
 * `deleting`; `gone`; or `cancelled`.
 */
export const OffboardingState = z.enum(['exporting', 'exported', 'retained', 'deleting', 'gone', 'cancelled'])

export const ExportedFile = z.object({
  name: z.string(),
  /** Null of files of attachments and what has no rows. */
  rows: z.number().int().nullable(),
  bytes: z.number().int(),
  sha256: z.string(),
})
export type ExportedFile = z.infer<typeof ExportedFile>

/** The list of files as it is digested and stored beside them: what `sha256sum --check` reads. */
export function manifestText(files: readonly ExportedFile[]): string {
  return files.map(({ name, sha256 }) => `${sha256}  ${name}\n`).join('')
}

/** What is left of the client by table, all zero, with what was exported of it; signed with the cloud's key. */
export const DeletionProof = z.object({
  client: z.string(),
  tenantId: Id,
  organisation: z.string(),
  reason: z.string(),
  startedBy: z.string(),
  confirmedBy: z.string(),
  deletedAt: Instant,
  export: z.object({ files: z.number().int(), bytes: z.number().int(), manifestSha256: z.string() }),
  remaining: z.record(z.string(), z.number().int()),
  /** HMAC-SHA-256 of the rest as JSON, in hexadecimal: this cloud can tell that it wrote it. */
  signature: z.string(),
})
export type DeletionProof = z.infer<typeof DeletionProof>

export const OffboardingView = z.object({
  id: Id,
  tenantId: Id,
  name: z.string(),
  state: OffboardingState,
  reason: z.string(),
  files: z.array(ExportedFile),
  manifestSha256: z.string().nullable(),
  confirmedBy: z.string().nullable(),
  retainedUntil: Instant.nullable(),
  proof: DeletionProof.nullable(),
  problem: z.object({ code: z.string(), message: z.string(), retry: z.boolean() }).nullable(),
  startedBy: z.string(),
  startedAt: Instant,
  endedAt: Instant.nullable(),
})
export type OffboardingView = z.infer<typeof OffboardingView>
export const OffboardingList = z.object({ offboardings: z.array(OffboardingView) })

const Reason = z.string().trim().min(3, { error: 'says why, in three letters or more' }).max(500)
export const StartOffboarding = z.strictObject({
  /** Chosen by whoever starts it: sent twice it is one. */
  id: Id,
  /** The client by its id or its whole name. */
  client: z.string().trim().min(1).max(200),
  reason: Reason,
})
export const ConfirmOffboarding = z.strictObject({
  /** The digest of the manifest, from whoever has all of its files. */
  manifestSha256: z.string().length(64),
  /** The client's name once more, as it cannot be undone. */
  name: z.string(),
})
