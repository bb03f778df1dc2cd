import { request } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { asTenant } from '../../src-cloud/database/as.ts'
import { API_ROLE, apiPassword, connect, type Sql } from '../../src-cloud/database/connect.ts'
import { startCloud } from '../../src-cloud/start.ts'
import { PART_BYTES, partsOf } from '../../src-shared/domain/attachment.ts'
import { paths } from '../../src-shared/protocol/api.ts'
import { SOAK } from '../faults/cases.ts'
import { ask, readFeed, withCloud, type TestCloud } from '../support/cloud.ts'
import { uuid } from '../support/sample.ts'
import {
  attach,
  complete,
  digestOf,
  digestOfBody,
  download,
  fileOf,
  partOf,
  partsNow,
  put,
  upload,
  type TestFile,
} from './files.ts'

const MIB = 1024 * 1024
const ACME = uuid('tenant', 'Acme')
const ticket = uuid('Acme', 'ticket', 1)
/** Two whole parts and one that is shorter. */
const SIZE = 2 * PART_BYTES + 1234

let cloud: TestCloud
let api: Sql
let url: string
let token: string
beforeAll(async () => {
  cloud = await withCloud()
  api = connect(cloud.address, 2, { username: API_ROLE, password: apiPassword(cloud.address, undefined) })
  url = cloud.url
  token = await cloud.tenantToken()
})
afterAll(async () => {
  await api.end()
  await cloud.close()
})

let file: TestFile
let id: string
beforeEach(async ({ task }) => {
  file = fileOf(task.name, SIZE)
  id = await attach(url, token, ticket, file)
})

const problemOf = async (response: Response) => [
  response.status,
  ((await response.json()) as { error?: { code: string } }).error?.code,
]
const sent = async (part: number, bytes = partOf(file, part)) => (await put(url, token, id, part, bytes)).status
const waitForLock = (waiting = 1) =>
  expect
    .poll(
      () => cloud.owner`
      select from pg_locks l join pg_database d on d.oid = l.database
      where d.datname = current_database() and l.locktype = 'advisory' and not l.granted`,
    )
    .toSatisfy((rows: unknown[]) => rows.length >= waiting)

describe('a file', () => {
  test(`of ${SOAK ? 200 : 20} MB comes back byte for byte`, async () => {
    const large = fileOf('large', (SOAK ? 200 : 20) * MIB + 123)
    const attachment = await attach(url, token, ticket, large)
    expect(await partsNow(url, token, attachment)).toEqual({ received: [], available: false })
    const answer = await upload(url, token, attachment, large)
    const received = [...Array(partsOf(large.bytes.length)).keys()]
    expect([answer.status, await answer.json()]).toEqual([200, { received, available: true }])
    const response = await download(url, token, attachment)
    expect(response.headers.get('content-length')).toBe(String(large.bytes.length))
    expect(await digestOfBody(response)).toBe(large.sha256)
    // Two hundred megabytes take their time on two cores that do other things as well.
  }, 600_000)

  test.each([0, 1, PART_BYTES - 1, PART_BYTES, PART_BYTES + 1])('of %i bytes comes back as it was', async (size) => {
    const edge = fileOf('edge', size)
    const attachment = await attach(url, token, ticket, edge)
    expect((await upload(url, token, attachment, edge)).status).toBe(200)
    const response = await download(url, token, attachment)
    expect([response.headers.get('content-length'), await digestOfBody(response)]).toEqual([String(size), edge.sha256])
  })

  test('becomes available through the feed at every attachment that names it, and only then can be read', async () => {
    const other = await attach(url, token, uuid('Acme', 'ticket', 2), file)
    const before = (await readFeed(url, token)).closing.cursor
    expect(await problemOf(await download(url, token, id))).toEqual([409, 'content-unavailable'])
    await upload(url, token, other, file)
    const { changes } = await readFeed(url, token, before)
    expect(new Set(changes.map((line) => [line.kind, line.id, line.data?.['available']].join()))).toEqual(
      new Set([`attachment,${id},true`, `attachment,${other},true`]),
    )
    expect(changes.find((line) => line.id === id)?.data).toMatchObject({
      name: 'firewall.log',
      size: SIZE,
      sha256: file.sha256,
      ticketId: ticket,
    })
    expect(await digestOfBody(await download(url, token, id))).toBe(file.sha256)
    const cursor = before + changes.length
    expect((await complete(url, token, id)).status).toBe(200)
    expect((await readFeed(url, token)).closing.cursor).toBe(cursor)
  })

  test('that the client has already needs no second upload', async () => {
    await upload(url, token, id, file)
    const again = await attach(url, token, uuid('Acme', 'ticket', 2), file)
    expect(await partsNow(url, token, again)).toEqual({ received: [0, 1, 2], available: true })
    const line = (await readFeed(url, token)).changes.find((change) => change.id === again)
    expect(line?.data?.['available']).toBe(true)
    expect(await digestOfBody(await download(url, token, again))).toBe(file.sha256)
    const [kept] = await cloud.owner`select count(*) as parts from content_part where sha256 = ${file.sha256}`
    expect(kept).toEqual({ parts: 3 })
  })
})

