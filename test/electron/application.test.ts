import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { HostOptions } from '../../src-main/console/host.ts'
import { startApplication, type Parts } from '../../src-main/electron/application.ts'
import { QUIT_PATIENCE } from '../../src-main/electron/quit.ts'
import { FRAME_CHANNEL } from '../../src-shared/channel/names.ts'
import { ProblemError } from '../../src-shared/problem.ts'
import { becomeReady, fakeApp, launchAnother, openLink } from '../fakes/electron/app.ts'
import { FakeBrowserWindow } from '../fakes/electron/window.ts'
import { resetElectron, world } from '../fakes/electron/world.ts'
import { recordingHost, type RecordingHost } from './host-double.ts'

let folder: string
let host: RecordingHost
let opened: HostOptions[]

beforeEach(() => {
  resetElectron()
  folder = mkdtempSync(join(tmpdir(), 'bulkhead-application-'))
  mkdirSync(join(folder, 'renderer'))
  writeFileSync(join(folder, 'renderer', 'index.html'), '<title>Bulkhead</title>')
  world.paths.set('userData', join(folder, 'user'))
  host = recordingHost()
  opened = []
})

afterEach(() => {
  resetElectron()
  vi.restoreAllMocks()
  rmSync(folder, { recursive: true, force: true })
})

function parts(given: Partial<Parts> = {}): Parts {
  return {
    options: { profile: null, sandbox: false, cloudUrl: null, passphrase: null, launch: null },
    openHost: async (options) => {
      opened.push(options)
      return host
    },
    renderer: join(folder, 'renderer'),
    preload: '/out/preload/preload.cjs',
    worker: '/out/main/compartment.js',
    devUrl: undefined,
    ...given,
  }
}

async function start(given?: Partial<Parts>): Promise<void> {
  const started = startApplication(parts(given))
  becomeReady()
  await started
}

function firstWindow(): FakeBrowserWindow {
  const [window] = FakeBrowserWindow.getAllWindows()
  return window ?? expect.unreachable('no window is open')
}

test('the sandbox and the scheme are set before the app is ready', () => {
  void startApplication(parts())
  expect(world).toMatchObject({ ready: false, sandboxed: true, privileged: [{ scheme: 'bulkhead' }] })
})

test('the window is sandboxed, isolated, in memory, and shown once it has something to show', async () => {
  await start()
  const window = firstWindow()
  expect(window.options.webPreferences).toMatchObject({
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webviewTag: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    devTools: false,
    preload: '/out/preload/preload.cjs',
  })
  expect(window.webContents.session.partition).not.toMatch(/^persist:/)
  expect(window.options.show).toBe(false)
  expect(window.isVisible()).toBe(true)
  expect(window.webContents.getURL()).toBe('bulkhead://app/')
  expect((await window.webContents.session.load('bulkhead://app/')).status).toBe(200)
})

test('the host gets the profile, the worker, the keychain and the settings', async () => {
  const profile = join(folder, 'elsewhere')
  await start({
    options: { profile, sandbox: true, cloudUrl: 'https://cloud.example', passphrase: null, launch: null },
  })
  expect(opened).toEqual([
    {
      profile,
      worker: '/out/main/compartment.js',
      sandbox: true,
      cloudUrl: 'https://cloud.example',
      sealing: { given: null, keychain: expect.any(Function) as unknown },
      presence: undefined,
      settings: expect.anything(),
    },
  ])
  expect(existsSync(join(profile, 'settings.json'))).toBe(true)
})

test('the page speaks with the host, through guards that hold', async () => {
  await start()
  const { webContents } = firstWindow()
  webContents.receive(webContents.mainFrame, FRAME_CHANNEL, 'page', 'hello')
  expect(host.channels[0]?.received).toEqual(['hello'])
  expect(webContents.navigate('https://evil.example/')).toBe(false)
  expect(webContents.openWindow('https://docs.example/')).toBe('deny')
  expect(webContents.session.ask('media', 'bulkhead://app/')).toBe(false)
})

test('the window opens where it was', async () => {
  await start()
  firstWindow().setBounds({ x: 300, y: 200, width: 1000, height: 700 })
  firstWindow().maximize()
  firstWindow().close()
  const settings: unknown = JSON.parse(readFileSync(join(folder, 'user', 'profile', 'settings.json'), 'utf8'))
  expect(settings).toMatchObject({ window: { x: 300, y: 200, width: 1000, height: 700, maximized: true } })

  resetElectron()
  world.paths.set('userData', join(folder, 'user'))
  await start()
  expect(firstWindow().options).toMatchObject({ x: 300, y: 200, width: 1000, height: 700 })
  expect(firstWindow().isMaximized()).toBe(true)
})

test('a place on a screen that is gone is not used', async () => {
  mkdirSync(join(folder, 'user', 'profile'), { recursive: true })
  const window = { x: 4000, y: 100, width: 1000, height: 700, maximized: false }
  const file = { version: 1, theme: 'auto', density: 'comfortable', window }
  writeFileSync(join(folder, 'user', 'profile', 'settings.json'), JSON.stringify(file))
  await start()
  expect(firstWindow().options.x).toBeUndefined()
})

test('a second instance quits, opens nothing and touches no profile', async () => {
  world.outside.takeLock = () => false
  await start()
  expect(world.exited).toBe(0)
  expect(opened).toEqual([])
  expect(FakeBrowserWindow.getAllWindows()).toEqual([])
})

test('a second instance brings the first window to the front', async () => {
  await start()
  firstWindow().minimize()
  launchAnother()
  expect(firstWindow().isMinimized()).toBe(false)
  expect(firstWindow().isFocused()).toBe(true)
})

