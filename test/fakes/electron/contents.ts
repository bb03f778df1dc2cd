import { EventEmitter } from 'node:events'
import type Electron from 'electron'
import { fakeApp, preventable } from './app.ts'
import { makeFrame, type FakeFrame } from './frames.ts'
import { fakeIpcMain } from './ipc.ts'
import type { FakeSession } from './session.ts'
import { ModelledEvents, strict } from './strict.ts'

type Modelled = Pick<Electron.WebContents, 'isDestroyed' | 'send' | 'getURL'>
type WindowOpenHandler = Parameters<Electron.WebContents['setWindowOpenHandler']>[0]

/** What shows the pages of a window; without one each page is there at once, and only said to be. */
export interface Page {
  /** Resolves and rejects as `loadURL` does, and does to the contents what happens on the way. */
  load(url: string): Promise<void>
  send(channel: string, args: unknown[]): void
  close(): void
}

/** `webContents`, as https://www.electronjs.org/docs/latest/api/web-contents says that it behaves. */
export class FakeWebContents extends ModelledEvents implements Modelled {
  ipc = strict('WebContents.ipc', new EventEmitter())
  session: FakeSession
  mainFrame: FakeFrame = makeFrame('about:blank', null)
  page: Page | null = null
  sent: unknown[][] = []
  destroyed = false
  windowOpenHandler: WindowOpenHandler | null = null

  constructor(session: FakeSession) {
    super([
      'destroyed',
      'did-navigate',
      'did-start-navigation',
      'render-process-gone',
      'will-attach-webview',
      'will-frame-navigate',
      'will-navigate',
      'will-redirect',
    ])
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

  /** "Arguments will be serialized with the Structured Clone Algorithm … Sending Functions … will throw an exception." */
  send(channel: string, ...args: unknown[]): void {
    if (this.destroyed) throw new TypeError('Object has been destroyed')
    const cloned = structuredClone(args)
    if (this.page) this.page.send(channel, cloned)
    else this.sent.push([channel, ...cloned])
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
    const went = this.asksToNavigate(url, frame)
    if (went && frame === this.mainFrame) this.commit(url)
    return went
  }

  /**
   * As {@link navigate}, before anything is loaded. "will-frame-navigate … when a user or the page wants to start
   * navigation in any frame", will-navigate of the main frame alone; neither with `loadURL`.
   */
  asksToNavigate(url: string, frame: FakeFrame): boolean {
    const isMainFrame = frame === this.mainFrame
    const event = preventable({ url, isSameDocument: false, isMainFrame, frame, initiator: frame })
    this.emit('did-start-navigation', event)
    this.emit('will-frame-navigate', event)
    if (!event.defaultPrevented && isMainFrame) this.emit('will-navigate', event)
    return !event.defaultPrevented
  }

  /** Another page takes the main frame, as after `loadURL` or an allowed navigation. */
  commit(url: string): void {
    Object.assign(this.mainFrame, { detached: true })
    this.mainFrame = makeFrame(url, null, this.mainFrame.frameTreeNodeId)
    this.emit('did-navigate', preventable(), url, 200, 'OK')
  }

  /** "Emitted when a server side redirect occurs during navigation … `event.preventDefault()` will prevent it". */
  redirect(url: string, frame: FakeFrame = this.mainFrame): boolean {
    const event = preventable({ url, isSameDocument: false, isMainFrame: frame === this.mainFrame, frame })
    this.emit('will-redirect', event)
    return !event.defaultPrevented
  }

  /** `window.open(url)`, or a link to another window. "By default" Electron allows it. */
  openWindow(url: string, frameName = '', features = ''): 'allow' | 'deny' {
    const referrer = { url: this.getURL(), policy: 'no-referrer' } as const
    const details = { url, frameName, features, disposition: 'foreground-tab', referrer } as const
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
    this.page?.close()
    this.emit('destroyed')
  }
}
