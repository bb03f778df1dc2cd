import type { ChecksumQuery, Checksums } from '../src-shared/protocol/checksum.ts'
import { asTenant } from './database/as.ts'
import type { Sql } from './database/connect.ts'
import { tableOf } from './tables.ts'

/** The first six bytes of a digest as a number. Read byte by byte: any way through text costs five times as much. */
const HASH = [40, 32, 24, 16, 8, 0].map((shift, i) => `(get_byte(digest, ${i})::bigint << ${shift})`).join(' | ')

/** A tenant's checksums of one kind and the cursor that they hold for, from one snapshot. */
export async function readChecksums(api: Sql, tenant: string, { kind, buckets }: ChecksumQuery): Promise<Checksums> {
  const [row] = await asTenant(api, tenant, (tx) =>
    tx.unsafe<{ epoch: string; cursor: number; found: { bucket: number; rows: number; checksum: number }[] }[]>(
      `select bulkhead.epoch() as epoch, feed.version as cursor,
        (select coalesce(json_agg(one), '[]') from (
          select bucket, count(*) as rows, sum(${HASH}) % (1::bigint << 48) as checksum
          from (
            select bulkhead.bucket_of(id, $1) as bucket, sha256(convert_to(id::text || ':' || version, 'UTF8')) as digest
            from ${tableOf[kind]} where tenant_id = bulkhead.current_tenant() and not deleted
            -- Keeps the digest from being computed for each of its bytes.
            offset 0) digests
          group by bucket) one) as found
       from tenant_feed feed where feed.tenant_id = bulkhead.current_tenant()`,
      [buckets],
      { prepare: true },
    ),
  )
  const all = Array.from({ length: buckets }, () => ({ rows: 0, checksum: 0 }))
  for (const { bucket, rows, checksum } of row?.found ?? []) all[bucket] = { rows, checksum }
  return { epoch: row?.epoch ?? '', cursor: row?.cursor ?? 0, buckets: all }
}
