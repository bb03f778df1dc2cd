import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { deskChanges, idOf, ticketOf } from '../compartment/desk.ts'
import { ScriptedCloud } from '../compartment/scripted-cloud.ts'
import { BackgroundSync } from '../../src-main/supervisor/background-sync.ts'
import { Supervisor } from '../../src-main/supervisor/supervisor.ts'
import type { Problem } from '../../src-shared/problem.ts'

const WORKER = join(import.meta.dirname, '../support/crashing-worker.ts')
const [A, B, C] = ['aaaaaaaa', 'bbbbbbbb', 'cccccccc'] as const
const here = Symbol('this window')
const elsewhere = Symbol('another window')

let folder: string
let supervisor: Supervisor
const handedOut: Uint8Array[] = []
const keys = new Map<string, number>()
let token: () => Promise<{ token: string; expiresIn: number }>
let cloudUrl: string
let tenants: number

beforeEach(() => {
  tenants = Infinity
  folder = mkdtempSync(join(tmpdir(), 'bulkhead-supervisor-'))
  handedOut.length = 0
  keys.clear()
  token = () => Promise.reject(new Error('offline'))
  cloudUrl = 'http://127.0.0.1:9'
  supervisor = newSupervisor()
})
afterEach(async () => {
  await supervisor.close()
  rmSync(folder, { recursive: true, force: true })
})

function newSupervisor(): Supervisor {
  return new Supervisor({
    worker: WORKER,
    folder,
    maxAwake: 2,
    tenants: () => tenants,
    rootKey: async (tenantId) => {
      const key = new Uint8Array(32).fill(keys.get(tenantId) ?? tenantId.charCodeAt(0))
      handedOut.push(key)
      return key
    },
    token: () => token(),
    assignment: () => ({
      cloudUrl,
      technician: { id: '00000000-0000-4000-8000-0000000000aa', name: 'Robin Vale', email: 'robin@example.com' },
      online: false,
    }),
    rollup: () => undefined,
    syncState: () => undefined,
    crashed: () => undefined,
    closeDeadline: 1000,
  })
}

let opened = 0
/** Opens a client in this window, as a window does: under a handle that it chose. */
async function open(tenantId: string): Promise<string> {
  const scope = `scope-${++opened}`
  await supervisor.open(scope, tenantId, here)
  return scope
}

function ask(scope: string, path = 'sync.state', window = here, type: 'query' | 'subscription' = 'query') {
  const answers: { op: string; value: unknown }[] = []
  const stop = supervisor.call(scope, window, type, path, '', (op, payload) =>
    answers.push({ op, value: payload === '' ? null : JSON.parse(payload) }),
  )
  const answered = vi.waitFor(() => {
    expect(answers.length).toBeGreaterThan(0)
    return answers[0]!
  }, 20_000)
  return { answers, answered, stop }
}
const codeOf = async (asked: ReturnType<typeof ask>) => ((await asked.answered).value as Problem | null)?.code

test('a scope leads its window to the compartment', async () => {
  const scope = await open(A)
  expect(await ask(scope).answered).toMatchObject({ op: 'data', value: { pending: 0 } })
})

test('a scope is worth nothing to another window, nor once it is revoked, nor guessed', async () => {
  const scope = await open(A)
  expect(await codeOf(ask(scope, 'sync.state', elsewhere))).toBe('scope-closed')
  expect(await codeOf(ask('guess'))).toBe('scope-closed')
  supervisor.scopes.revoke(scope, elsewhere)
  expect((await ask(scope).answered).op).toBe('data')
  supervisor.scopes.revoke(scope, here)
  expect(await codeOf(ask(scope))).toBe('scope-closed')
})

test('a running subscription ends with its scope, and tells nothing afterwards', async () => {
  const scope = await open(A)
  const watching = ask(scope, 'sync.watch', here, 'subscription')
  expect((await watching.answered).op).toBe('next')
  supervisor.scopes.revokeWindow(here)
  await vi.waitFor(() =>
    expect(watching.answers.at(-1)).toMatchObject({ op: 'error', value: { code: 'scope-closed' } }),
  )
  const told = watching.answers.length
  await open(A)
  expect(watching.answers).toHaveLength(told)
})

