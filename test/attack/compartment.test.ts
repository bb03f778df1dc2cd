import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { deriveKeys } from '../../src-main/compartment/keys.ts'
import { Keyring } from '../../src-main/console/keyring.ts'
import { sealWithKey } from '../../src-main/console/sealing.ts'
import { Supervisor } from '../../src-main/supervisor/supervisor.ts'
import type { Rollup } from '../../src-shared/domain/rollup.ts'

// A is the compartment with somebody else's code in it; B is whom it is after.
const [A, B] = ['aaaaaaaa', 'bbbbbbbb'] as const
const WORKER = join(import.meta.dirname, '../support/hostile-worker.ts')
const SECRET = 'Passphrase-of-Main-7d1'
const PASSWORD = 'Password-of-B-91c'
const here = Symbol('window')

let profile: string
let temporary: string
let supervisor: Supervisor
let keyring: Keyring
let quiet: number[]
let rollups: Rollup[]
const inMain = globalThis as { secretOfMain?: string }

beforeEach(async () => {
  profile = mkdtempSync(join(tmpdir(), 'bulkhead-attack-'))
  temporary = join(profile, 'tmp')
  mkdirSync(temporary)
  // Main's secrets, in each place where a thread could look for them.
  for (const name of ['BULKHEAD_PASSPHRASE', 'SOME_OTHER_SECRET']) vi.stubEnv(name, SECRET)
  vi.stubEnv('TMPDIR', temporary)
  process.argv.push(`--passphrase=${SECRET}`)
  inMain.secretOfMain = SECRET
  keyring = Keyring.create(profile, sealWithKey('test', new Uint8Array(32).fill(77)))
  for (const tenant of [A, B]) await keyring.setSecret(tenant, keyOf(tenant))
  quiet = []
  rollups = []
  supervisor = new Supervisor({
    worker: WORKER,
    folder: join(profile, 'tenants'),
    rootKey: async (tenant) => keyOf(tenant),
    token: async () => Promise.reject(new Error('offline')),
    assignment: () => ({
      cloudUrl: 'http://127.0.0.1:9',
      technician: { id: '00000000-0000-4000-8000-0000000000aa', name: 'Robin Vale', email: 'robin@example.com' },
      online: false,
    }),
    rollup: (_, rollup) => rollups.push(rollup),
    syncState: () => undefined,
    crashed: () => undefined,
    closeDeadline: 2000,
  })
  const told = supervisor.quiet.bind(supervisor)
  supervisor.quiet = (wait) => {
    quiet.push(wait)
    told(wait)
  }
})
afterEach(async () => {
  await supervisor.close()
  vi.unstubAllEnvs()
  process.argv.pop()
  delete inMain.secretOfMain
  rmSync(profile, { recursive: true, force: true })
})

const keyOf = (tenant: string): Uint8Array => new Uint8Array(32).fill(tenant.charCodeAt(0))
const folderOf = (tenant: string): string => join(profile, 'tenants', tenant)

let opened = 0
async function open(tenant: string): Promise<string> {
  const scope = `scope-${++opened}`
  await supervisor.open(scope, tenant, here)
  return scope
}
function call<Value>(scope: string, path: string, input?: unknown): Promise<Value> {
  const payload = input === undefined ? '' : JSON.stringify(input)
  const type = path.startsWith('vault.') && path !== 'vault.list' ? 'mutation' : 'query'
  return new Promise((resolve, reject) => {
    supervisor.call(scope, here, type, path, payload, (op, answered) =>
      op === 'error' ? reject(new Error(answered)) : resolve((answered ? JSON.parse(answered) : null) as Value),
    )
  })
}
async function withPassword(scope: string): Promise<string> {
  const credential = { kind: 'login', name: 'Domain admin', username: 'x', secrets: { password: PASSWORD } }
  return (await call<{ id: string }>(scope, 'vault.create', credential)).id
}
async function reveal(scope: string, id: string): Promise<string> {
  const input = { id, field: 'password', purpose: 'show', reason: 'because' }
  return (await call<{ value: string }>(scope, 'vault.reveal', input)).value
}

test('it was told nothing of main: no variable, no argument, no data', async () => {
  const told = JSON.stringify(await call(await open(A), 'attack.told'))
  expect(told).not.toContain(SECRET)
  // The variables that say how to reach the network are the only ones, and none of them is set here.
  const { env, argv, workerData } = JSON.parse(told) as Record<string, unknown>
  expect(Object.keys(env as object).filter((name) => !/_proxy$/i.test(name))).toEqual([])
  expect(argv).toHaveLength(2)
  expect(workerData ?? null).toBeNull()
})

test("its keys open none of B's files, and B's files in the place of its own do not open either", async () => {
  const [a, b] = [await open(A), await open(B)]
  const id = await withPassword(b)
  await withPassword(a)
  expect(await call(a, 'attack.openFiles', { folder: folderOf(A) })).toEqual([true, true, true])
  expect(await call(a, 'attack.openFiles', { folder: folderOf(B) })).toEqual([])
  await call(a, 'attack.takeFiles', { folder: folderOf(B) })
  await supervisor.hibernate(A)
  await expect(open(A)).rejects.toMatchObject({ problem: { code: 'key-wrong' } })
  expect(await reveal(b, id)).toBe(PASSWORD)
})

