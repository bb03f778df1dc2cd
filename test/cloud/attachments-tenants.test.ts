import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { asTenant } from '../../src-cloud/database/as.ts'
import { API_ROLE, apiPassword, connect, type Sql } from '../../src-cloud/database/connect.ts'
import { sweepContents, sweepTombstones } from '../../src-cloud/retention.ts'
import { PART_BYTES } from '../../src-shared/domain/attachment.ts'
import { paths } from '../../src-shared/protocol/api.ts'
import { ask, withCloud, type TestCloud } from '../support/cloud.ts'
import { uuid } from '../support/sample.ts'
import {
  attach,
  complete,
  digestOfBody,
  download,
  fileOf,
  partOf,
  partsNow,
  put,
  upload,
  type TestFile,
} from './files.ts'

const SIZE = PART_BYTES + 10
const ACME = uuid('tenant', 'Acme')
const ZEPHYR = uuid('tenant', 'Zephyr')

let cloud: TestCloud
let api: Sql
let url: string
let acme: string
let zephyr: string
beforeAll(async () => {
  cloud = await withCloud()
  api = connect(cloud.address, 2, { username: API_ROLE, password: apiPassword(cloud.address, undefined) })
  url = cloud.url
  acme = await cloud.tenantToken(0)
  zephyr = await cloud.tenantToken(1)
})
afterAll(async () => {
  await api.end()
  await cloud.close()
})

let file: TestFile
beforeEach(({ task }) => {
  file = fileOf(task.name, SIZE)
})
const ticketOf = (name: string, number = 1) => uuid(name, 'ticket', number)
const hasContent = async (tenant: string) => {
  const [row] = await asTenant(
    api,
    tenant,
    (tx) => tx<{ has: boolean }[]>`select bulkhead.has_content(${file.sha256}, ${SIZE}) as has`,
  )
  return row?.has
}
const kept = async () =>
  cloud.owner<{ tenant: string; complete: boolean; parts: number }[]>`
    select c.tenant_id as tenant, c.complete, count(p.part) as parts from content c
    left join content_part p using (tenant_id, sha256, size) where c.sha256 = ${file.sha256} group by 1, 2 order by 1`

describe('another tenant', () => {
  test.each<[string, (id: string) => Promise<Response>]>([
    ['sees no parts', (id) => ask(url, paths.attachmentParts(id), { token: zephyr })],
    ['sends none', (id) => put(url, zephyr, id, 0, partOf(file, 0))],
    ['completes nothing', (id) => complete(url, zephyr, id)],
    ['reads nothing', (id) => download(url, zephyr, id)],
  ])('%s: the answer is that of an attachment that does not exist', async (_, send) => {
    const id = await attach(url, acme, ticketOf('Acme'), file)
    await upload(url, acme, id, file)
    const [theirs, none] = [await send(id), await send(randomUUID())]
    expect([theirs.status, await theirs.json()]).toEqual([none.status, await none.json()])
    expect(theirs.status).toBe(404)
  })

  test('cannot tell whether a content is known: it uploads its own', async () => {
    await upload(url, acme, await attach(url, acme, ticketOf('Acme'), file), file)
    expect([await hasContent(ACME), await hasContent(ZEPHYR)]).toEqual([true, false])
    const id = await attach(url, zephyr, ticketOf('Zephyr'), file)
    expect(await partsNow(url, zephyr, id)).toEqual({ received: [], available: false })
    expect((await download(url, zephyr, id)).status).toBe(409)
    await upload(url, zephyr, id, file)
    expect(await digestOfBody(await download(url, zephyr, id))).toBe(file.sha256)
    const one = { complete: true, parts: 2 }
    expect(await kept()).toEqual([ACME, ZEPHYR].sort().map((tenant) => ({ tenant, ...one })))
  })
})

