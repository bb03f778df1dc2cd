import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, vi } from 'vitest'
import type { ClientSummary, Draft, SyncState, TicketDetail } from '../../src-shared/domain/views.ts'
import { withCloud, type TestCloud } from '../support/cloud.ts'
import { sampleClient, sampleOrganisation, uuid } from '../support/sample.ts'
import { HostWindow, MachineKeychain, type Machine } from './host-window.ts'

export const [ACME, ZEPHYR] = [uuid('tenant', 'Acme'), uuid('tenant', 'Zephyr')]
export const TICKET = uuid('Acme', 'ticket', 1)
export const PHRASE = 'seven wild geese'

/** A machine with a keychain, a profile on it, and a cloud of two clients: anew for each test of a file. */
export interface KeyStage {
  readonly cloud: TestCloud
  readonly keychain: MachineKeychain
  /** Of the machine. */
  readonly folder: string
  profile(): string
  keyringText(): string
  /** Folders in which something was set aside. */
  setAside(): string[]
  start(machine?: Partial<Machine>): Promise<HostWindow>
  stop(window: HostWindow): Promise<void>
  connect(window: HostWindow, more?: object): Promise<unknown>
  /** A connected console with both clients loaded, an edit of Acme that was not sent, and a half-typed note. */
  atWork(machine?: Partial<Machine>, more?: object): Promise<HostWindow>
}

/** Sets the stage before each test, and takes it down after it. */
export function keyStage(): KeyStage {
  let cloud: TestCloud
  let folder: string
  let keychain: MachineKeychain
  const open: HostWindow[] = []

  beforeEach(async () => {
    cloud = await withCloud([sampleOrganisation('Alpha', [sampleClient('Acme', 5), sampleClient('Zephyr', 5)])])
    folder = mkdtempSync(join(tmpdir(), 'bulkhead-keys-'))
    keychain = new MachineKeychain()
  })
  afterEach(async () => {
    for (const window of open.splice(0)) await window.close()
    await cloud.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const profile = (): string => join(folder, 'profile')
  const start = async (machine: Partial<Machine> = {}): Promise<HostWindow> => {
    const window = await HostWindow.open({ profile: profile(), keychain, ...machine })
    open.push(window)
    return window
  }
  const connect = (window: HostWindow, more: object = {}): Promise<unknown> => {
    const account = { url: cloud.url, email: 'robin@alpha.example', password: 'secret of Alpha' }
    return window.do('session.connect', { ...account, ...more })
  }
  return {
    get cloud() {
      return cloud
    },
    get keychain() {
      return keychain
    },
    get folder() {
      return folder
    },
    profile,
    keyringText: () => readFileSync(join(profile(), 'keyring.json'), 'utf8'),
    setAside: () => readdirSync(profile()).filter((name) => name.startsWith('set-aside-')),
    start,
    async stop(window) {
      open.splice(open.indexOf(window), 1)
      await window.close()
    },
    connect,
    async atWork(machine = {}, more = {}) {
      const window = await start(machine)
      await connect(window, more)
      await workOn(window)
      return window
    },
  }
}

async function workOn(window: HostWindow): Promise<void> {
  await vi.waitFor(async () => {
    const clients = await window.call<ClientSummary[]>('query', 'clients.list').catch(() => [])
    void clients
    for (const id of [ACME, ZEPHYR]) {
      const state = await window.call<SyncState>('query', 'sync.state', undefined, await window.client(id))
      expect(state.lastSuccessAt).not.toBeNull()
    }
  })
  const scope = await window.client(ACME)
  await window.call('mutation', 'sync.pause', { paused: true }, scope)
  await window.call('mutation', 'tickets.edit', { id: TICKET, patch: { subject: 'Not sent yet' } }, scope)
  await window.call('mutation', 'tickets.saveDraft', { ticketId: TICKET, kind: 'note', body: 'Half a thou' }, scope)
}

/** The unsent edit and the half-typed note are there, and the clients open. */
export async function expectWork(window: HostWindow): Promise<void> {
  const scope = await window.client(ACME)
  const ticket = await window.call<TicketDetail>('query', 'tickets.get', { id: TICKET }, scope)
  expect(ticket.ticket.subject).toBe('Not sent yet')
  expect(await window.call<SyncState>('query', 'sync.state', undefined, scope)).toMatchObject({ pending: 1 })
  const drafts = await window.call<Draft[]>('query', 'tickets.drafts', { ticketId: TICKET }, scope)
  expect(drafts).toMatchObject([{ kind: 'note', body: 'Half a thou' }])
  await window.client(ZEPHYR)
}
