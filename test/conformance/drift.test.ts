import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { withCloud, type TestCloud } from '../support/cloud.ts'
import { sampleClient, sampleOrganisation, uuid } from '../support/sample.ts'
import { TinySession, TinyTenant } from './client.mjs'

let cloud: TestCloud
const acme = uuid('tenant', 'Acme')
const ticket = (number: number) => uuid('Acme', 'ticket', number)

beforeAll(async () => {
  cloud = await withCloud([sampleOrganisation('Alpha', [sampleClient('Acme', 40), sampleClient('Zephyr', 2)])])
})
afterAll(() => cloud.close())

async function client(): Promise<TinyTenant> {
  const session = new TinySession(cloud.url)
  await session.signIn('robin@alpha.example', 'secret of Alpha')
  const made = new TinyTenant(session, acme)
  await made.pull()
  return made
}

interface Line {
  kind: string
  id: string
  version: number
  deleted?: true
}

async function linesOf(one: TinyTenant, query: string): Promise<Line[]> {
  const response: Response = await one.withToken(`/v1/changes?${query}`, { raw: true })
  const lines = (await response.text()).trim().split('\n')
  return lines.slice(1, -1).map((line) => JSON.parse(line) as Line)
}

/** As docs/protocol.md tells it. */
function checksumsOf(lines: Line[], buckets: number): { rows: number; checksum: number }[] {
  const all = Array.from({ length: buckets }, () => ({ rows: 0, sum: 0n }))
  for (const { id, version, deleted } of lines) {
    const bucket = all[Number(BigInt(`0x${id.slice(0, 8)}`) % BigInt(buckets))]
    if (deleted || !bucket) continue
    bucket.rows++
    bucket.sum += BigInt(`0x${createHash('sha256').update(`${id}:${version}`).digest('hex').slice(0, 12)}`)
  }
  return all.map(({ rows, sum }) => ({ rows, checksum: Number(sum % 2n ** 48n) }))
}

describe('deletions', () => {
  test('come as tombstones, and a deleted ticket takes no more edits', async () => {
    const one = await client()
    await cloud.owner`select bulkhead.delete_ticket(${acme}, ${ticket(1)})`
    one.write({ kind: 'ticket.update', ticketId: ticket(1), base: { status: 'open' }, patch: { status: 'done' } })
    await one.push()
    expect(one.rejected).toMatchObject([{ sequence: 1, code: 'ticket-deleted' }])
    await one.pull()
    expect(one.ticket(ticket(1))).toBeUndefined()
    expect([...one.store.values()].filter(({ ticketId }) => ticketId === ticket(1))).toEqual([])
  })

  test('that were swept send a cursor from before them back to the start', async () => {
    const [late, current] = [await client(), await client()]
    await cloud.owner`select bulkhead.delete_ticket(${acme}, ${ticket(2)})`
    await current.pull()
    const tombstones = (await linesOf(current, 'after=0')).filter(({ deleted }) => deleted).length
    await cloud.owner`select bulkhead.sweep_tombstones(${acme}, -1)`
    const swept = (await linesOf(current, 'after=0')).filter(({ deleted }) => deleted).length
    expect(swept).toBeLessThan(tombstones)
    const refused = late.withToken(`/v1/changes?after=${late.cursor}`, { raw: true })
    await expect(refused).rejects.toMatchObject({ status: 410, code: 'feed-gone' })
    late.write({ kind: 'ticket.update', ticketId: ticket(3), base: { status: 'open' }, patch: { status: 'done' } })
    await late.pull()
    expect(late.outbox).toHaveLength(1)
    expect(late.store).toEqual(current.store)
  })
})

describe('checksums', () => {
  test.each(['technician', 'contact', 'ticket', 'entry'])('of every %s are those of a copy', async (kind) => {
    const one = await client()
    const lines = (await linesOf(one, 'after=0')).filter((line) => line.kind === kind)
    const told = await one.withToken(`/v1/checksums?kind=${kind}&buckets=7`)
    expect(told).toEqual({ epoch: one.epoch, cursor: one.cursor, buckets: checksumsOf(lines, 7) })
  })

  test('lead to the bucket that drifted, and its feed mends it', async () => {
    const one = await client()
    const bucketOf = (id: string) => Number.parseInt(id.slice(0, 8), 16) % 16
    const bucket = bucketOf(ticket(5))
    const lines = await linesOf(one, `after=0&kind=ticket&bucket=${bucket}&buckets=16`)
    const held = [...one.store.keys()].filter((key: string) => key.startsWith('ticket/')).map((key) => key.slice(7))
    const live = lines.filter(({ deleted }) => !deleted).map(({ id }) => id)
    expect(live.sort()).toEqual(held.filter((id) => bucketOf(id) === bucket).sort())
  })
})

describe('the long poll', () => {
  const ask = (one: TinyTenant, query: string) => one.session.withToken(`/v1/organisation/versions?${query}`)

  test('tells all tenants at first, then what moved, and nothing where nothing did', async () => {
    const one = await client()
    const first = await ask(one, 'wait=0')
    const tenants: { id: string; head: number }[] = await one.session.tenants()
    const byTenant = (a: { tenant: string }, b: { tenant: string }) => (a.tenant < b.tenant ? -1 : 1)
    expect(first.versions.sort(byTenant)).toEqual(
      tenants.map(({ id, head }) => ({ tenant: id, version: head })).sort(byTenant),
    )
    expect(await ask(one, `wait=0&since=${first.next}`)).toMatchObject({ versions: [] })
    const waiting = ask(one, `wait=60&since=${first.next}`)
    one.write({ kind: 'ticket.update', ticketId: ticket(6), base: { status: 'open' }, patch: { status: 'done' } })
    await one.push()
    const [moved] = (await waiting).versions
    await one.pull()
    expect(moved).toEqual({ tenant: acme, version: one.cursor })
  })

  test('gives everything for a mark that it cannot use', async () => {
    const one = await client()
    expect((await ask(one, 'wait=0&since=rubbish')).versions).toHaveLength(2)
  })
})

test.each(['gzip', 'zstd'])('a feed that is asked for in %s is the same feed', async (encoding) => {
  const one = await client()
  const plain = await linesOf(one, 'after=0')
  const response: Response = await one.withToken(`/v1/changes?after=0&encoding=${encoding}`, { raw: true })
  expect(response.headers.get('content-encoding')).toBe(encoding)
  const lines = (await response.text()).trim().split('\n').slice(1, -1)
  expect(lines.map((line) => JSON.parse(line) as Line)).toEqual(plain)
})
