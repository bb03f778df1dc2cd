import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { keepFiles, leftBehind, removeFiles } from '../../src-main/console/departed.ts'
import { Keyring } from '../../src-main/console/keyring.ts'
import { openRegistry } from '../../src-main/console/open-registry.ts'
import { sealWithKey } from '../../src-main/console/sealing.ts'
import { TechnicianSession } from '../../src-main/console/technician-session.ts'
import { Workspace } from '../../src-main/console/workspace.ts'
import { push, withCloud, type TestCloud } from '../support/cloud.ts'
import { sampleClient, sampleOrganisation, uuid } from '../support/sample.ts'

const WORKER = join(import.meta.dirname, '../support/crashing-worker.ts')
const [ACME, ZEPHYR] = [uuid('tenant', 'Acme'), uuid('tenant', 'Zephyr')]
const TICKET = uuid('Acme', 'ticket', 1)
const here = Symbol('this window')
let cloud: TestCloud
let profile: string
let workspace: Workspace
const told = vi.fn<(ids: string[]) => void>()

/** @param minute milliseconds between two slow looks */
async function openWorkspace(minute: number): Promise<Workspace> {
  profile = mkdtempSync(join(tmpdir(), 'bulkhead-workspace-'))
  const keyring = Keyring.create(profile, sealWithKey('test', new Uint8Array(32)))
  const session = new TechnicianSession(cloud.url, keyring)
  const { organisation, technician } = await session.signIn('robin@alpha.example', 'secret of Alpha')
  const registry = await openRegistry(profile, keyring)
  const owner = { cloudUrl: cloud.url, sandbox: false, organisation, technician }
  const parts = { profile, worker: WORKER, keyring, registry, session, owner, onStatus: () => undefined }
  const opened = new Workspace({ ...parts, onClients: told, minute })
  opened.connect()
  return opened
}

beforeEach(async () => {
  told.mockReset()
  cloud = await withCloud([sampleOrganisation('Alpha', [sampleClient('Acme', 5), sampleClient('Zephyr', 5)])])
  workspace = await openWorkspace(200)
  await vi.waitFor(() => expect(workspace.clients().filter(({ known }) => known)).toHaveLength(2))
})
afterEach(async () => {
  await workspace.close()
  await cloud.close()
  rmSync(profile, { recursive: true, force: true })
})

const ids = (): string[] => workspace.clients().map(({ id }) => id)
/** Whether the technician works for a client. */
const works = (tenant: string, yes: boolean) =>
  cloud.owner`update tenant_technician set deleted = ${!yes} where tenant_id = ${tenant}`
function call(scope: string, type: 'query' | 'mutation', path: string, input?: unknown): Promise<string> {
  return new Promise((resolve) => {
    const payload = input === undefined ? '' : JSON.stringify(input)
    workspace.supervisor.call(scope, here, type, path, payload, (op, answer) => resolve(`${op} ${answer}`))
  })
}

test('a client that is added, renamed or taken away in the cloud is told at once, without the slow look', async () => {
  await workspace.close()
  rmSync(profile, { recursive: true, force: true })
  workspace = await openWorkspace(3_600_000)
  await vi.waitFor(() => expect(ids()).toHaveLength(2))
  const [organisation, dana] = [cloud.data[0]!.organisation.id, cloud.data[0]!.technicians[0]!]
  const added = uuid('tenant', 'Added')
  await cloud.owner.begin(async (tx) => {
    await tx`insert into tenant (id, organisation_id, name, short_name, domains, aliases, industry, colour, time_zone)
      values (${added}, ${organisation}, 'Added', 'Added', '{}', '{}', 'Testing', '#1971c2', 'Europe/Berlin')`
    await tx`select bulkhead.use_tenant(${added})`
    await tx`insert into tenant_feed (tenant_id, organisation_id) values (${added}, ${organisation})`
    await tx`insert into tenant_technician (tenant_id, organisation_id, id, data)
      values (${added}, ${organisation}, ${dana.id}, ${JSON.stringify({ id: dana.id, name: dana.name, email: dana.email })}::text::json)`
    await tx`select bulkhead.publish()`
  })
  await vi.waitFor(() => expect(ids()).toContain(added))
  await cloud.owner`update tenant set name = 'Renamed' where id = ${added}`
  await vi.waitFor(() => expect(workspace.clients().map(({ name }) => name)).toContain('Renamed'))
  await works(ACME, false)
  await vi.waitFor(() => expect(ids()).not.toContain(ACME))
})

