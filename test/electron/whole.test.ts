import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openHost } from '../../src-main/console/open.ts'
import { startApplication } from '../../src-main/electron/application.ts'
import type { Bridge } from '../../src-shared/channel/bridge.ts'
import { decodeReply, encodeFrame } from '../../src-shared/channel/frame.ts'
import { becomeReady, fakeApp } from '../fakes/electron/app.ts'
import { fakeIpcRenderer, mainWorld } from '../fakes/electron/ipc.ts'
import { FakeBrowserWindow } from '../fakes/electron/window.ts'
import { resetElectron, world } from '../fakes/electron/world.ts'

let folder: string

beforeEach(() => {
  resetElectron()
  folder = mkdtempSync(join(tmpdir(), 'bulkhead-whole-'))
  mkdirSync(join(folder, 'renderer'))
  writeFileSync(join(folder, 'renderer', 'index.html'), '<title>Bulkhead</title>')
  world.paths.set('userData', join(folder, 'user'))
})

afterEach(() => {
  resetElectron()
  rmSync(folder, { recursive: true, force: true })
})

/** One question through everything: the page's bridge, the preload, IPC, main, the console, and back. */
async function ask(bridge: Bridge, id: number, path: string): Promise<unknown> {
  return new Promise((resolve) => {
    bridge.onFrame((frame) => {
      const reply = decodeReply(frame)
      if (reply?.header.id === id) resolve(JSON.parse(reply.payload))
    })
    bridge.send(encodeFrame({ op: 'call', id, to: 'console', type: 'query', path }))
  })
}

test('a page asks the real console through its bridge, and quitting leaves the profile free for the next start', async () => {
  const options = { profile: join(folder, 'profile'), sandbox: false, cloudUrl: null, passphrase: null }
  const worker = join(import.meta.dirname, '../../src-main/compartment/worker.ts')
  const started = startApplication({
    options,
    openHost,
    renderer: join(folder, 'renderer'),
    preload: '/preload.cjs',
    worker,
    devUrl: undefined,
  })
  becomeReady()
  await started
  expect(world.errorBoxes).toEqual([])

  const [window] = FakeBrowserWindow.getAllWindows()
  const contents = window?.webContents ?? expect.unreachable('no window is open')
  fakeIpcRenderer.toMain = (channel, ...args) => contents.receive(contents.mainFrame, channel, ...args)
  await import('../../src-preload/preload.ts')
  const bridge = mainWorld['bulkhead'] as Bridge

  expect(await ask(bridge, 1, 'session.status')).toMatchObject({ state: 'welcome', sealing: 'keychain' })
  expect(await ask(bridge, 2, 'settings.get')).toEqual({ theme: 'auto', density: 'compact' })
  expect(await ask(bridge, 3, 'no.such')).toMatchObject({ code: 'not-found' })

  fakeApp.quit()
  await vi.waitFor(() => expect(world.exited).toBe(0), { timeout: 20_000 })
  const next = await openHost({
    profile: options.profile,
    sealing: { kind: 'passphrase', given: null },
    settings: { read: () => ({ theme: 'auto', density: 'compact' }), change: () => expect.unreachable() },
    worker,
    sandbox: false,
    cloudUrl: null,
  })
  await next.close()
})
