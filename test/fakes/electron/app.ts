import { EventEmitter } from 'node:events'
import { existsSync } from 'node:fs'
import { isAbsolute } from 'node:path'
import type Electron from 'electron'
import { strict } from './strict.ts'
import { needNotReady, onReset, world } from './world.ts'

type Modelled = Pick<
  Electron.App,
  | 'isPackaged'
  | 'enableSandbox'
  | 'exit'
  | 'getPath'
  | 'getVersion'
  | 'isReady'
  | 'quit'
  | 'requestSingleInstanceLock'
  | 'setPath'
  | 'whenReady'
>

/** Windows of the app, and how each is asked to close; filled by the fake of BrowserWindow. */
export const openWindows: { close(): void; destroy(): void }[] = []

class FakeApp extends EventEmitter implements Modelled {
  isPackaged = false
  becomesReady = Promise.withResolvers<void>()

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

  getVersion(): string {
    return '0.0.0'
  }

  getPath(name: string): string {
    const path = world.paths.get(name)
    if (path === undefined) throw new Error(`Failed to get '${name}' path`)
    return path
  }

  setPath(name: string, path: string): void {
    if (!isAbsolute(path)) throw new Error('Path must be absolute')
    if (!existsSync(path)) throw new Error(`Failed to set path: ${path} does not exist`)
    world.paths.set(name, path)
  }

  requestSingleInstanceLock(): boolean {
    if (world.lockTaken) return false
    world.lockHeld = true
    return true
  }

  quit(): void {
    if (world.quitting || world.exited !== null) return
    const event = preventable()
    this.emit('before-quit', event)
    if (event.defaultPrevented) return
    world.quitting = true
    for (const window of [...openWindows]) window.close()
    if (openWindows.length > 0) {
      world.quitting = false
      return
    }
    this.emit('will-quit', preventable())
    this.end(0)
  }

  exit(code = 0): void {
    for (const window of [...openWindows]) window.destroy()
    this.end(code)
  }

  end(code: number): void {
    world.exited = code
    this.emit('quit', preventable(), code)
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

/** An event whose default can be prevented, as Electron gives to its listeners. */
export function preventable<T extends object>(details?: T): Electron.Event<T> {
  let defaultPrevented = false
  return Object.defineProperties({ ...details } as Electron.Event<T>, {
    preventDefault: { value: () => (defaultPrevented = true) },
    defaultPrevented: { get: () => defaultPrevented },
  })
}
