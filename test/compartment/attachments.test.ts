import { createHash } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { PART_BYTES, type Attachment } from '../../src-shared/domain/attachment.ts'
import { uuid } from '../support/sample.ts'
import { ACME, Consoles, OTHER, TICKET } from './consoles.ts'
import { attachment, begin, bring, bytesOf, readAll, storedFiles } from './files.ts'
import { PassingProxy } from './passing-proxy.ts'

const CHUNK = 64 * 1024

const consoles = new Consoles()

test('files go from one console to another: empty, of whole chunks and parts, and of some bytes more', async () => {
  const one = await consoles.synced()
  const files: { id: string; bytes: Buffer }[] = []
  for (const size of [0, 1, CHUNK, CHUNK + 1, PART_BYTES, PART_BYTES + 5 * CHUNK + 77]) {
    const bytes = consoles.content(size)
    const id = await bring(one, TICKET, 'C:\\temp\\report.txt', bytes)
    files.push({ id, bytes })
    expect(await attachment(one, TICKET, id)).toMatchObject({ name: 'report.txt', size, here: true, available: false })
    expect((await readAll(one, id)).equals(bytes), `${size} bytes`).toBe(true)
    await consoles.sent(one, TICKET, id)
  }
  const two = await consoles.other()
  for (const { id, bytes } of files) {
    expect(await attachment(two, TICKET, id)).toMatchObject({ available: true, here: false, upload: null })
    expect((await readAll(two, id, 300_000)).equals(bytes), `${bytes.length} bytes`).toBe(true)
    expect(await attachment(two, TICKET, id)).toMatchObject({ here: true })
  }
})

test('what was added without the cloud goes when it is back, the word of it first', async () => {
  const one = await consoles.synced()
  await consoles.proxy.close()
  const bytes = consoles.content(300_000)
  const id = await bring(one, TICKET, 'offline.txt', bytes)
  await one.sync()
  expect(await attachment(one, TICKET, id)).toMatchObject({ pending: true, upload: { state: 'waiting', sentBytes: 0 } })
  expect(await readAll(one, id)).toEqual(bytes)
  consoles.proxy = await PassingProxy.start(consoles.cloud.url)
  one.post({ op: 'online', online: true, cloudUrl: consoles.proxy.url })
  await consoles.sent(one, TICKET, id)
  const paths = consoles.proxy.passed.map(({ method, path }) => `${method} ${path.split('/')[2]}`)
  expect(paths.indexOf('POST mutations')).toBeLessThan(paths.indexOf('PUT attachments'))
})

test('while a part is on its way an edit is pushed, and does not wait for it', async () => {
  const one = await consoles.synced()
  const released = Promise.withResolvers<void>()
  const held = Promise.withResolvers<void>()
  consoles.proxy.gate = ({ method, bytes }) => {
    if (method !== 'PUT' || bytes < PART_BYTES / 2) return null
    held.resolve()
    return released.promise
  }
  const id = await bring(one, TICKET, 'large.txt', consoles.content(6 * PART_BYTES))
  one.post({ op: 'online', online: true, cloudUrl: consoles.proxy.url })
  await held.promise
  for (const site of ['first', 'second', 'third']) {
    await one.edit(OTHER, { customFields: { site } })
    await vi.waitFor(async () => expect((await one.state()).pending).toBe(0))
  }
  const [row] = await consoles.cloud.owner<{ site: string }[]>`
    select data -> 'customFields' ->> 'site' as site from ticket where tenant_id = ${ACME} and id = ${OTHER}`
  expect(row?.site).toBe('third')
  expect(consoles.proxy.puts.map(({ status }) => status)).toEqual([null])
  released.resolve()
  await consoles.sent(one, TICKET, id)
  expect(consoles.proxy.parts).toEqual([0, 1, 2, 3, 4, 5])
})

