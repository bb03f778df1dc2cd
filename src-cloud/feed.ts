import type { FeedClosing, FeedOpening, FeedQuery } from '../src-shared/protocol/feed.ts'
import { EntityKind } from '../src-shared/protocol/feed.ts'
import { ProblemError } from '../src-shared/problem.ts'
import { asTenant } from './database/as.ts'
import type { Sql } from './database/connect.ts'
import { tableOf } from './tables.ts'

/** Rows of one page: about a megabyte of tickets. */
const PAGE = 2000

/**
 * Opens a tenant's change feed. Postgres writes the lines, Node passes them on: pages by version, each in a transaction
 * of its own, the next one fetched while the last is written.
 *
 * The page that is not full ends the feed. Its snapshot also gave the counter and the client's sequence: versions are
 * in order of commits, so every row up to that counter is in the pages, and so are the rows of that sequence.
 * @returns pieces of NDJSON
 * @throws ProblemError `feed-gone` where the cursor is ahead of the feed
 */
export async function openFeed(
  api: Sql,
  tenant: string,
  epoch: string,
  query: FeedQuery,
): Promise<AsyncIterable<Buffer>> {
  const [opening, first] = await Promise.all([
    readOpening(api, tenant, query.after),
    readPage(api, tenant, query.after, query.client),
  ])
  if (query.after > opening.head) throw new ProblemError('feed-gone')
  return pieces(api, tenant, { feed: 1, epoch, ...opening }, first, query.client)
}

async function* pieces(
  api: Sql,
  tenant: string,
  opening: FeedOpening,
  first: Page,
  client: string | undefined,
): AsyncGenerator<Buffer> {
  yield Buffer.from(`${JSON.stringify(opening)}\n`)
  let page = first
  for (;;) {
    const next = page.rows < PAGE ? null : readPage(api, tenant, page.last, client)
    // Its failure is met below, when it is awaited; a reader that went away never comes there.
    next?.catch(() => undefined)
    if (page.rows > 0) yield page.lines
    if (!next) break
    page = await next
  }
  const closing: FeedClosing = { end: true, cursor: page.head, lastSequence: page.lastSequence }
  yield Buffer.from(`${JSON.stringify(closing)}\n`)
}

async function readOpening(api: Sql, tenant: string, after: number): Promise<{ head: number; rows: number }> {
  return asTenant(api, tenant, async (tx) => {
    const [feed] = await tx<
      { version: number }[]
    >`select version from tenant_feed where tenant_id = bulkhead.current_tenant()`
    const head = feed?.version ?? 0
    // Every version has at most one row, so a short way needs no count.
    if (head - after <= PAGE) return { head, rows: Math.max(0, head - after) }
    const counts = EntityKind.options.map((kind) => `(select count(*) from ${tableOf[kind]} where version > $1)`)
    const [row] = await tx.unsafe<{ rows: number }[]>(`select ${counts.join(' + ')} as rows`, [after], {
      prepare: true,
    })
    return { head, rows: row?.rows ?? 0 }
  })
}

interface Page {
  lines: Buffer
  rows: number
  /** Version of the last line. */
  last: number
  /** The tenant's counter and the client's sequence, as of this page. */
  head: number
  lastSequence: number
}

/** One kind's lines, ordered and limited by itself: only so does Postgres walk the index on (tenant_id, version). */
const linesOf = (kind: EntityKind) => `(
  select version, case when deleted
    then '{"kind":"${kind}","id":"' || id || '","version":' || version || ',"deleted":true}' || e'\\n'
    else '{"kind":"${kind}","id":"' || id || '","version":' || version || ',"data":' || data || '}' || e'\\n' end as line
  from ${tableOf[kind]} where tenant_id = bulkhead.current_tenant() and version > $1 order by version limit $2)`

/** The filter by tenant is for the planner alone; the policies hold without it. */
const pageQuery = `
  select page.lines, page.rows, page.last, feed.version,
         coalesce((select last_sequence from client_sequence where client_id = $3), 0)
  from tenant_feed feed,
       (select string_agg(line, '') as lines, count(*) as rows, max(version) as last
        from (select version, line from (${EntityKind.options.map(linesOf).join(' union all ')}) merged
              order by version limit $2) ordered) page
  where feed.tenant_id = bulkhead.current_tenant()`

async function readPage(api: Sql, tenant: string, after: number, client: string | undefined): Promise<Page> {
  const [row] = await asTenant(api, tenant, (tx) =>
    tx.unsafe(pageQuery, [after, PAGE, client ?? null], { prepare: true }).raw(),
  )
  // Raw: the text of a page stays bytes from Postgres to the socket.
  const [text, rows, last, head, lastSequence] = row as unknown as (Buffer | null)[]
  const number = (value: Buffer | null | undefined) => Number(value?.toString('latin1') ?? 0)
  return {
    lines: text ?? Buffer.alloc(0),
    rows: number(rows),
    last: number(last),
    head: number(head),
    lastSequence: number(lastSequence),
  }
}
