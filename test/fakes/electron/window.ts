import { EventEmitter } from 'node:events'
import type Electron from 'electron'
import { fakeApp, openWindows, preventable } from './app.ts'
import { FakeWebContents } from './contents.ts'
import { fakeSession, type FakeSession } from './session.ts'
import { strict } from './strict.ts'
import { needReady, world } from './world.ts'

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

export class FakeBrowserWindow extends EventEmitter implements Modelled {
  options: Electron.BrowserWindowConstructorOptions
  webContents: FakeWebContents
  bounds: Electron.Rectangle
  visible: boolean
  focused = false
  minimized = false
  maximized = false
  destroyed = false

  constructor(options: Electron.BrowserWindowConstructorOptions = {}) {
    super()
    needReady('BrowserWindow')
    this.options = options
    const session = options.webPreferences?.session as unknown as FakeSession | undefined
    this.webContents = FakeWebContents.make(session ?? fakeSession.fromPartition(''))
    this.bounds = { x: options.x ?? 0, y: options.y ?? 0, width: options.width ?? 800, height: options.height ?? 600 }
    this.visible = options.show ?? true
    const window = strict('BrowserWindow', this)
    openWindows.push(window)
    return window
  }

  static getAllWindows(): FakeBrowserWindow[] {
    return openWindows as FakeBrowserWindow[]
  }

  loadURL(url: string): Promise<void> {
    this.alive()
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

  close(): void {
    this.alive()
    const event = preventable()
    this.emit('close', event)
    if (!event.defaultPrevented) this.destroy()
  }

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