test('a part that is cut goes again, and those that went do not', async () => {
  const one = await consoles.synced()
  let cuts = 0
  consoles.proxy.gate = ({ method, path, bytes }) => {
    if (method !== 'PUT' || !path.endsWith('/2') || bytes < 1_000_000 || cuts > 0) return null
    cuts += 1
    return Promise.reject(new Error('cut'))
  }
  const id = await bring(one, TICKET, 'large.txt', consoles.content(4 * PART_BYTES))
  await consoles.sent(one, TICKET, id)
  expect(cuts).toBe(1)
  expect(consoles.proxy.parts).toEqual([0, 1, 2, 3])
})

test('a small file does not wait for a large one', async () => {
  const one = await consoles.synced()
  const large = await bring(one, TICKET, 'large.txt', consoles.content(5 * PART_BYTES))
  const small = await bring(one, TICKET, 'small.txt', bytesOf(`small ${consoles.word}`, 1000))
  await consoles.sent(one, TICKET, small)
  await consoles.sent(one, TICKET, large)
  const puts = consoles.proxy.puts.map(({ path }) => path.split('/')[3])
  expect(puts.indexOf(small)).toBeLessThan(puts.lastIndexOf(large))
  expect(puts.indexOf(small)).toBeLessThanOrEqual(1)
})

test('a content that the cloud has is not sent again, and is kept once', async () => {
  const one = await consoles.synced()
  const bytes = consoles.content(400_000)
  const first = await bring(one, TICKET, 'first.txt', bytes)
  await consoles.sent(one, TICKET, first)
  const before = consoles.proxy.puts.length
  const second = await bring(one, OTHER, 'second.txt', bytes)
  await consoles.sent(one, OTHER, second)
  expect(consoles.proxy.puts).toHaveLength(before)
  expect(storedFiles(consoles.folder())).toHaveLength(1)
  expect(await readAll(one, second)).toEqual(bytes)
})

test('a fetch that is cut goes on where it was cut', async () => {
  const one = await consoles.synced({ cloudUrl: consoles.cloud.url })
  const bytes = consoles.content(3 * PART_BYTES)
  const id = await bring(one, TICKET, 'large.txt', bytes)
  await consoles.sent(one, TICKET, id)
  const two = await consoles.synced({ folder: consoles.anotherFolder() })
  const asked: number[] = []
  consoles.proxy.gate = ({ path, bytes: so }) => {
    if (!path.endsWith('/content') || so < 5_000_000 || asked.length > 0) return null
    asked.push(so)
    return Promise.reject(new Error('cut'))
  }
  expect((await readAll(two, id)).equals(bytes)).toBe(true)
  const fetches = consoles.proxy.passed.filter(({ path }) => path.endsWith('/content'))
  expect(fetches).toHaveLength(2)
  // At most a chunk, and what was under way, comes twice.
  expect(fetches[1]?.bytes).toBeLessThan(3 * PART_BYTES - 4_000_000)
})

test('a file that is not here and cannot be fetched is said, not half shown', async () => {
  const one = await consoles.synced()
  const id = await bring(one, TICKET, 'large.txt', consoles.content(500_000))
  await consoles.sent(one, TICKET, id)
  const two = await consoles.other()
  two.post({ op: 'online', online: false, cloudUrl: 'http://127.0.0.1:9' })
  await expect(readAll(two, id)).rejects.toMatchObject({ problem: { code: 'cloud-unreachable' } })
  two.post({ op: 'online', online: true, cloudUrl: consoles.cloud.url })
  await vi.waitFor(async () => expect(await readAll(two, id)).toHaveLength(500_000))
})

test('a file that its author has not sent yet is said', async () => {
  const one = await consoles.synced()
  consoles.proxy.gate = ({ method }) => (method === 'PUT' ? Promise.reject(new Error('cut')) : null)
  const id = await bring(one, TICKET, 'slow.txt', consoles.content(100_000))
  await one.sync()
  const two = await consoles.other()
  expect(await attachment(two, TICKET, id)).toMatchObject({ available: false, here: false, upload: null })
  await expect(readAll(two, id)).rejects.toMatchObject({ problem: { code: 'content-unavailable' } })
})

