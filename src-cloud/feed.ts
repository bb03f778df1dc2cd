import type { FeedClosing, FeedOpening, FeedQuery } from '../src-shared/protocol/feed.ts'
import { APART, EntityKind } from '../src-shared/protocol/feed.ts'
import { ProblemError } from '../src-shared/problem.ts'
import { asTenant } from './database/as.ts'
import type { Sql } from './database/connect.ts'
import { tableOf } from './tables.ts'

/** Rows of one page: about a megabyte of tickets. */
const PAGE = 2000

/** What of a tenant's entities a feed tells: all, or one bucket of one kind. */
interface Part {
  kinds: readonly EntityKind[]
  /** Modulo and remainder; [1, 0] for all. */
  bucket: readonly [buckets: number, bucket: number]
}

/**
 * Opens a tenant's change feed. Postgres writes the lines, Node passes them on: pages by version, each in a transaction
 * of its own, the next one fetched while the last is written.
 *
 * The page that is not full ends the feed. Its snapshot also gave the counter and the client's sequence: versions are
 * in order of commits, so every row up to that counter is in the pages, and so are the rows of that sequence.
 * @returns pieces of NDJSON; they end in an exception where the feed cannot go on
 * @throws ProblemError `feed-gone` where the cursor is ahead of the feed, or older than the tombstones it keeps
 */
export async function openFeed(api: Sql, tenant: string, query: FeedQuery): Promise<AsyncIterable<Buffer>> {
  const { kind, bucket = 0, buckets = 1 } = query
  const asked = query.with?.split(',') ?? []
  const whole = EntityKind.options.filter((one) => !APART.includes(one) || asked.includes(one))
  const part: Part = { kinds: kind ? [kind] : whole, bucket: [buckets, bucket] }
  const read = (after: number) => readPage(api, tenant, part, after, query.client)
  const [opening, first] = await Promise.all([readOpening(api, tenant, part, query.after), read(query.after)])
  if (query.after > opening.head) throw new ProblemError('feed-gone')
  // Tombstones up to here concern nothing that the client holds.
  const innocent = query.after === 0 ? opening.head : (query.began ?? 0)
  refuseGap(first, Math.max(query.after, innocent))
  return pieces({ feed: 1, ...opening, apart: [...APART] }, first, read, innocent)
}

async function* pieces(
  opening: FeedOpening,
  first: Page,
  read: (after: number) => Promise<Page>,
  innocent: number,
): AsyncGenerator<Buffer> {
  yield Buffer.from(`${JSON.stringify(opening)}\n`)
  let page = first
  for (;;) {
    const { last } = page
    const next = page.rows < PAGE ? null : read(last)
    // Its failure is met below, when it is awaited; a reader that went away never comes there.
    next?.catch(() => undefined)
    if (page.rows > 0) yield page.lines
    if (!next) break
    page = await next
    refuseGap(page, Math.max(last, innocent))
  }
  const closing: FeedClosing = { end: true, cursor: page.head, lastSequence: page.lastSequence }
  yield Buffer.from(`${JSON.stringify(closing)}\n`)
}

/** @param held the client has every tombstone up to here, or needs it not */
function refuseGap(page: Page, held: number): void {
  if (held < page.keptFrom) throw new ProblemError('feed-gone')
}

async function readOpening(
  api: Sql,
  tenant: string,
  { kinds, bucket }: Part,
  after: number,
): Promise<Pick<FeedOpening, 'epoch' | 'head' | 'rows'>> {
  return asTenant(api, tenant, async (tx) => {
    const [feed] = await tx<{ version: number; epoch: string }[]>`
      select version, bulkhead.epoch() as epoch from tenant_feed where tenant_id = bulkhead.current_tenant()`
    const head = feed?.version ?? 0
    const epoch = feed?.epoch ?? ''
    // Every version has at most one row, so a short way needs no count.
    if (head - after <= PAGE && bucket[0] === 1) return { epoch, head, rows: Math.max(0, head - after) }
    const counts = kinds.map(
      (kind) => `(select count(*) from ${tableOf[kind]} where version > $1 ${filter(bucket, 2)})`,
    )
    const [row] = await tx.unsafe<{ rows: number }[]>(
      `select ${counts.join(' + ')} as rows`,
      bucket[0] === 1 ? [after] : [after, ...bucket],
      { prepare: true },
    )
    return { epoch, head, rows: row?.rows ?? 0 }
  })
}

interface Page {
  lines: Buffer
  rows: number
  /** Version of the last line. */
  last: number
  /** The tenant's counter, from where its tombstones are kept, and the client's sequence, as of this page. */
  head: number
  keptFrom: number
  lastSequence: number
}

/** @param parameter number of the first of two */
function filter([buckets]: Part['bucket'], parameter: number): string {
  return buckets === 1 ? '' : `and bulkhead.bucket_of(id, $${parameter}) = $${parameter + 1}`
}

/** Who left is still named by tickets and their past. */
const nameOf = (kind: EntityKind) =>
  kind === 'technician' ? `, ',"name":', coalesce((data -> 'name')::text, 'null')` : ''

/** One kind's lines, ordered and limited by itself: only so does Postgres walk the index on (tenant_id, version). */
const linesOf = (kind: EntityKind, bucket: Part['bucket']) => `(
  select version, case when deleted
    then concat('{"kind":"${kind}","id":"', id, '","version":', version, ',"deleted":true'${nameOf(kind)}, e'}\\n')
    else concat('{"kind":"${kind}","id":"', id, '","version":', version, ',"data":', data, e'}\\n') end as line
  from ${tableOf[kind]} where tenant_id = bulkhead.current_tenant() and version > $1 ${filter(bucket, 4)}
  order by version limit $2)`

/**
 * The filter by tenant is for the planner alone; the policies hold without it. A page ends between two versions, never
 * within one: a ticket and its change have the same.
 */
const pageQuery = ({ kinds, bucket }: Part) => `
  select page.lines, page.rows, page.last, feed.version, feed.kept_from,
         coalesce((select last_sequence from client_sequence where client_id = $3), 0)
  from tenant_feed feed,
       (select string_agg(line, '') as lines, count(*) as rows, max(version) as last
        from (select version, line from (${kinds.map((kind) => linesOf(kind, bucket)).join(' union all ')}) merged
              order by version fetch first ($2) rows with ties) ordered) page
  where feed.tenant_id = bulkhead.current_tenant()`

async function readPage(
  api: Sql,
  tenant: string,
  part: Part,
  after: number,
  client: string | undefined,
): Promise<Page> {
  const parameters = [after, PAGE, client ?? null, ...(part.bucket[0] === 1 ? [] : part.bucket)]
  const [row] = await asTenant(api, tenant, (tx) => tx.unsafe(pageQuery(part), parameters, { prepare: true }).raw())
  // Raw: the text of a page stays bytes from Postgres to the socket.
  const [text, rows, last, head, keptFrom, lastSequence] = row as unknown as (Buffer | null)[]
  const number = (value: Buffer | null | undefined) => Number(value?.toString('latin1') ?? 0)
  return {
    lines: text ?? Buffer.alloc(0),
    rows: number(rows),
    last: number(last),
    head: number(head),
    keptFrom: number(keptFrom),
    lastSequence: number(lastSequence),
  }
}
