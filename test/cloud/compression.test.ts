import { request } from 'node:http'
import { constants, createGunzip, createZstdDecompress, gunzipSync, zstdDecompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { encodingOf } from '../../src-cloud/compress.ts'
import { paths } from '../../src-shared/protocol/api.ts'
import { readFeed, withCloud, type TestCloud } from '../support/cloud.ts'
import { sampleClient, sampleOrganisation } from '../support/sample.ts'

let cloud: TestCloud
let token: string
beforeAll(async () => {
  cloud = await withCloud([sampleOrganisation('Alpha', [sampleClient('Acme', 2300)])])
  token = await cloud.tenantToken()
})
afterAll(async () => {
  await cloud.close()
})

interface Answer {
  status: number
  encoding: string | undefined
  body: Buffer
  /** Whether the answer ended as HTTP says that it must. */
  whole: boolean
}

/** The bytes as they come: fetch would decode them. */
function bytes(query: string, accept = 'gzip, deflate, br, zstd'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, 'accept-encoding': accept }
    request(`${cloud.url}${paths.changes}?${query}`, { headers }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', () => undefined)
      response.on('close', () =>
        resolve({
          status: response.statusCode ?? 0,
          encoding: response.headers['content-encoding'],
          body: Buffer.concat(chunks),
          whole: response.complete,
        }),
      )
    })
      .on('error', reject)
      .end()
  })
}

const decoders = [
  ['gzip', gunzipSync],
  ['zstd', zstdDecompressSync],
] as const

describe('a compressed feed', () => {
  test.each(decoders)('in %s holds the same lines in far fewer bytes', async (encoding, decode) => {
    const plain = await bytes('after=0')
    expect(plain.encoding).toBe(undefined)
    const packed = await bytes(`after=0&encoding=${encoding}`)
    expect([packed.status, packed.encoding, packed.whole]).toEqual([200, encoding, true])
    expect(decode(packed.body).equals(plain.body)).toBe(true)
    expect(packed.body.length).toBeLessThan(plain.body.length / 4)
  })

  test.each(decoders)('in %s is read by fetch as it is', async (encoding) => {
    const plain = await readFeed(cloud.url, token)
    const response = await fetch(`${cloud.url}${paths.changes}?encoding=${encoding}`, {
      headers: { authorization: `Bearer ${token}` },
    })
    const lines = (await response.text()).split('\n').filter(Boolean)
    expect(lines).toHaveLength(plain.changes.length + 2)
  })

  test.each(decoders)('in %s that is cut gives its whole lines and no closing line', async (encoding) => {
    const { body } = await bytes(`after=0&encoding=${encoding}`)
    const cut = body.subarray(0, Math.floor(body.length * 0.7))
    const decoder = encoding === 'gzip' ? createGunzip() : createZstdDecompress()
    const out: Buffer[] = []
    let failed = false
    decoder.end(cut)
    try {
      for await (const chunk of decoder) out.push(chunk as Buffer)
    } catch {
      failed = true
    }
    expect(failed).toBe(true)
    const lines = Buffer.concat(out).toString().split('\n').slice(0, -1)
    expect(lines.length).toBeGreaterThan(2000)
    for (const line of lines) expect(JSON.parse(line)).not.toHaveProperty('end')
  })

  test('is decodable up to each page as soon as that has come', async () => {
    const { body } = await bytes('after=0&encoding=gzip')
    // An empty block with this ending is what a flush writes.
    const mark = Buffer.from([0, 0, 0xff, 0xff])
    const flushes: number[] = []
    for (let at = body.indexOf(mark); at >= 0; at = body.indexOf(mark, at + 1)) flushes.push(at + 4)
    expect(flushes.length).toBeGreaterThan(3)
    const text = gunzipSync(body.subarray(0, flushes[1] ?? 0), { finishFlush: constants.Z_SYNC_FLUSH }).toString()
    expect(text.endsWith('\n')).toBe(true)
    expect(text.split('\n').length).toBe(2002)
  })

  test.each([
    [undefined, 'gzip, br', '10.0.0.7', 'gzip'],
    [undefined, 'gzip, zstd', '10.0.0.7', 'zstd'],
    [undefined, 'gzip;q=0.5, zstd;q=0', '10.0.0.7', 'gzip'],
    [undefined, 'br', '10.0.0.7', 'identity'],
    [undefined, undefined, '10.0.0.7', 'identity'],
    [undefined, 'gzip', '127.0.0.1', 'identity'],
    [undefined, 'gzip', '::1', 'identity'],
    [undefined, 'gzip', '::ffff:127.0.0.1', 'identity'],
    ['gzip', undefined, '127.0.0.1', 'gzip'],
    ['identity', 'gzip', '10.0.0.7', 'identity'],
  ] as const)('is chosen: asked %s, accepted %s, from %s: %s', (asked, accept, ip, encoding) => {
    expect(encodingOf(asked, accept, ip)).toBe(encoding)
  })
})

describe('a feed that fails on its way', () => {
  test.each(['identity', 'gzip', 'zstd'])('is cut, not closed: %s', async (encoding) => {
    const { length } = (await readFeed(cloud.url, token)).changes
    // The last rows break whatever reads a page of them; counting them goes well.
    await cloud.owner.unsafe(`create policy broken on entry as restrictive for select to bulkhead_api using (
      version < ${length - 50} or strpos(current_query(), 'string_agg') = 0 or 1 / (version - version) = 0)`)
    try {
      const { status, whole, body } = await bytes(`after=0&encoding=${encoding}`)
      expect([status, whole]).toEqual([200, false])
      if (encoding !== 'identity') return
      const lines = body.toString().split('\n').slice(0, -1)
      expect(lines.length).toBeGreaterThan(2000)
      expect(lines.at(-1)).not.toContain('"end":true')
    } finally {
      await cloud.owner`drop policy broken on entry`
    }
  })
})