test('the client’s policy is kept when a file is begun', async () => {
  const one = await consoles.synced()
  const large = begin(one, TICKET, 'disk.img', 300 * 1024 * 1024)
  await expect(large).rejects.toMatchObject({ problem: { code: 'too-large', retry: false } })
  await expect(large).rejects.toHaveProperty('problem.message', expect.stringContaining('disk.img (300 MB)'))
  for (const name of ['run.exe', 'RUN.EXE', 'run.exe.', 'run.exe ', 'a/b\\run.bat', 'txt.\u202eexe'])
    await expect(begin(one, TICKET, name, 10), name).rejects.toMatchObject({ problem: { code: 'file-refused' } })
  await expect(begin(one, uuid('nowhere'), 'a.txt', 10)).rejects.toMatchObject({ problem: { code: 'not-found' } })
  expect(storedFiles(consoles.folder())).toEqual([])
})

test('giving a file up before the cloud knows of it takes it off the ticket', async () => {
  const one = await consoles.synced()
  await one.call('mutation', 'sync.pause', { paused: true })
  const id = await bring(one, TICKET, 'mistake.txt', consoles.content(1000))
  await one.call('mutation', 'attachments.cancel', { id })
  expect((await one.ticket(TICKET)).attachments.filter((found) => found.id === id)).toEqual([])
  expect((await one.state()).pending).toBe(0)
  await vi.waitFor(() => expect(storedFiles(consoles.folder())).toEqual([]))
  await one.call('mutation', 'sync.pause', { paused: false })
  await one.sync()
  const rows = await consoles.cloud.owner`select 1 from attachment where tenant_id = ${ACME} and id = ${id}`
  expect(rows).toHaveLength(0)
})

test('pausing the sync stops a file on its way, and going on goes on with it', async () => {
  const one = await consoles.synced()
  const held = Promise.withResolvers<void>()
  consoles.proxy.gate = ({ method, path }) => {
    if (method !== 'PUT' || !path.endsWith('/1')) return null
    held.resolve()
    return new Promise(() => undefined)
  }
  const id = await bring(one, TICKET, 'large.txt', consoles.content(3 * PART_BYTES))
  one.post({ op: 'online', online: true, cloudUrl: consoles.proxy.url })
  await held.promise
  await one.call('mutation', 'sync.pause', { paused: true })
  const puts = consoles.proxy.puts.length
  consoles.proxy.gate = () => null
  await one.call('query', 'sync.state')
  expect(consoles.proxy.puts).toHaveLength(puts)
  await one.call('mutation', 'sync.pause', { paused: false })
  await consoles.sent(one, TICKET, id)
  expect(consoles.proxy.parts).toEqual([0, 1, 2])
})

test('a cloud that fails over files opens no breaker before edits, which go', async () => {
  const one = await consoles.synced({ online: true })
  consoles.proxy.gate = ({ method }) => (method === 'PUT' ? Promise.reject(new Error('cut')) : null)
  const id = await bring(one, TICKET, 'large.txt', consoles.content(100_000))
  await vi.waitFor(() => expect(consoles.proxy.puts.length).toBeGreaterThan(5))
  for (let i = 0; i < 5; i++) {
    await one.edit(OTHER, { customFields: { site: `beside ${consoles.word} ${i}` } })
    await vi.waitFor(async () => expect((await one.state()).pending).toBe(0))
  }
  const report = await one.call<{ breaker: string }>('query', 'sync.report')
  expect(report.breaker).toBe('closed')
  expect(one.states.filter(({ problem }) => problem !== null)).toEqual([])
  expect((await attachment(one, TICKET, id)).available).toBe(false)
})

test('what reached the cloud is what was added', async () => {
  const one = await consoles.synced()
  const bytes = consoles.content(PART_BYTES + 1)
  const id = await bring(one, TICKET, 'a.txt', bytes)
  await consoles.sent(one, TICKET, id)
  const [row] = await consoles.cloud.owner<{ data: Attachment }[]>`
    select data from attachment where tenant_id = ${ACME} and id = ${id}`
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  expect(row?.data).toMatchObject({ name: 'a.txt', size: bytes.length, sha256, available: true })
  rmSync(join(consoles.folder(), 'files'), { recursive: true })
  await one.close()
  const again = await consoles.synced()
  expect((await readAll(again, id)).equals(bytes)).toBe(true)
})
