import { EventEmitter } from 'node:events'
import type Electron from 'electron'
import { fakeApp, preventable } from './app.ts'
import { makeFrame, type FakeFrame } from './frames.ts'
import { fakeIpcMain, fakeIpcRenderer } from './ipc.ts'
import type { FakeSession } from './session.ts'
import { strict } from './strict.ts'

type Modelled = Pick<Electron.WebContents, 'isDestroyed' | 'send' | 'getURL'>
type WindowOpenHandler = Parameters<Electron.WebContents['setWindowOpenHandler']>[0]

export class FakeWebContents extends EventEmitter implements Modelled {
  ipc = strict('WebContents.ipc', new EventEmitter())
  session: FakeSession
  mainFrame: FakeFrame = makeFrame('about:blank', null)
  sent: unknown[][] = []
  destroyed = false
  windowOpenHandler: WindowOpenHandler | null = null

  constructor(session: FakeSession) {
    super()
    this.session = session
  }

  static make(session: FakeSession): FakeWebContents {
    const contents = strict('WebContents', new FakeWebContents(session))
    fakeApp.emit('web-contents-created', preventable(), contents)
    return contents
  }

  isDestroyed(): boolean {
    return this.destroyed
  }

  getURL(): string {
    return this.mainFrame.url
  }

  send(channel: string, ...args: unknown[]): void {
    if (this.destroyed) throw new TypeError('Object has been destroyed')
    const cloned = structuredClone(args)
    this.sent.push([channel, ...cloned])
    fakeIpcRenderer.emit(channel, {}, ...cloned)
  }

  setWindowOpenHandler(handler: WindowOpenHandler): void {
    this.windowOpenHandler = handler
  }

  // From here on: what a page or the system does to it.

  /** A message from a frame; null stands for a frame that was gone when main looked. */
  receive(frame: FakeFrame | null, channel: string, ...args: unknown[]): void {
    const event = preventable({ type: 'frame', senderFrame: frame, sender: this, ports: [] })
    const cloned = structuredClone(args)
    this.ipc.emit(channel, event, ...cloned)
    fakeIpcMain.emit(channel, event, ...cloned)
  }

  /** The page in a frame asks to go elsewhere. @returns whether it went */
  navigate(url: string, frame: FakeFrame = this.mainFrame): boolean {
    const isMainFrame = frame === this.mainFrame
    const event = preventable({ url, isSameDocument: false, isMainFrame, frame, initiator: frame })
    this.emit('did-start-navigation', event)
    this.emit('will-frame-navigate', event)
    if (!event.defaultPrevented && isMainFrame) this.emit('will-navigate', event)
    if (event.defaultPrevented) return false
    if (isMainFrame) this.commit(url)
    return true
  }

  /** Another page takes the main frame, as after `loadURL` or an allowed navigation. */
  commit(url: string): void {
    Object.assign(this.mainFrame, { detached: true })
    this.mainFrame = makeFrame(url, null, this.mainFrame.frameTreeNodeId)
    this.emit('did-navigate', preventable(), url, 200, 'OK')
  }

  redirect(url: string): boolean {
    const event = preventable({ url, isSameDocument: false, isMainFrame: true, frame: this.mainFrame })
    this.emit('will-redirect', event)
    return !event.defaultPrevented
  }

  /** `window.open(url)`. Without a handler Electron allows it. */
  openWindow(url: string): 'allow' | 'deny' {
    const referrer = { url: this.getURL(), policy: 'no-referrer' } as const
    const details = { url, frameName: '', features: '', disposition: 'foreground-tab', referrer } as const
    return this.windowOpenHandler?.(details).action ?? 'allow'
  }

  attachWebview(): boolean {
    const event = preventable()
    this.emit('will-attach-webview', event, {}, {})
    return !event.defaultPrevented
  }

  crash(): void {
    this.emit('render-process-gone', preventable(), { reason: 'crashed', exitCode: 1 })
  }

  destroy(): void {
    if (this.destroyed) return
    this.destroyed = true
    this.emit('destroyed')
  }
}