test.each([
  ['no token', undefined],
  ['an organisation’s token', 'organisation'],
])('%s opens none of the routes', async (_, kind) => {
  const token = kind === undefined ? {} : { token: (await cloud.signIn()).accessToken }
  const id = await attach(url, acme, ticketOf('Acme'), file)
  for (const path of [paths.attachmentParts(id), paths.attachmentContent(id)])
    expect((await ask(url, path, token)).status).toBe(401)
  expect((await ask(url, paths.attachmentComplete(id), { ...token, method: 'POST' })).status).toBe(401)
  expect((await put(url, token.token ?? 'none', id, 0, partOf(file, 0))).status).toBe(401)
})

describe('the sweep', () => {
  const removeTicket = async (ticket: string) => {
    await cloud.owner`select bulkhead.delete_ticket(${ACME}, ${ticket})`
    for (const table of ['attachment', 'entry', 'ticket'])
      await cloud.owner`update ${cloud.owner(table)} set deleted_at = now() - interval '91 days' where deleted`
  }

  test('drops a content with the last attachment that names it, when its tombstone goes', async () => {
    const first = await attach(url, acme, ticketOf('Acme', 2), file)
    const second = await attach(url, acme, ticketOf('Acme', 3), file)
    await upload(url, acme, first, file)
    await removeTicket(ticketOf('Acme', 2))
    expect((await download(url, acme, first)).status).toBe(404)
    await sweepTombstones(cloud.owner, 90)
    expect(await sweepContents(cloud.owner, 90)).toBe(0)
    expect(await digestOfBody(await download(url, acme, second))).toBe(file.sha256)
    await removeTicket(ticketOf('Acme', 3))
    expect(await sweepContents(cloud.owner, 90)).toBe(0)
    await sweepTombstones(cloud.owner, 90)
    expect(await sweepContents(cloud.owner, 90)).toBe(1)
    expect(await kept()).toEqual([])
    expect(await cloud.owner`select from content_part where sha256 = ${file.sha256}`).toHaveLength(0)
  })

  test('drops what was left unfinished for so many days, and the upload begins anew', async () => {
    const id = await attach(url, acme, ticketOf('Acme'), file)
    await put(url, acme, id, 0, partOf(file, 0))
    expect(await sweepContents(cloud.owner, 90)).toBe(0)
    await cloud.owner`update content_part set written_at = now() - interval '91 days' where sha256 = ${file.sha256}`
    expect(await sweepContents(cloud.owner, 90)).toBe(1)
    expect(await partsNow(url, acme, id)).toEqual({ received: [], available: false })
    expect((await upload(url, acme, id, file)).status).toBe(200)
    await cloud.owner`update content_part set written_at = now() - interval '91 days' where sha256 = ${file.sha256}`
    expect(await sweepContents(cloud.owner, 90)).toBe(0)
  })

  test('leaves a content that an attachment comes to name meanwhile', async () => {
    await upload(url, acme, await attach(url, acme, ticketOf('Acme', 4), file), file)
    await removeTicket(ticketOf('Acme', 4))
    await sweepTombstones(cloud.owner, 90)
    const late = randomUUID()
    const { sweeping } = await asTenant(api, ACME, async (tx) => {
      const [row] = await tx`select bulkhead.has_content(${file.sha256}, ${SIZE}) as has`
      expect(row).toEqual({ has: true })
      const under = sweepContents(cloud.owner, 90)
      await expect
        .poll(
          () => cloud.owner`
      select from pg_locks l join pg_database d on d.oid = l.database
      where d.datname = current_database() and l.locktype = 'advisory' and not l.granted`,
        )
        .not.toHaveLength(0)
      const data = { id: late, ticketId: ticketOf('Acme'), entryId: null, sha256: file.sha256, size: SIZE }
      await tx`
        insert into attachment (tenant_id, id, data)
        values (bulkhead.current_tenant(), ${late}, ${JSON.stringify(data)}::text::json)`
      await tx`select bulkhead.publish()`
      return { sweeping: under }
    })
    await sweeping
    expect(await digestOfBody(await download(url, acme, late))).toBe(file.sha256)
  })

  test('is the operator’s', async () => {
    await expect(asTenant(api, ACME, (tx) => tx`select bulkhead.sweep_content(${ACME}, 1)`)).rejects.toMatchObject({
      code: '42501',
    })
  })
})
