import { createHash, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { paths } from '../../src-shared/protocol/api.ts'
import { addToChecksum, bucketOf, Checksums } from '../../src-shared/protocol/checksum.ts'
import { BucketKind } from '../../src-shared/protocol/feed.ts'
import { addDesk, ask, pushed, readFeed, withCloud, type Feed, type TestCloud } from '../support/cloud.ts'
import { sampleClient, sampleOrganisation, uuid } from '../support/sample.ts'

const BUCKETS = 16
let cloud: TestCloud
let token: string
beforeAll(async () => {
  cloud = await withCloud([sampleOrganisation('Alpha', [sampleClient('Acme', 2300), sampleClient('Zephyr', 5)])])
  token = await cloud.tenantToken()
  await addDesk(cloud.url, token, 'Acme')
  await cloud.owner`select bulkhead.delete_ticket(${uuid('tenant', 'Acme')}, ${uuid('Acme', 'ticket', 9)})`
})
afterAll(async () => {
  await cloud.close()
})

async function checksums(kind: string, buckets = BUCKETS): Promise<Checksums> {
  const response = await ask(cloud.url, `${paths.checksums}?kind=${kind}&buckets=${buckets}`, { token })
  return Checksums.parse(await response.json())
}

/** As a client computes them from what it holds. */
function computed({ changes }: Feed, kind: string, buckets = BUCKETS): Checksums['buckets'] {
  const all = Array.from({ length: buckets }, () => ({ rows: 0, checksum: 0 }))
  for (const { id, version } of changes.filter((line) => line.kind === kind && !line.deleted)) {
    const bucket = all[bucketOf(id, buckets)]
    if (!bucket) throw new Error('no such bucket')
    bucket.rows++
    bucket.checksum = addToChecksum(bucket.checksum, createHash('sha256').update(`${id}:${version}`).digest('hex'))
  }
  return all
}

test.each(BucketKind.options)(
  'checksums of %s are those that a client computes from its feed, and hold at its cursor',
  async (kind) => {
    const feed = await readFeed(cloud.url, token)
    for (const buckets of [1, 7, BUCKETS]) {
      const told = await checksums(kind, buckets)
      expect(told).toEqual({
        epoch: feed.opening.epoch,
        cursor: feed.closing.cursor,
        buckets: computed(feed, kind, buckets),
      })
    }
  },
)

test('a change moves the checksum of its bucket and of no other', async () => {
  const before = await checksums('ticket')
  const ticketId = uuid('Acme', 'ticket', 20)
  await pushed(cloud.url, token, randomUUID(), 1, [
    { kind: 'ticket.update', ticketId, base: { status: 'open' }, patch: { status: 'done' } },
  ])
  const after = await checksums('ticket')
  const moved = after.buckets.flatMap(({ checksum }, i) => (checksum === before.buckets[i]?.checksum ? [] : [i]))
  expect(moved).toEqual([bucketOf(ticketId, BUCKETS)])
  expect(after.cursor).toBe(before.cursor + 1)
})

test('a bucket is read again alone: its entities and no others', async () => {
  const feed = await readFeed(cloud.url, token)
  for (const [kind, bucket, buckets] of [
    ['ticket', 3, BUCKETS],
    ['entry', 0, 1],
    ['ticket', 1, 2],
  ] as const) {
    const response = await ask(cloud.url, `${paths.changes}?kind=${kind}&bucket=${bucket}&buckets=${buckets}`, {
      token,
    })
    const lines = (await response.text())
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Feed['changes'][0])
    const wanted = feed.changes.filter((line) => line.kind === kind && bucketOf(line.id, buckets) === bucket)
    expect(lines.slice(1, -1)).toEqual(wanted)
    expect(lines[0]).toMatchObject({ rows: wanted.length })
    expect(lines.at(-1)).toMatchObject({ end: true, cursor: feed.closing.cursor })
  }
})

test.each([
  'kind=ticket',
  'kind=ticket&bucket=4&buckets=4',
  'bucket=1&buckets=4',
  'kind=configuration&bucket=0&buckets=1',
])('a feed of half a bucket is refused: %s', async (query) => {
  expect((await ask(cloud.url, `${paths.changes}?${query}`, { token })).status).toBe(400)
})

test('checksums are of the token’s tenant', async () => {
  const other = await cloud.tenantToken(1)
  const response = await ask(cloud.url, `${paths.checksums}?kind=ticket&buckets=1`, { token: other })
  expect(Checksums.parse(await response.json()).buckets[0]?.rows).toBe(5)
})
