import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PART_BYTES } from '../../src-shared/domain/attachment.ts'
import { paths } from '../../src-shared/protocol/api.ts'
import { ask, withCloud, type TestCloud } from '../support/cloud.ts'
import { uuid } from '../support/sample.ts'
import { attach, download, fileOf, upload } from './files.ts'

const SIZE = 2 * PART_BYTES + 1234
const file = fileOf('ranges', SIZE)
const tag = `"${file.sha256}"`
let cloud: TestCloud
let token: string
let id: string
beforeAll(async () => {
  cloud = await withCloud()
  token = await cloud.tenantToken()
  id = await attach(cloud.url, token, uuid('Acme', 'ticket', 1), file)
  await upload(cloud.url, token, id, file)
})
afterAll(() => cloud.close())

test('a content is never anything that a browser would open', async () => {
  const { headers, body } = await download(cloud.url, token, id)
  await body?.cancel()
  expect(Object.fromEntries(headers)).toMatchObject({
    'content-type': 'application/octet-stream',
    'content-disposition': 'attachment',
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
    'accept-ranges': 'bytes',
    etag: tag,
  })
})

describe('one range', () => {
  test.each([
    ['bytes=0-0', 0, 0],
    ['bytes=0-99', 0, 99],
    ['bytes=-1', SIZE - 1, SIZE - 1],
    ['bytes=-1300', SIZE - 1300, SIZE - 1],
    [`bytes=${PART_BYTES - 10}-${PART_BYTES + 9}`, PART_BYTES - 10, PART_BYTES + 9],
    [`bytes=1-${SIZE - 2}`, 1, SIZE - 2],
    [`bytes=${SIZE - 5}-`, SIZE - 5, SIZE - 1],
    [`bytes=${SIZE - 5}-${SIZE * 9}`, SIZE - 5, SIZE - 1],
    [`bytes=-${SIZE * 9}`, 0, SIZE - 1],
  ])('%s comes alone', async (range, first, last) => {
    const response = await download(cloud.url, token, id, { range })
    expect(response.status).toBe(206)
    expect(response.headers.get('content-range')).toBe(`bytes ${first}-${last}/${SIZE}`)
    const bytes = Buffer.from(await response.arrayBuffer())
    expect(bytes.equals(file.bytes.subarray(first, last + 1))).toBe(true)
  })

  test.each([`bytes=${SIZE}-`, `bytes=${SIZE}-${SIZE + 1}`, 'bytes=-0'])('%s is answered with 416', async (range) => {
    const response = await download(cloud.url, token, id, { range })
    expect(response.headers.get('content-range')).toBe(`bytes */${SIZE}`)
    expect([response.status, await response.json()]).toMatchObject([416, { error: { code: 'range-unsatisfiable' } }])
  })

  test.each(['bytes=0-1,5-6', 'bytes=9-3', 'lines=1-2', 'bytes=-', 'bytes=a-b'])(
    '%s is none, so the whole comes',
    async (range) => {
      const response = await download(cloud.url, token, id, { range })
      expect([response.status, (await response.arrayBuffer()).byteLength]).toEqual([200, SIZE])
    },
  )

  test('goes on only with the content that it began with', async () => {
    const statusOf = async (condition: string) => {
      const response = await download(cloud.url, token, id, { range: 'bytes=0-0', 'if-range': condition })
      await response.arrayBuffer()
      return response.status
    }
    expect([await statusOf(tag), await statusOf('"another"')]).toEqual([206, 200])
  })
})

test('a reader that goes away takes nothing with it', async () => {
  for (let i = 0; i < 8; i++) await (await download(cloud.url, token, id)).body?.cancel()
  expect((await (await download(cloud.url, token, id)).arrayBuffer()).byteLength).toBe(SIZE)
})

test('the routes are in the API’s own description', async () => {
  const { paths: described } = (await (await ask(cloud.url, paths.openapi)).json()) as {
    paths: Record<string, Record<string, { requestBody?: { content: object } }>>
  }
  const put = described['/v1/attachments/{id}/parts/{part}']?.['put']
  expect(Object.keys(put?.requestBody?.content ?? {})).toEqual(['application/octet-stream'])
  for (const last of ['parts', 'complete', 'content']) expect(described[`/v1/attachments/{id}/${last}`]).toBeDefined()
})
