import { existsSync } from 'node:fs'
import { isAbsolute } from 'node:path'
import type Electron from 'electron'
import { ModelledEvents, strict } from './strict.ts'
import { needNotReady, onReset, world } from './world.ts'

type Modelled = Pick<
  Electron.App,
  | 'isPackaged'
  | 'enableSandbox'
  | 'exit'
  | 'getPath'
  | 'isReady'
  | 'quit'
  | 'requestSingleInstanceLock'
  | 'setAsDefaultProtocolClient'
  | 'setPath'
  | 'whenReady'
>

/** Windows of the app, and how each is asked to close; filled by the fake of BrowserWindow. */
export const openWindows: { close(): void; destroy(): void }[] = []

/** `app`, as https://www.electronjs.org/docs/latest/api/app says that it behaves. */
class FakeApp extends ModelledEvents implements Modelled {
  isPackaged = false
  becomesReady = Promise.withResolvers<void>()

  constructor() {
    super([
      'activate',
      'before-quit',
      'open-url',
      'quit',
      'ready',
      'second-instance',
      'web-contents-created',
      'will-quit',
      'window-all-closed',
    ])
  }

  /** "This method can only be called before app is ready." */
  enableSandbox(): void {
    needNotReady('app.enableSandbox()')
    world.sandboxed = true
  }

  isReady(): boolean {
    return world.ready
  }

  whenReady(): Promise<void> {
    return this.becomesReady.promise
  }

  getPath(name: Parameters<Electron.App['getPath']>[0]): string {
    const path = world.paths.get(name)
    if (path === undefined) throw new Error(`Failed to get '${name}' path`)
    return path
  }

  /**
   * "If the path specifies a directory that does not exist, an Error is thrown." And of userData: "you have to override
   * the userData path before the ready event".
   */
  setPath(name: string, path: string): void {
    if (name === 'userData') needNotReady("app.setPath('userData')")
    if (!isAbsolute(path)) throw new Error('Path must be absolute')
    if (!existsSync(path)) throw new Error(`Failed to set path: ${path} does not exist`)
    world.paths.set(name, path)
  }

  /** The lock lies in userData, as Chromium's does. */
  requestSingleInstanceLock(): boolean {
    world.lockHeld ||= world.outside.takeLock(this.getPath('userData'))
    return world.lockHeld
  }

  /** "Whether the call succeeded." The protocol is named "without ://". */
  setAsDefaultProtocolClient(protocol: string): boolean {
    if (protocol.includes(':')) throw new Error('A protocol is named without ://')
    world.protocolClients.push(protocol)
    return true
  }

  /** before-quit, then the windows are closed, then will-quit and quit; each of the first three can hold it back. */
  quit(): void {
    if (world.quitting || world.exited !== null) return
    if (!this.asks('before-quit')) return
    world.quitting = true
    for (const window of [...openWindows]) window.close()
    if (openWindows.length > 0 || !this.asks('will-quit')) {
      world.quitting = false
      return
    }
    this.end(0)
  }

  /** "All windows will be closed immediately without asking the user, and the before-quit and will-quit events will not be emitted." */
  exit(code = 0): void {
    world.quitting = true
    for (const window of [...openWindows]) window.destroy()
    this.end(code)
  }

  asks(event: string): boolean {
    const asked = preventable()
    this.emit(event, asked)
    return !asked.defaultPrevented
  }

  end(code: number): void {
    world.exited = code
    this.emit('quit', preventable(), code)
    world.outside.end(code)
  }
}

export const fakeApp = strict('app', new FakeApp())

onReset(() => {
  fakeApp.removeAllListeners()
  fakeApp.becomesReady = Promise.withResolvers()
  fakeApp.isPackaged = false
  for (const window of [...openWindows]) window.destroy()
  openWindows.length = 0
})

/** Lets the app become ready, as the run loop does some time after the entry module was evaluated. */
export function becomeReady(): void {
  world.ready = true
  fakeApp.emit('ready', preventable(), {})
  fakeApp.becomesReady.resolve()
}

/** Another process asks for the lock that this one holds. */
export function launchAnother(argv: string[] = []): void {
  if (world.lockHeld) fakeApp.emit('second-instance', preventable(), argv, '/', null)
}

/** The system opens a link to the app, as macOS does: "emitted when the user wants to open a URL with the application". */
export function openLink(url: string): Electron.Event {
  const event = preventable()
  fakeApp.emit('open-url', event, url)
  return event
}

/** An event whose default can be prevented, as Electron gives to its listeners. */
export function preventable<T extends object>(details?: T): Electron.Event<T> {
  let defaultPrevented = false
  return Object.defineProperties({ ...details } as Electron.Event<T>, {
    preventDefault: { value: () => (defaultPrevented = true) },
    defaultPrevented: { get: () => defaultPrevented },
  })
}
