import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { vi, expect } from 'vitest'
import type { SyncState } from '../../src-shared/domain/views.ts'
import { HostWindow } from '../console/host-window.ts'
import { withCloud } from '../support/cloud.ts'
import { sampleClient, sampleOrganisation, uuid } from '../support/sample.ts'

export const [ACME, ZEPHYR] = [uuid('tenant', 'Acme'), uuid('tenant', 'Zephyr')]
export const PHRASE = 'seven wild geese'
export const SIGN_IN = { email: 'robin@alpha.example', password: 'secret of Alpha' }

/** A console over two clients, sealed with a passphrase. */
export interface Profile {
  url: string
  /** Opens it: at the welcome page the first time, locked from then on. */
  open(): Promise<HostWindow>
  /** Connects a window of a new profile, and waits until both clients are loaded. */
  connect(window: HostWindow): Promise<void>
  close(): Promise<void>
}

export async function withProfile(): Promise<Profile> {
  const cloud = await withCloud([sampleOrganisation('Alpha', [sampleClient('Acme', 5), sampleClient('Zephyr', 5)])])
  const folder = mkdtempSync(join(tmpdir(), 'bulkhead-attack-'))
  let running: HostWindow | null = null
  return {
    url: cloud.url,
    async open() {
      await running?.close()
      running = await HostWindow.open({ profile: join(folder, 'profile'), keychain: null })
      return running
    },
    async connect(window) {
      await window.do('session.connect', { url: cloud.url, ...SIGN_IN, passphrase: PHRASE })
      for (const id of [ACME, ZEPHYR]) await vi.waitFor(() => loaded(window, id))
    },
    async close() {
      await running?.close()
      await cloud.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function loaded(window: HostWindow, id: string): Promise<void> {
  const state = await window.call<SyncState>('query', 'sync.state', undefined, await window.client(id))
  expect(state.lastSuccessAt).not.toBeNull()
}