describe('parts', () => {
  test('come in any order, twice, and at the same time', async () => {
    await Promise.all([sent(2), sent(0), sent(2), sent(1), sent(0)])
    await sent(1)
    expect(await partsNow(url, token, id)).toEqual({ received: [0, 1, 2], available: false })
    expect(
      (await Promise.all([complete(url, token, id), complete(url, token, id)])).map(({ status }) => status),
    ).toEqual([200, 200])
    expect(await digestOfBody(await download(url, token, id))).toBe(file.sha256)
  })

  test('that are cut in the middle are not there, and the rest goes on from what is', async () => {
    await sent(0)
    const cut = request(url + paths.attachmentPart(id, 1), {
      method: 'PUT',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/octet-stream',
        'content-length': PART_BYTES,
        'content-digest': digestOf(partOf(file, 1)),
      },
    })
    cut.on('error', () => undefined)
    const closed = new Promise((resolve) => cut.on('close', resolve))
    cut.write(partOf(file, 1).subarray(0, PART_BYTES / 2), () => cut.destroy())
    await closed
    expect(await partsNow(url, token, id)).toEqual({ received: [0], available: false })
    expect((await upload(url, token, id, file)).status).toBe(200)
    expect(await digestOfBody(await download(url, token, id))).toBe(file.sha256)
  })

  test('outlive a cloud that is started again in between', async () => {
    const first = await startCloud({ database: cloud.address })
    await put(first.url, token, id, 1, partOf(file, 1))
    await first.close()
    const second = await startCloud({ database: cloud.address })
    expect(await partsNow(second.url, token, id)).toEqual({ received: [1], available: false })
    expect((await upload(second.url, token, id, file)).status).toBe(200)
    await second.close()
    expect(await digestOfBody(await download(url, token, id))).toBe(file.sha256)
  })

  test.each<[string, number, string, (part: number) => Promise<Response>]>([
    [
      'with another digest',
      400,
      'part-damaged',
      (n) => put(url, token, id, n, partOf(file, n), digestOf(partOf(file, 0))),
    ],
    ['without a digest', 400, 'invalid-input', (n) => put(url, token, id, n, partOf(file, n), null)],
    [
      'with another kind of digest only',
      400,
      'invalid-input',
      (n) => put(url, token, id, n, partOf(file, n), 'sha-512=:eA==:'),
    ],
    ['that are too short', 400, 'invalid-input', (n) => put(url, token, id, n, partOf(file, n).subarray(1))],
    ['that are longer than what is left', 400, 'invalid-input', () => put(url, token, id, 2, partOf(file, 1))],
    ['that are larger than any part', 413, 'too-large', () => put(url, token, id, 1, Buffer.alloc(PART_BYTES + 1))],
    ['beyond the size that was announced', 400, 'invalid-input', () => put(url, token, id, 3, partOf(file, 2))],
    ['before the first', 400, 'invalid-input', () => put(url, token, id, -1, partOf(file, 0))],
    [
      'as something else than bytes',
      400,
      'invalid-input',
      (n) => put(url, token, id, n, partOf(file, n), undefined, 'text/plain'),
    ],
  ])('%s are refused and not kept', async (_, status, code, send) => {
    expect(await problemOf(await send(1))).toEqual([status, code])
    expect(await partsNow(url, token, id)).toEqual({ received: [], available: false })
  })

  test('that come after the whole change nothing', async () => {
    await upload(url, token, id, file)
    const other = partOf(fileOf('another', SIZE), 0)
    expect(await (await put(url, token, id, 0, other)).json()).toEqual({ received: [0, 1, 2], available: true })
    expect(await digestOfBody(await download(url, token, id))).toBe(file.sha256)
  })
})

