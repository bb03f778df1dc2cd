import { mkdirSync } from 'node:fs'
import { app, BrowserWindow, dialog, powerMonitor, session, type Session } from 'electron'
import { launchOfArguments, launchOfLink, type NewClientLaunch } from '../../src-shared/onboarding/launch.ts'
import { problemOf, ProblemError } from '../../src-shared/problem.ts'
import type { Host, HostOptions } from '../console/host.ts'
import { readWindowFiles } from '../window-files/window-files.ts'
import { connectWindow } from './channel.ts'
import { guardContents, guardSession } from './guards.ts'
import { setMenu } from './menu.ts'
import { foldersOf, type LaunchOptions } from './options.ts'
import { APP_ORIGIN, pageSource, SCHEME, type PageSource } from './origin.ts'
import { registerScheme, serveWindow } from './protocol.ts'
import { closeBeforeQuit } from './quit.ts'
import { findPresence, findSealing } from './sealing.ts'
import { openSettings } from './settings.ts'
import { followSystemNetwork } from '../console/network.ts'
import { refuseDebugger } from '../console/no-debugger.ts'
import type { ProfileSettings } from '../console/settings-file.ts'
import { setTray } from './tray.ts'
import { createWindow, focusWindow, reloadAfterCrash } from './window.ts'

/** What the application is made of; a test gives its own. */
export interface Parts {
  options: LaunchOptions
  openHost: (options: HostOptions) => Promise<Host>
  /** Built files: the window's folder, the preload, and the compartment worker. */
  renderer: string
  preload: string
  worker: string
  /** `ELECTRON_RENDERER_URL` of electron-vite's development server. */
  devUrl: string | undefined
}

/**
 * Runs the console in Electron. What has to come before the app is ready happens before this first waits.
 * @returns when the window is loading, or the app is on its way out; never rejects
 */
export async function startApplication(parts: Parts): Promise<void> {
  try {
    const folders = foldersOf(parts.options, app.getPath('userData'))
    claimFolder(folders.chromium)
    if (!app.requestSingleInstanceLock()) {
      app.quit()
      return
    }
    app.enableSandbox()
    registerScheme()
    await run(parts, folders.profile, gatherLinks())
  } catch (error) {
    dialog.showErrorBox('Bulkhead cannot start', problemOf(error).message)
    app.exit(1)
  }
}

/** The folder of Chromium's own files; it has to exist before it is named. */
function claimFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  } catch (cause) {
    const reason = (cause as { code?: string }).code ?? 'unknown reason'
    throw new ProblemError('profile-unreadable', { file: folder, reason }, { cause })
  }
  app.setPath('userData', folder)
}

/**
 * Links to the app, from the start: macOS tells of one as soon as the app is launched for it, before it is ready.
 * @returns says where they go; those that came earlier go there at once
 */
function gatherLinks(): (take: (launch: NewClientLaunch) => void) => void {
  let taken: ((launch: NewClientLaunch) => void) | null = null
  const early: NewClientLaunch[] = []
  app.on('open-url', (event, url) => {
    event.preventDefault()
    const launch = launchOfLink(url)
    if (launch === null) return
    if (taken) taken(launch)
    else early.push(launch)
  })
  return (take) => {
    taken = take
    for (const launch of early) take(launch)
  }
}

async function run(parts: Parts, profile: string, links: ReturnType<typeof gatherLinks>): Promise<void> {
  const source = pageSource(app.isPackaged, parts.devUrl)
  app.on('web-contents-created', (_event, contents) => guardContents(contents, source.origin))
  await app.whenReady()

  const windowSession = openSession(parts.renderer, source)
  refuseDebugger()
  followSystemNetwork()
  const settings = openSettings(profile)
  const { source: sealing, refused } = await findSealing(process.platform, parts.options.passphrase)
  if (refused) console.warn(refused.message)
  const { sandbox, cloudUrl } = parts.options
  const presence = findPresence(process.platform) ?? undefined
  const host = await parts.openHost({ profile, sealing, presence, settings, worker: parts.worker, sandbox, cloudUrl })
  closeBeforeQuit(host)
  // The person went away: the system says so sooner than a time without a key press.
  powerMonitor.on('lock-screen', () => host.away())
  powerMonitor.on('suspend', () => host.away())

  setMenu(process.platform, source.origin !== APP_ORIGIN)
  const open = () => openWindow(parts.preload, host, settings, windowSession, source)
  function bringUp(): void {
    const [first] = BrowserWindow.getAllWindows()
    if (first) focusWindow(first)
    else open()
  }
  const newClient = (launch: NewClientLaunch): void => {
    host.launch(launch)
    bringUp()
  }
  app.on('second-instance', (_event, args) => {
    const launch = launchOfArguments(args)
    if (launch) newClient(launch)
    else bringUp()
  })
  app.on('activate', bringUp)
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit()
  })
  if (parts.options.launch) host.launch(parts.options.launch)
  open()
  links(newClient)
  setTray(process.platform, { open: bringUp, newClient: () => newClient({}) })
  // Elsewhere than in a package the program is Electron itself, which must not answer for links to this app.
  if (app.isPackaged) app.setAsDefaultProtocolClient(SCHEME)
}

/** The session of every window. Without `persist:` it lives in memory: no page, cache or storage of it reaches the disk. */
function openSession(renderer: string, source: PageSource): Session {
  const windowSession = session.fromPartition('console')
  guardSession(windowSession, source.origin)
  if (source.origin === APP_ORIGIN) serveWindow(windowSession, readWindowFiles(renderer))
  return windowSession
}

function openWindow(
  preload: string,
  host: Host,
  settings: ProfileSettings,
  windowSession: Session,
  source: PageSource,
): void {
  const window = createWindow({ session: windowSession, preload, settings, development: source.origin !== APP_ORIGIN })
  connectWindow(window.webContents, host, source.origin)
  // A page that fails to load is shown as such by the window itself.
  const load = () => void window.loadURL(source.url).catch(() => undefined)
  reloadAfterCrash(window, load)
  load()
}