test("nothing of main's keyring opens with its keys", async () => {
  const a = await open(A)
  const result = await call(a, 'attack.openKeyring', { file: join(profile, 'keyring.json') })
  expect(result).toEqual({ tried: 2, opened: [] })
})

test("main's memory is closed to it: it cannot attach to main's debugger, by no way to that module", async () => {
  const ways = await call(await open(A), 'attack.debugMain', { expression: 'globalThis.secretOfMain' })
  expect(ways).toEqual([null, null, null, null])
})

test('its own memory, as far as it can be dumped, holds nothing of main or of B', async () => {
  const [a, b] = [await open(A), await open(B)]
  await reveal(b, await withPassword(b))
  await call(a, 'attack.heap', { folder: temporary })
  const heap = readFileSync(join(temporary, 'heap.json'), 'utf8')
  // Its own technician is there to be found. Asked so that a failure does not print the whole heap.
  expect([SECRET, PASSWORD, 'Robin Vale'].filter((word) => heap.includes(word))).toEqual(['Robin Vale'])
})

test('no other thread hears it, and what it answers to calls of others goes nowhere', async () => {
  const [a, b] = [await open(A), await open(B)]
  const id = await withPassword(b)
  const asked = reveal(b, id)
  expect(await call(a, 'attack.threads')).toEqual([])
  await call(a, 'attack.answerOthers').catch(() => undefined)
  expect(await asked).toBe(PASSWORD)
  expect(await reveal(b, id)).toBe(PASSWORD)
})

const NONSENSE: [what: string, message: unknown][] = [
  ['nothing', null],
  ['no message', { op: 'shut-down' }],
  ['a state that is none', { op: 'sync-state' }],
  ['counts that are words', { op: 'rollup', rollup: { version: 'B', open: [], due: null } }],
  ['an answer that is no text', { op: 'answer', kind: 'data', id: 1, payload: { a: 1 } }],
  ['a lane that is none', { op: 'turn-wanted', id: 1, lane: '__proto__' }],
  ['a wait that is none', { op: 'quiet', wait: 'for ever' }],
]

test('main ends a compartment that says what no compartment says, whatever it is; B works on', async () => {
  const b = await open(B)
  const id = await withPassword(b)
  for (const [index, [what, message]] of NONSENSE.entries()) {
    // One that died comes back a few times only: each has a client of its own.
    const tenant = String(index).padStart(8, 'a')
    await keyring.setSecret(tenant, keyOf(tenant))
    const a = await open(tenant)
    const said = call(a, 'attack.say', { json: JSON.stringify(message) })
    await expect(said, what).rejects.toThrow('compartment-crashed')
    expect(supervisor.failures(tenant), what).toMatchObject([{ code: 'ERR_NONSENSE' }])
    expect(await reveal(b, id)).toBe(PASSWORD)
  }
})

test('words that it adds to its counts are not kept, and the patience that it asks of all has an end', async () => {
  const a = await open(A)
  const counts = { version: 1, open: 1, unread: 0, due: [], atRiskMinutes: 60, pending: 0, failed: 0 }
  await call(a, 'attack.say', { json: JSON.stringify({ op: 'rollup', rollup: { ...counts, note: PASSWORD } }) })
  await call(a, 'attack.say', { json: JSON.stringify({ op: 'quiet', wait: 1e300 }) })
  expect(rollups).toContainEqual(counts)
  expect(JSON.stringify(rollups)).not.toContain(PASSWORD)
  expect(quiet).toEqual([3_600_000])
})

test("B's secrets and keys are in no file: not in its log, not in a temporary or a deleted file, not after it is closed", async () => {
  const [a, b] = [await open(A), await open(B)]
  const id = await withPassword(b)
  await reveal(b, id)
  const keys = [keyOf(B), ...Object.values(deriveKeys(keyOf(B)) as unknown as Record<string, Buffer>)].map((key) =>
    Buffer.from(key),
  )
  const words = [
    ...keys.flatMap((key) => [key, Buffer.from(key.toString('hex')), Buffer.from(key.toString('base64'))]),
    Buffer.from(PASSWORD),
    Buffer.from(PASSWORD, 'utf16le'),
    Buffer.from(SECRET),
    Buffer.from('Domain admin'),
  ].map((word) => word.toString('base64'))
  const scan = async (): Promise<void> => {
    const input = { folders: JSON.stringify([profile]), words: JSON.stringify(words) }
    const { read, found } = await call<{ read: number; found: string[] }>(a, 'attack.scan', input)
    expect(read).toBeGreaterThan(5)
    expect(found).toEqual([])
  }
  await scan()
  await call(b, 'vault.remove', { id })
  await scan()
  supervisor.scopes.revoke(b, here)
  await supervisor.hibernate(B)
  await scan()
})