test('a client that is taken away leaves while the console runs, in order; given back, it comes again', async () => {
  await workspace.openClient('scope', ACME, here)
  await works(ACME, false)
  await vi.waitFor(() => expect(ids()).toEqual([ZEPHYR]))
  expect(workspace.changeOf([ACME])).toEqual({ changed: [], gone: [ACME] })
  expect(told).toHaveBeenCalledWith([ACME])
  expect(await call('scope', 'query', 'sync.state')).toContain('scope-closed')
  await workspace.supervisor.hibernate(ACME)
  expect(workspace.supervisor.isAwake(ACME)).toBe(false)
  // Its files stay, closed: no log is left beside them.
  const file = (name: string): boolean => existsSync(join(profile, 'tenants', ACME, name))
  expect([file('ledger.db'), file('ledger.db-wal')]).toEqual([true, false])
  await works(ACME, true)
  await vi.waitFor(() => expect(workspace.clients().find(({ id }) => id === ACME)?.known).toBe(true))
})

test('a client that is taken away with unsent edits stays on view and says so; they go out when it is given back', async () => {
  await workspace.openClient('scope', ACME, here)
  await call('scope', 'mutation', 'sync.pause', { paused: true })
  await call('scope', 'mutation', 'tickets.edit', { id: TICKET, patch: { subject: 'Not sent yet' } })
  const acme = () => workspace.clients().find(({ id }) => id === ACME)?.sync
  await vi.waitFor(() => expect(acme()?.pending).toBe(1))
  await vi.waitFor(() => expect(told).toHaveBeenCalled())
  await works(ACME, false)
  await vi.waitFor(() =>
    expect(acme()).toMatchObject({ phase: 'stopped', pending: 1, problem: { code: 'client-left' } }),
  )
  // It can still be read.
  await workspace.openClient('scope-2', ACME, here)
  expect(await call('scope-2', 'query', 'tickets.get', { id: TICKET })).toContain('Not sent yet')
  await works(ACME, true)
  await vi.waitFor(() => expect(acme()?.problem?.code).not.toBe('client-left'))
  await call('scope-2', 'mutation', 'sync.pause', { paused: false })
  await vi.waitFor(async () => {
    const [row] = await cloud.owner<
      { subject: string }[]
    >`select data ->> 'subject' as subject from ticket where id = ${TICKET}`
    expect(row?.subject).toBe('Not sent yet')
  })
})

test('whoever left is told with what is still here: kept, it is asked no more; removed, neither files nor key are left', async () => {
  for (const id of [ACME, ZEPHYR]) await workspace.openClient(`scope of ${id}`, id, here)
  // One edit that could not be saved, and that nobody decided about.
  await call(`scope of ${ACME}`, 'mutation', 'sync.pause', { paused: true })
  await call(`scope of ${ACME}`, 'mutation', 'tickets.edit', { id: TICKET, patch: { subject: 'Ours' } })
  const theirs = { kind: 'ticket.update' as const, ticketId: TICKET, base: { subject: 'Acme ticket 1' } }
  await push(cloud.url, await cloud.tenantToken(0), crypto.randomUUID(), 1, [
    { ...theirs, patch: { subject: 'Theirs' } },
  ])
  await call(`scope of ${ACME}`, 'mutation', 'sync.pause', { paused: false })
  const acme = () => workspace.clients().find(({ id }) => id === ACME)?.sync
  await vi.waitFor(() => expect(acme()).toMatchObject({ pending: 0, failed: 1 }))
  await works(ACME, false)
  await works(ZEPHYR, false)
  await vi.waitFor(() => expect(ids()).toEqual([]))
  const found = () => leftBehind(workspace.departed)
  expect(
    found()
      .map(({ name }) => name)
      .sort(),
  ).toEqual(['Acme', 'Zephyr'])
  expect(Object.fromEntries(found().map(({ name, undecided }) => [name, undecided]))).toEqual({ Acme: 1, Zephyr: 0 })
  expect(found()[0]?.sentence).toMatch(
    / is not in your list any more, and its files are still on this machine \(.* encrypted\)\. Keep them/,
  )
  const { keyring } = workspace.departed
  expect(keyring.has(ACME)).toBe(true)
  await removeFiles(workspace.departed, ACME)
  expect([keyring.has(ACME), existsSync(join(profile, 'tenants', ACME))]).toEqual([false, false])
  keepFiles(workspace.departed, ZEPHYR)
  expect(found()).toEqual([])
  expect([keyring.has(ZEPHYR), existsSync(join(profile, 'tenants', ZEPHYR))]).toEqual([true, true])
  await expect(removeFiles(workspace.departed, ZEPHYR)).rejects.toThrow('does not exist')
  // Given back, both come again; who works here cannot be removed.
  for (const id of [ACME, ZEPHYR]) await works(id, true)
  await vi.waitFor(() => expect(workspace.clients().filter(({ known }) => known)).toHaveLength(2))
  // One that left, was not decided about and came back is forgotten: it is told anew, and only where it leaves again.
  await workspace.openClient('scope of the return', ACME, here)
  await works(ACME, false)
  await vi.waitFor(() => expect(found()).toMatchObject([{ id: ACME }]))
  await works(ACME, true)
  await vi.waitFor(() => expect(ids()).toContain(ACME))
  expect(workspace.departed.departed.all()).toEqual([])
  await expect(removeFiles(workspace.departed, ACME)).rejects.toThrow('does not exist')
})