test('a crashed page is loaded again, but not over and over', async () => {
  await start()
  const { webContents } = firstWindow()
  let loads = 0
  webContents.on('did-navigate', () => loads++)
  webContents.crash()
  webContents.crash()
  expect(loads).toBe(1)
})

test('each profile has its own lock', async () => {
  const profile = join(folder, 'elsewhere')
  await start({ options: { profile, sandbox: false, cloudUrl: null, passphrase: null, launch: null } })
  expect(fakeApp.getPath('userData')).toBe(join(profile, 'electron'))
})

test('quitting waits until the host has closed, once', async () => {
  const closing = Promise.withResolvers<void>()
  host = recordingHost(closing.promise)
  await start()
  fakeApp.quit()
  fakeApp.quit()
  await Promise.resolve()
  expect(world.exited).toBeNull()
  expect(host.closes).toBe(1)
  closing.resolve()
  await vi.waitFor(() => expect(world.exited).toBe(0))
  expect(host.closes).toBe(1)
})

test('a host that fails to close does not keep the app from quitting', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
  const failing = Promise.reject(new Error('disk'))
  failing.catch(() => undefined)
  host = recordingHost(failing)
  await start()
  fakeApp.quit()
  await vi.waitFor(() => expect(world.exited).toBe(0))
})

test('a host that never closes holds the quit back for a bounded time', async () => {
  host = recordingHost(new Promise(() => undefined))
  await start()
  vi.useFakeTimers()
  try {
    fakeApp.quit()
    await vi.advanceTimersByTimeAsync(QUIT_PATIENCE - 1)
    expect(world.exited).toBeNull()
    await vi.advanceTimersByTimeAsync(1)
    expect(world.exited).toBe(0)
  } finally {
    vi.useRealTimers()
  }
})

test('closing the last window quits, and the host is closed', async () => {
  await start()
  firstWindow().close()
  await vi.waitFor(() => expect(world.exited).toBe(0))
  expect(host.closes).toBe(1)
})

test('a host that cannot open is told in its own sentence, and the app ends with code 1', async () => {
  const problem = new ProblemError('profile-in-use', { pid: 4711 })
  await start({ openHost: () => Promise.reject(problem) })
  expect(world.errorBoxes).toEqual([{ title: 'Bulkhead cannot start', content: problem.message }])
  expect(world.exited).toBe(1)
})

test('a folder that cannot be made is told, and the app ends with code 1', async () => {
  writeFileSync(join(folder, 'user'), '')
  await start()
  expect(world.errorBoxes[0]?.content).toContain(join(folder, 'user'))
  expect(world.exited).toBe(1)
})

test('without a keychain the host is opened with a passphrase to come', async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  world.storageBackend = 'basic_text'
  await start()
  expect(opened[0]?.sealing.given).toBeNull()
  expect(await opened[0]?.sealing.keychain()).toMatchObject({ backend: 'safeStorage/basic_text', exposed: true })
})

test('the built app has no reload and no developer tools in its menu; the development server has', async () => {
  await start()
  expect(JSON.stringify(world.menu)).not.toMatch(/reload|toggleDevTools/i)
  resetElectron()
  world.paths.set('userData', join(folder, 'user'))
  await start({ devUrl: 'http://localhost:5173' })
  expect(JSON.stringify(world.menu)).toMatch(/toggleDevTools/)
  expect(firstWindow().webContents.getURL()).toBe('http://localhost:5173')
})

test('a packaged app does not follow a development server', async () => {
  fakeApp.isPackaged = true
  await start({ devUrl: 'http://localhost:5173' })
  expect(firstWindow().webContents.getURL()).toBe('bulkhead://app/')
})

test('a link, the tray or another start with --onboard begins a new client in the window that there is', async () => {
  const options = { profile: null, sandbox: false, cloudUrl: null, passphrase: null, launch: { name: 'First' } }
  const started = startApplication(parts({ options }))
  // macOS tells of it before the app is ready.
  const early = openLink('bulkhead://onboard?name=Early')
  expect(early.defaultPrevented).toBe(true)
  becomeReady()
  await started
  firstWindow().minimize()
  openLink('bulkhead://onboard?name=Late&country=DE')
  expect(firstWindow().isMinimized()).toBe(false)
  openLink('bulkhead://app/index.html')
  launchAnother(['bulkhead', '--allow-file-access', 'bulkhead://onboard?name=Second'])
  launchAnother(['bulkhead', '--onboard'])
  launchAnother(['bulkhead'])
  const [tray] = world.trays
  expect(tray).toMatchObject({ toolTip: 'Bulkhead', icon: { scaleFactor: 2, template: process.platform === 'darwin' } })
  const menu = tray?.menu as { label?: string; role?: string; click?: () => void }[]
  expect(menu.map(({ label, role }) => label ?? role)).toEqual(['Open Bulkhead', 'New client', undefined, 'quit'])
  firstWindow().minimize()
  menu[1]?.click?.()
  expect(firstWindow().isFocused()).toBe(true)
  expect(FakeBrowserWindow.getAllWindows()).toHaveLength(1)
  expect(host.launches).toEqual([
    ...[{ name: 'First' }, { name: 'Early' }, { name: 'Late', country: 'DE' }, { name: 'Second' }],
    ...[{}, {}],
  ])
})

test('only a packaged app answers for links', async () => {
  await start()
  expect(world.protocolClients).toEqual([])
  resetElectron()
  world.paths.set('userData', join(folder, 'user'))
  fakeApp.isPackaged = true
  await start()
  expect(world.protocolClients).toEqual(['bulkhead'])
})
