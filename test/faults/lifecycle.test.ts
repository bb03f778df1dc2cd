import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { clientDiagnostics } from '../../src-main/console/client-diagnostics.ts'
import { Supervisor } from '../../src-main/supervisor/supervisor.ts'
import type { Problem } from '../../src-shared/problem.ts'

const WORKER = join(import.meta.dirname, '../support/crashing-worker.ts')
const [A, B] = ['aaaaaaaa', 'bbbbbbbb'] as const
const here = Symbol('this window')

let folder: string
let supervisor: Supervisor
const told: [string, string][] = []
const opened: string[] = []
let scopes = 0

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bulkhead-lifecycle-'))
  told.length = 0
  opened.length = 0
  supervisor = new Supervisor({
    worker: WORKER,
    folder,
    rootKey: async (tenantId) => new Uint8Array(32).fill(tenantId.charCodeAt(0)),
    token: () => Promise.reject(new Error('offline')),
    assignment: () => ({
      cloudUrl: 'http://127.0.0.1:9',
      technician: { id: '00000000-0000-4000-8000-0000000000aa', name: 'Robin Vale', email: 'robin@example.com' },
      online: false,
    }),
    rollup: () => undefined,
    syncState: () => undefined,
    crashed: (tenantId, { code }) => told.push([tenantId, code]),
    opened: (tenantId) => opened.push(tenantId),
    closeDeadline: 1000,
    // Seven of them are enough for a heap to come to its limit, on a busy machine too.
    beat: 1000,
  })
})
afterEach(async () => {
  await supervisor.close()
  rmSync(folder, { recursive: true, force: true })
})

async function open(tenantId: string): Promise<string> {
  const scope = `scope-${++scopes}`
  await supervisor.open(scope, tenantId, here)
  return scope
}
function ask(scope: string, path = 'sync.state', input: unknown = null): Promise<{ op: string; value: unknown }> {
  return new Promise((resolve) =>
    supervisor.call(scope, here, 'query', path, input === null ? '' : JSON.stringify(input), (op, payload) =>
      resolve({ op, value: payload === '' ? null : JSON.parse(payload) }),
    ),
  )
}

test('a busy loop is told as unresponsive, the other client answers meanwhile, and the next call finds it restarted', async () => {
  const [a, b] = [await open(A), await open(B)]
  const order: string[] = []
  const hanging = ask(a, 'hang').then((answer) => (order.push('hanging'), answer))
  for (let i = 0; i < 20; i++) expect((await ask(b)).op).toBe('data')
  order.push('neighbour')
  expect(await hanging).toMatchObject({ op: 'error', value: { code: 'compartment-unresponsive', retry: true } })
  expect(order).toEqual(['neighbour', 'hanging'])
  expect((await ask(a)).op).toBe('data')
  expect(told).toEqual([[A, 'compartment-unresponsive']])
  expect(opened).toEqual([A, B, A])
})

test('a compartment at its heap limit ends alone, is told as such and starts again', async () => {
  const [a, b] = [await open(A), await open(B)]
  expect((await ask(a, 'hoard')).value).toMatchObject({ code: 'compartment-out-of-memory', retry: true })
  expect((await ask(b)).op).toBe('data')
  expect((await ask(a)).op).toBe('data')
  expect(told).toEqual([[A, 'compartment-out-of-memory']])
})

test('a query that never ends holds its files alone, and does not keep the process from ending', async () => {
  const host = spawn(process.execPath, [join(import.meta.dirname, 'lifecycle-host.ts'), WORKER, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(host, 'exit')
  const lines = (await text(host.stdout)).trim().split('\n')
  await ended
  expect(lines).toEqual(['compartment-unresponsive', 'compartment-stuck', 'compartment-unresponsive compartment-stuck'])
})

test('diagnostics of a client that was stopped tell how it failed, and nothing that is in it', async () => {
  const scope = await open(A)
  for (let crash = 1; crash <= 4; crash++) expect((await ask(scope, 'crash')).op).toBe('error')
  expect((await ask(scope)).value).toMatchObject({ code: 'compartment-stopped' })
  expect(told.at(-1)).toEqual([A, 'compartment-stopped'])
  const client = join(folder, A)
  writeFileSync(join(client, 'Wombat Ltd invoice.txt'), 'Wombat')
  const problem = { code: 'compartment-stopped', message: 'Wombat', retry: false } satisfies Problem
  const sync = { phase: 'stopped', lastSuccessAt: null, pending: 2, failed: 0, progress: null, problem } as const
  const bundle = await clientDiagnostics({ folder: client, sync, awake: false, failures: supervisor.failures(A) })
  expect(bundle).toContain('problem: compartment-stopped')
  expect(bundle).toContain('failures: 4')
  expect(bundle.match(/crash, code none, stack [0-9a-f]{12}/g)).toHaveLength(4)
  expect(bundle).toMatch(/ledger\.db bytes: \d+/)
  for (const secret of ['Wombat', 'a bug', A, folder]) expect(bundle).not.toContain(secret)
  expect((await ask(await open(A))).op).toBe('data')
})

test('files of another client are refused as such and no byte of them changes', async () => {
  await open(A)
  await open(B)
  await Promise.all([supervisor.hibernate(A), supervisor.hibernate(B)])
  const foreign = readFileSync(join(folder, B, 'ledger.db'))
  writeFileSync(join(folder, A, 'ledger.db'), foreign)
  await expect(open(A)).rejects.toMatchObject({
    problem: { code: expect.stringMatching(/^(key-wrong|file-damaged)$/) },
  })
  expect(readFileSync(join(folder, A, 'ledger.db')).equals(foreign)).toBe(true)
  await vi.waitFor(() => expect(told.map(([tenant]) => tenant)).toEqual([A]))
  expect((await ask(await open(B))).op).toBe('data')
  expect(statSync(join(folder, A, 'cache.db')).size).toBeGreaterThan(0)
})

test('a folder in the place of the ledger stops that client only', async () => {
  mkdirSync(join(folder, A, 'ledger.db'), { recursive: true })
  await expect(open(A)).rejects.toMatchObject({ problem: { retry: expect.any(Boolean) } })
  expect(told).toHaveLength(1)
  expect((await ask(await open(B))).op).toBe('data')
})