describe('completing', () => {
  test('waits for the missing parts', async () => {
    await sent(0)
    await sent(2)
    expect(await problemOf(await complete(url, token, id))).toEqual([409, 'content-incomplete'])
    expect(await partsNow(url, token, id)).toEqual({ received: [0, 2], available: false })
  })

  test('drops parts that together are another file, so that the right one can come', async () => {
    const before = (await readFeed(url, token)).closing.cursor
    await Promise.all([sent(0), sent(1, partOf(fileOf('another', SIZE), 1)), sent(2)])
    expect(await problemOf(await complete(url, token, id))).toEqual([409, 'content-mismatch'])
    expect(await partsNow(url, token, id)).toEqual({ received: [], available: false })
    expect((await readFeed(url, token)).closing.cursor).toBe(before)
    expect((await upload(url, token, id, file)).status).toBe(200)
    expect(await digestOfBody(await download(url, token, id))).toBe(file.sha256)
  })

  test('takes a wrong part that is sent again rightly', async () => {
    await Promise.all([sent(0), sent(1, partOf(fileOf('another', SIZE), 1)), sent(2)])
    await sent(1)
    expect((await complete(url, token, id)).status).toBe(200)
    expect(await digestOfBody(await download(url, token, id))).toBe(file.sha256)
  })

  test('is not spoilt by an attachment that names the same digest with another size', async () => {
    const liar = await attach(url, token, ticket, file, 10)
    await put(url, token, liar, 0, Buffer.alloc(10))
    expect(await problemOf(await complete(url, token, liar))).toEqual([409, 'content-mismatch'])
    expect((await upload(url, token, id, file)).status).toBe(200)
    expect(await problemOf(await download(url, token, liar))).toEqual([409, 'content-unavailable'])
  })

  test('notices a part that is replaced after it was read', async () => {
    await Promise.all([sent(0), sent(1), sent(2)])
    const answer = asTenant(api, ACME, async (tx) => {
      await tx`select bulkhead.hold_content(${file.sha256})`
      const completing = complete(url, token, id)
      await waitForLock()
      await tx`
        update content_part set bytes = ${Buffer.alloc(PART_BYTES)}, digest = sha256(${Buffer.alloc(PART_BYTES)})
        where sha256 = ${file.sha256} and part = 1`
      // Not awaited here: it waits for this transaction.
      return { completing }
    })
    expect(await problemOf(await (await answer).completing)).toEqual([409, 'content-incomplete'])
    expect(await partsNow(url, token, id)).toMatchObject({ available: false })
  })

  test('reaches an attachment whose mutation was under way', async () => {
    await Promise.all([sent(0), sent(1), sent(2)])
    const late = uuid(id, 'late')
    const { completing } = await asTenant(api, ACME, async (tx) => {
      const [found] = await tx`select bulkhead.has_content(${file.sha256}, ${SIZE}) as available`
      expect(found).toEqual({ available: false })
      const under = complete(url, token, id)
      await waitForLock()
      await tx`
        insert into attachment (tenant_id, id, data)
        select tenant_id, ${late}, (data::jsonb || jsonb_build_object('id', ${late}::text))::json
        from attachment where id = ${id}`
      await tx`select bulkhead.publish()`
      return { completing: under }
    })
    expect((await completing).status).toBe(200)
    expect(await partsNow(url, token, late)).toMatchObject({ available: true })
    const line = (await readFeed(url, token)).changes.find((change) => change.id === late)
    expect(line?.data?.['available']).toBe(true)
  })
})

describe('while contents wait for the database', () => {
  test('nothing else does', async () => {
    await Promise.all([sent(0), sent(1), sent(2)])
    const { waiting } = await asTenant(api, ACME, async (tx) => {
      await tx`select bulkhead.own_content(${file.sha256})`
      const under = Array.from({ length: 24 }, () => complete(url, token, id))
      await waitForLock(4)
      for (let i = 0; i < 5; i++) await attach(url, token, ticket, fileOf(`meanwhile ${i}`, 5))
      expect((await ask(url, `${paths.changes}?after=0`, { token })).status).toBe(200)
      return { waiting: under }
    })
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual(Array(24).fill(200))
  })

  test('a client that sends more than eight parts at once is asked for patience, and others are not', async () => {
    const other = await cloud.tenantToken(1)
    const theirs = await attach(url, other, uuid('Zephyr', 'ticket', 1), file)
    const { waiting, beside } = await asTenant(api, ACME, async (tx) => {
      await tx`select bulkhead.own_content(${file.sha256})`
      const parts = Array.from({ length: 9 }, (_, i) => put(url, token, id, i % 3, partOf(file, i % 3)))
      await waitForLock(4)
      const refused = await Promise.race(parts)
      expect(await problemOf(refused)).toEqual([503, 'cloud-busy'])
      expect(refused.headers.get('retry-after')).toBe('1')
      return { waiting: parts, beside: put(url, other, theirs, 0, partOf(file, 0)).then(({ status }) => [status]) }
    })
    expect((await Promise.all(waiting)).map(({ status }) => status).sort()).toEqual([
      ...Array<number>(8).fill(200),
      503,
    ])
    expect(await beside).toEqual([200])
    expect(await sent(0)).toBe(200)
  })
})
