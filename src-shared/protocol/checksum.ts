import { z } from 'zod'
import { Version } from '../domain/primitives.ts'
import { BucketKind } from './feed.ts'

/**
 * Checksums find drift between a client's copy and the cloud without a full resync. An entity belongs to the bucket
 * `bucketOf(id, buckets)`; a bucket's checksum is the sum of its live entities' hashes modulo 2^48. The hash of an entity
 * is the number in the first 12 hexadecimal digits of the SHA-256 of `<id>:<version>`, in UTF-8 and lower case.
 */
export const ChecksumQuery = z.object({
  kind: BucketKind,
  buckets: z.coerce.number().int().min(1).max(4096).default(64),
})
export type ChecksumQuery = z.infer<typeof ChecksumQuery>

export const Checksums = z.object({
  epoch: z.string().min(1),
  /** They hold for a copy at exactly this version; a client that is elsewhere pulls and asks again. */
  cursor: Version,
  /** One per bucket, from bucket 0; `rows` counts live entities, without tombstones. */
  buckets: z.array(z.object({ rows: z.number().int().nonnegative(), checksum: z.number().int().nonnegative() })),
})
export type Checksums = z.infer<typeof Checksums>

const MODULUS = 2 ** 48

/** The bucket of an entity: the first 8 hexadecimal digits of its id, modulo the number of buckets. */
export function bucketOf(id: string, buckets: number): number {
  return Number.parseInt(id.slice(0, 8), 16) % buckets
}

/**
 * Adds an entity to its bucket's checksum.
 * @param digest SHA-256 of `<id>:<version>` in hexadecimal
 */
export function addToChecksum(checksum: number, digest: string): number {
  return (checksum + Number.parseInt(digest.slice(0, 12), 16)) % MODULUS
}
