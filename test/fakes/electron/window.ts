import type Electron from 'electron'
import { fakeApp, openWindows, preventable } from './app.ts'
import { FakeWebContents, type Page } from './contents.ts'
import { fakeSession, type FakeSession } from './session.ts'
import { ModelledEvents, strict } from './strict.ts'
import { needReady, onReset, world } from './world.ts'

type Modelled = Pick<
  Electron.BrowserWindow,
  | 'close'
  | 'destroy'
  | 'focus'
  | 'getNormalBounds'
  | 'isDestroyed'
  | 'isFocused'
  | 'isMaximized'
  | 'isMinimized'
  | 'isVisible'
  | 'loadURL'
  | 'maximize'
  | 'minimize'
  | 'restore'
  | 'setBounds'
  | 'show'
>

/** Gives windows something that shows their pages; without it each page is there at once, and only said to be. */
export const pages: { open: ((window: FakeBrowserWindow) => Page) | null } = { open: null }
onReset(() => (pages.open = null))

/** `BrowserWindow`, as https://www.electronjs.org/docs/latest/api/browser-window says that it behaves. */
export class FakeBrowserWindow extends ModelledEvents implements Modelled {
  options: Electron.BrowserWindowConstructorOptions
  webContents: FakeWebContents
  bounds: Electron.Rectangle
  visible: boolean
  focused = false
  minimized = false
  maximized = false
  destroyed = false

  constructor(options: Electron.BrowserWindowConstructorOptions = {}) {
    super(['close', 'closed', 'ready-to-show'])
    needReady('BrowserWindow')
    this.options = options
    const session = options.webPreferences?.session as unknown as FakeSession | undefined
    this.webContents = FakeWebContents.make(session ?? fakeSession.fromPartition(''))
    this.bounds = { x: options.x ?? 0, y: options.y ?? 0, width: options.width ?? 800, height: options.height ?? 600 }
    this.visible = options.show ?? true
    const window = strict('BrowserWindow', this)
    openWindows.push(window)
    this.webContents.page = pages.open?.(window) ?? null
    return window
  }

  static getAllWindows(): FakeBrowserWindow[] {
    return openWindows as FakeBrowserWindow[]
  }

  loadURL(url: string): Promise<void> {
    this.alive()
    if (this.webContents.page) return this.webContents.page.load(url)
    this.webContents.commit(url)
    this.emit('ready-to-show')
    return Promise.resolve()
  }

  show(): void {
    this.alive()
    this.visible = true
    this.focused = true
  }

  focus(): void {
    this.alive()
    this.focused = true
  }

  isFocused(): boolean {
    return this.focused
  }

  isVisible(): boolean {
    return this.visible
  }

  minimize(): void {
    this.alive()
    this.minimized = true
    this.focused = false
  }

  restore(): void {
    this.alive()
    this.minimized = false
  }

  isMinimized(): boolean {
    return this.minimized
  }

  maximize(): void {
    this.alive()
    this.maximized = true
  }

  isMaximized(): boolean {
    return this.maximized
  }

  setBounds(bounds: Partial<Electron.Rectangle>): void {
    this.alive()
    Object.assign(this.bounds, bounds)
  }

  getNormalBounds(): Electron.Rectangle {
    this.alive()
    return { ...this.bounds }
  }

  isDestroyed(): boolean {
    return this.destroyed
  }

  /** "This has the same effect as a user manually clicking the close button": `close` can hold it back. */
  close(): void {
    this.alive()
    const event = preventable()
    this.emit('close', event)
    if (!event.defaultPrevented) this.destroy()
  }

  /** "unload, beforeunload and close won't be emitted … but it guarantees the closed event." The last window's end is the app's, unless it listens for it. */
  destroy(): void {
    if (this.destroyed) return
    this.destroyed = true
    openWindows.splice(openWindows.indexOf(this), 1)
    this.webContents.destroy()
    this.emit('closed')
    if (openWindows.length > 0 || world.quitting) return
    if (fakeApp.listenerCount('window-all-closed') > 0) fakeApp.emit('window-all-closed')
    else fakeApp.quit()
  }

  alive(): void {
    if (this.destroyed) throw new TypeError('Object has been destroyed')
  }
}
