import { createHash } from 'node:crypto'
import { copyFileSync, readFileSync, readdirSync, renameSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { safeFileName } from '../../src-main/compartment/attachments/file-name.ts'
import { Consoles, OTHER, TICKET } from './consoles.ts'
import { append, attachment, begin, bring, bringRest, bytesOf, readAll, storedFiles } from './files.ts'

const CHUNK = 64 * 1024

const consoles = new Consoles()

function flip(file: string, at: number): void {
  const bytes = readFileSync(file)
  bytes[at] = (bytes[at] ?? 0) ^ 1
  writeFileSync(file, bytes)
}

test('file names are safe on every system and keep their extension', () => {
  const names = {
    '../../etc/passwd': 'passwd',
    'C:\\Users\\me\\a.txt': 'a.txt',
    'con.txt': '_con.txt',
    LPT1: '_LPT1',
    'invoice\u202Efdp.txt': 'invoicefdp.txt',
    'a\u0000b\nc.txt': 'abc.txt',
    'what?.<b>.txt': 'what_._b_.txt',
    '...': 'file',
    'folder/': 'file',
    'trailing. . ': 'trailing',
    '\ud800x.txt': '\ufffdx.txt',
  }
  for (const [given, safe] of Object.entries(names)) expect(safeFileName(given), given).toBe(safe)
  const long = safeFileName(`${'ä'.repeat(400)}.docx`)
  expect([long.length, long.endsWith('ä.docx')]).toEqual([255, true])
})

test('a full disk is said, takes the file with it and nothing else', async () => {
  const one = await consoles.synced({ maxBytes: { file: 200_000 } })
  const fits = await bring(one, TICKET, 'fits.txt', consoles.content(100_000))
  await expect(bring(one, TICKET, 'more.txt', consoles.content(900_000))).rejects.toMatchObject({
    problem: { code: 'disk-full' },
  })
  expect(storedFiles(consoles.folder())).toHaveLength(1)
  await one.edit(OTHER, { customFields: { site: 'goes on' } })
  await consoles.sent(one, TICKET, fits)
})

test('an upload goes on after the compartment ended, where its last whole chunk did', async () => {
  const bytes = consoles.content(5 * CHUNK + 100)
  const one = await consoles.synced()
  const { uploadId } = await begin(one, TICKET, 'log.txt', bytes.length)
  await append(one, uploadId, 0, bytes.subarray(0, 3 * CHUNK + 50))
  // Said twice, taken once.
  expect(await append(one, uploadId, 0, bytes.subarray(0, 3 * CHUNK + 50))).toMatchObject({ offset: 3 * CHUNK + 50 })
  await one.crash()
  const again = await consoles.synced()
  const place = await append(again, uploadId, 3 * CHUNK + 50, bytes.subarray(3 * CHUNK + 50))
  expect(place.offset).toBe(3 * CHUNK)
  await bringRest(again, place, bytes)
  expect((await attachment(again, TICKET, uploadId)).sha256).toBe(createHash('sha256').update(bytes).digest('hex'))
  expect(await readAll(again, uploadId)).toEqual(bytes)
})

test('an upload that was left alone for a day, or is given up, leaves nothing', async () => {
  const one = await consoles.synced()
  const left = await begin(one, TICKET, 'left.txt', CHUNK)
  const given = await begin(one, TICKET, 'given.txt', CHUNK)
  await append(one, given.uploadId, 0, consoles.content(100))
  await one.call('mutation', 'attachments.abandon', { uploadId: given.uploadId })
  const [file = ''] = storedFiles(consoles.folder())
  expect(storedFiles(consoles.folder())).toHaveLength(1)
  await one.close()
  const longAgo = new Date(Date.now() - 2 * 86_400_000)
  utimesSync(file, longAgo, longAgo)
  const again = await consoles.start()
  await vi.waitFor(() => expect(storedFiles(consoles.folder())).toEqual([]))
  await expect(append(again, left.uploadId, 0, consoles.content(10))).rejects.toMatchObject({
    problem: { code: 'not-found' },
  })
})

test('a file that ended early or has grown is refused', async () => {
  const one = await consoles.synced()
  const { uploadId } = await begin(one, TICKET, 'a.txt', 1000)
  await append(one, uploadId, 0, consoles.content(500))
  const finish = one.call('mutation', 'attachments.finish', { uploadId })
  await expect(finish).rejects.toMatchObject({ problem: { code: 'invalid-input' } })
  await expect(append(one, uploadId, 500, consoles.content(501))).rejects.toMatchObject({
    problem: { code: 'invalid-input' },
  })
  await bringRest(one, { uploadId, offset: 500 }, Buffer.concat([consoles.content(500), consoles.content(500)]))
  expect(await attachment(one, TICKET, uploadId)).toMatchObject({ size: 1000 })
})

test('neither contents nor names are on the disk in the clear', async () => {
  const one = await consoles.synced()
  const marker = 'The zeppelin lands at midnight. '
  const bytes = Buffer.from(marker.repeat(10_000))
  const id = await bring(one, TICKET, 'zeppelin-plan.txt', bytes)
  await consoles.sent(one, TICKET, id)
  const { sha256 } = await attachment(one, TICKET, id)
  await begin(one, TICKET, 'zeppelin-half.txt', 100)
  await one.close()
  for (const file of [
    ...storedFiles(consoles.folder()),
    ...readdirSync(consoles.folder()).map((name) => join(consoles.folder(), name)),
  ]) {
    expect(basename(file)).not.toContain(sha256.slice(0, 12))
    if (statSync(file).isFile()) expect(readFileSync(file).includes('zeppelin'), file).toBe(false)
  }
})

test('a changed byte in any chunk is found; what the cloud has is fetched again, what it has not is said', async () => {
  const bytes = consoles.content(3 * CHUNK + 500)
  const one = await consoles.synced()
  const id = await bring(one, TICKET, 'log.txt', bytes)
  const [file = ''] = storedFiles(consoles.folder())
  const size = statSync(file).size
  const spots = [2, 9, 100, 4000, ...[0, 1, 2].map((chunk) => 4096 + chunk * (CHUNK + 28) + 40), size - 3]
  for (const at of spots) {
    flip(file, at)
    await expect(readAll(one, id), `byte ${at}`).rejects.toMatchObject({ problem: { code: 'file-damaged' } })
    flip(file, at)
  }
  expect(await readAll(one, id)).toEqual(bytes)
  await one.call('mutation', 'attachments.retry', { id })
  await consoles.sent(one, TICKET, id)
  for (const at of spots) {
    flip(file, at)
    expect(await readAll(one, id), `byte ${at}`).toEqual(bytes)
  }
})

test('a damaged file is not sent: it fails, and can be given up', async () => {
  const one = await consoles.synced()
  const id = await bring(one, TICKET, 'log.txt', consoles.content(300_000))
  const [file = ''] = storedFiles(consoles.folder())
  flip(file, 4096 + 5000)
  await one.sync()
  const failed = { upload: { state: 'failed', problem: { code: 'file-damaged' } } }
  await vi.waitFor(async () => expect(await attachment(one, TICKET, id)).toMatchObject(failed))
  await one.call('mutation', 'attachments.retry', { id })
  await vi.waitFor(async () => expect(await attachment(one, TICKET, id)).toMatchObject(failed))
  await one.call('mutation', 'attachments.cancel', { id })
  await one.sync()
  expect(await attachment(one, TICKET, id)).toMatchObject({ upload: null, here: false, available: false })
  expect(storedFiles(consoles.folder())).toEqual([])
})

test('files that changed places, lost their end or were put together are not read', async () => {
  const one = await consoles.synced()
  const first = await bring(one, TICKET, 'first.txt', consoles.content(3 * CHUNK))
  const [a = ''] = storedFiles(consoles.folder())
  const second = await bring(one, TICKET, 'second.txt', bytesOf(`second ${consoles.word}`, 3 * CHUNK))
  const b = storedFiles(consoles.folder()).find((file) => file !== a) ?? ''
  const damaged = { problem: { code: 'file-damaged' } }
  copyFileSync(a, `${a}.kept`)
  renameSync(b, `${b}.kept`)
  renameSync(a, b)
  renameSync(`${b}.kept`, a)
  for (const id of [first, second]) await expect(readAll(one, id)).rejects.toMatchObject(damaged)
  const header = readFileSync(`${a}.kept`).subarray(0, 4096)
  writeFileSync(a, Buffer.concat([header, readFileSync(a).subarray(4096)]))
  await expect(readAll(one, first)).rejects.toMatchObject(damaged)
  const sound = readFileSync(`${a}.kept`)
  const chunk = (index: number): Buffer =>
    sound.subarray(4096 + index * (CHUNK + 28), 4096 + (index + 1) * (CHUNK + 28))
  writeFileSync(a, sound.subarray(0, 4096 + 2 * (CHUNK + 28)))
  await expect(readAll(one, first)).rejects.toMatchObject(damaged)
  writeFileSync(a, Buffer.concat([header, chunk(1), chunk(0), chunk(2)]))
  await expect(readAll(one, first)).rejects.toMatchObject(damaged)
  writeFileSync(a, sound)
  expect(await readAll(one, first)).toEqual(consoles.content(3 * CHUNK))
})

test('copies beyond the bound are dropped, the one used longest ago first; what is unsent never', async () => {
  const limit = 4 * 100_000
  const one = await consoles.synced({ maxBytes: { copies: limit } })
  const ids: string[] = []
  for (let i = 0; i < 5; i++) {
    ids.push(await bring(one, TICKET, `${i}.txt`, bytesOf(`lru ${consoles.word} ${i}`, 90_000)))
    if (i < 4) await consoles.sent(one, TICKET, ids[i] ?? '')
    if (i === 2) await readAll(one, ids[0] ?? '')
  }
  consoles.proxy.gate = ({ method }) => (method === 'PUT' ? Promise.reject(new Error('cut')) : null)
  const unsent = await bring(one, TICKET, 'unsent.txt', bytesOf(`lru unsent ${consoles.word}`, 900_000))
  await one.sync()
  consoles.proxy.gate = ({ path }) => (path.includes(unsent) ? Promise.reject(new Error('cut')) : null)
  await consoles.sent(one, TICKET, ids[4] ?? '')
  const here = async (): Promise<boolean[]> =>
    Promise.all([...ids, unsent].map(async (id) => (await attachment(one, TICKET, id)).here))
  await vi.waitFor(async () => expect(await here()).toEqual([true, false, true, true, true, true]))
  expect(await readAll(one, ids[1] ?? '')).toEqual(bytesOf(`lru ${consoles.word} 1`, 90_000))
})

test('a deleted cache loses no file', async () => {
  const one = await consoles.synced()
  const bytes = consoles.content(200_000)
  consoles.proxy.gate = ({ method }) => (method === 'PUT' ? Promise.reject(new Error('cut')) : null)
  const id = await bring(one, TICKET, 'kept.txt', bytes)
  await one.sync()
  await one.close()
  consoles.removeFile('cache.db')
  consoles.proxy.gate = () => null
  const again = await consoles.synced()
  expect(await readAll(again, id)).toEqual(bytes)
  await consoles.sent(again, TICKET, id)
})