test('the root key that was handed over is zero in main', async () => {
  await open(A)
  expect(handedOut).toHaveLength(1)
  expect(handedOut[0]!.every((byte) => byte === 0)).toBe(true)
})

test('a compartment that is being synced in the background hibernates only after that', async () => {
  const asked = Promise.withResolvers<never>()
  token = () => asked.promise
  const synced = supervisor.syncInBackground(A)
  await supervisor.wake(B)
  await supervisor.wake(C)
  expect(supervisor.isAwake(A)).toBe(true)
  expect(supervisor.isAwake(B)).toBe(false)
  await supervisor.wake(B)
  expect(supervisor.isAwake(C)).toBe(false)
  asked.reject(new Error('offline'))
  await synced
  await supervisor.wake(C)
  expect(supervisor.isAwake(A)).toBe(false)
})

test('the least recently used compartment hibernates, with its files closed, and wakes again when it is called', async () => {
  const first = await open(A)
  supervisor.scopes.revoke(first, here)
  await open(B)
  const third = await open(C)
  await vi.waitFor(() => expect(supervisor.isAwake(A)).toBe(false))
  expect(supervisor.awakeCount).toBe(2)
  await supervisor.hibernate(A)
  expect(walBytes(A)).toBe(0)
  const again = await open(A)
  expect((await ask(again).answered).op).toBe('data')
  expect((await ask(third).answered).op).toBe('data')
})

test('a crash is answered with a problem that can be retried, touches no other compartment, and the next call works', async () => {
  const [a, b] = [await open(A), await open(B)]
  const watching = ask(b, 'sync.watch', here, 'subscription')
  await watching.answered
  expect((await ask(a, 'crash').answered).value).toMatchObject({ code: 'compartment-crashed', retry: true })
  expect((await ask(a).answered).op).toBe('data')
  expect(watching.answers.every((answer) => answer.op === 'next')).toBe(true)
})

test('a compartment that keeps crashing is stopped until a person opens it again', async () => {
  const scope = await open(A)
  for (let crash = 1; crash <= 4; crash++) expect(await codeOf(ask(scope, 'crash'))).toBe('compartment-crashed')
  expect(await codeOf(ask(scope))).toBe('compartment-stopped')
  const again = await open(A)
  expect((await ask(again).answered).op).toBe('data')
})

test('a compartment that hangs does not delay another', async () => {
  const [a, b] = [await open(A), await open(B)]
  const hanging = ask(a, 'hang')
  expect((await ask(b).answered).op).toBe('data')
  expect(hanging.answers).toEqual([])
})

test('files that the key does not open are refused and left, and the right key opens them again', async () => {
  await open(A)
  await supervisor.hibernate(A)
  const before = statSync(join(folder, A, 'ledger.db')).size
  keys.set(A, 1)
  await expect(open(A)).rejects.toMatchObject({ problem: { code: 'key-wrong' } })
  expect(statSync(join(folder, A, 'ledger.db')).size).toBe(before)
  keys.delete(A)
  await open(A)
})

test('a call that is stopped before its compartment is awake never runs', async () => {
  const scope = await open(A)
  await supervisor.hibernate(A)
  const stopped = ask(scope, 'hang')
  stopped.stop()
  await ask(scope).answered
  expect(stopped.answers).toEqual([])
  stopped.answered.catch(() => undefined)
})

test('no worker is kept ready for which no client sleeps', async () => {
  await supervisor.close()
  tenants = 0
  supervisor = newSupervisor()
  const started = vi.fn()
  process.on('worker', started)
  try {
    await open(A)
    tenants = 1
    // Longer than it takes to put another worker in the place of one that was taken.
    await new Promise((resolve) => setTimeout(resolve, 400))
    expect(started).toHaveBeenCalledTimes(1)
    tenants = 2
    supervisor.keepReady()
    await vi.waitFor(() => expect(started).toHaveBeenCalledTimes(2))
  } finally {
    process.off('worker', started)
  }
})

