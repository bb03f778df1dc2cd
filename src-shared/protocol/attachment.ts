import { z } from 'zod'

/**
 * The content of an attachment travels apart from the mutation that names it, which comes first: parts of `PART_BYTES`
 * as `application/octet-stream`, in any order and each as often as need be, then `complete`. Each part comes with
 * `content-digest: sha-256=:<base64>:` (RFC 9530). The content is read back with one range (RFC 9110) or whole.
 */
export const AttachmentParts = z.object({
  /** Parts that the cloud holds, ascending, from 0; all of them where it had this content already. */
  received: z.array(z.number().int().nonnegative()),
  available: z.boolean(),
})
export type AttachmentParts = z.infer<typeof AttachmentParts>