test('closing closes every file', async () => {
  await open(A)
  await open(B)
  await supervisor.close()
  expect([walBytes(A), walBytes(B)]).toEqual([0, 0])
  await expect(open(A)).rejects.toMatchObject({ problem: { code: 'scope-closed' } })
})

test('a client that leaves, comes back and leaves again before it has closed opens when it is asked for, and ends with the rest', async () => {
  await open(A)
  void supervisor.hibernate(A)
  const between = supervisor.wake(A)
  void supervisor.hibernate(A)
  const scope = await open(A)
  expect((await ask(scope).answered).op).toBe('data')
  // The one in between was given time to open, and closed in order.
  expect((await between).closing).toBe(true)
})

function walBytes(tenantId: string): number {
  const files = ['ledger.db-wal', 'cache.db-wal'].map((name) => join(folder, tenantId, name))
  return files.reduce((sum, file) => sum + (existsSync(file) ? statSync(file).size : 0), 0)
}

test('a client whose events never end keeps neither the edits nor the syncs of the others waiting', async () => {
  const cloud = await ScriptedCloud.start(deskChanges(500))
  cloudUrl = cloud.url
  const pulls = { storm: 0 }
  try {
    token = async () => ({ token: 'storm', expiresIn: 900 })
    const storm = await supervisor.wake(A)
    cloud.intercept = (request, _, url) => {
      if (request.headers.authorization !== 'Bearer storm' || url.pathname !== '/v1/changes') return false
      pulls.storm += 1
      // Each pull of it is followed by more.
      const version = cloud.add('ticket', idOf('ticket 1'), ticketOf(1, { subject: `Storm ${pulls.storm}` }))
      setImmediate(() => storm.post({ op: 'poke', version: version + 1 }))
      return false
    }
    const first = supervisor.syncInBackground(A)
    await vi.waitFor(() => expect(pulls.storm).toBeGreaterThan(20))
    token = async () => ({ token: 'quiet', expiresIn: 900 })
    // In the background, and then with an edit on screen.
    expect(await supervisor.syncInBackground(B)).toBe(true)
    const scope = await open(B)
    const input = JSON.stringify({ id: idOf('ticket 7'), patch: { subject: 'Mine' } })
    supervisor.call(scope, here, 'mutation', 'tickets.edit', input, () => undefined)
    await vi.waitFor(() => expect(cloud.received).toHaveLength(1))
    const before = pulls.storm
    await vi.waitFor(() => expect(pulls.storm).toBeGreaterThan(before))
    cloud.intercept = () => false
    await first
  } finally {
    await supervisor.close()
    await cloud.stop()
  }
})

test('a sync in the background that takes long gives its place up, and is asked for again where it was cut', async () => {
  const ends = new Map<string, (done: boolean) => void>()
  const synced: string[] = []
  const slow = vi.fn()
  vi.useFakeTimers()
  const background = new BackgroundSync({
    sync: (id) => {
      synced.push(id)
      return new Promise((resolve) => ends.set(id, resolve))
    },
    slow,
  })
  try {
    for (const id of ['a', 'b', 'c', 'd', 'e', 'a']) background.request(id)
    expect(synced).toEqual([])
    background.pause(false)
    expect(synced).toEqual(['a', 'b', 'c', 'd'])
    await vi.advanceTimersByTimeAsync(5000)
    expect(slow.mock.calls.flat().sort()).toEqual(['a', 'b', 'c', 'd'])
    expect(synced.at(-1)).toBe('e')
    ends.get('a')?.(false)
    await vi.advanceTimersByTimeAsync(0)
    expect(synced.filter((id) => id === 'a')).toHaveLength(2)
    ends.get('e')?.(true)
    await vi.advanceTimersByTimeAsync(0)
    expect(synced.filter((id) => id === 'e')).toHaveLength(1)
  } finally {
    vi.useRealTimers()
  }
})
