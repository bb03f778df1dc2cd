import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import type { WebPreferences } from 'electron'
import type { Page } from '../fakes/electron/contents.ts'
import { makeFrame, type FakeFrame } from '../fakes/electron/frames.ts'
import type { FakeBrowserWindow } from '../fakes/electron/window.ts'
import { world } from '../fakes/electron/world.ts'
import type { Chromium, Target } from './chromium.ts'
import { toApp, toPage } from './origin.ts'
import { applyPermissions } from './permissions.ts'
import { bridgeEnd, pageWorld, preloadWorld, type PreloadWorld } from './worlds.ts'

/** The world that Electron's `contextIsolation` makes, under the name that Electron gives it. */
const WORLD = 'Electron Isolated Context'

/** The only pages that the harness can show as Electron would. */
const shown = {
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
} as const satisfies WebPreferences

/** A window's page in Chromium: what happens to the one, happens to the other. */
export class ChromiumPage implements Page {
  readonly window: FakeBrowserWindow
  readonly target: Promise<Target>
  readonly frames = new Map<string, FakeFrame>()
  /** Frames of the preload's world, by Chromium's number of it. */
  readonly worlds = new Map<number, string>()
  readonly names: PreloadWorld
  /** What `loadURL` asked for, so that it is not taken for the page's own wish. */
  loading: { url: string; done: () => void; failed: (error: Error) => void } | null = null
  painted = false

  constructor(chromium: Chromium, window: FakeBrowserWindow) {
    if (!world.sandboxed) giveUp(new Error('The harness shows only pages of an app that called app.enableSandbox().'))
    const preferences = window.options.webPreferences ?? {}
    for (const [name, value] of Object.entries(shown))
      if (preferences[name as keyof typeof shown] !== value)
        giveUp(new Error(`The harness shows only windows that say ${name}: ${value}.`))
    this.window = window
    const name = () => `_${randomBytes(16).toString('hex')}`
    const { platform } = process
    this.names = { toPage: name(), toPreload: name(), binding: name(), deliver: name(), platform }
    const { width, height } = window.bounds
    const { session } = window.webContents
    this.target = chromium
      .newPage(session, { width, height })
      .then((target) => this.follow(target, preferences.preload))
    // The app takes a failed load calmly; a page that the harness cannot show is no such load.
    this.target.catch(giveUp)
  }

  async load(url: string): Promise<void> {
    const { page, root, partition } = await this.target
    await applyPermissions(root, partition, this.window.webContents.session, url)
    this.loading?.failed(new Error(`ERR_ABORTED (-3) loading '${this.loading.url}'`))
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.loading = { url: toPage(url), done: resolve, failed: reject }
    const { errorText } = await page.send('Page.navigate', { url: toPage(url) })
    if (errorText) reject(new Error(`${errorText} loading '${url}'`))
    await promise
  }

  send(channel: string, args: unknown[]): void {
    if (!isDeepStrictEqual(JSON.parse(JSON.stringify(args)), args))
      throw new Error('The harness carries plain values only over IPC.')
    void this.target.then(async ({ id, page }) => {
      const context = [...this.worlds].findLast(([, frame]) => frame === id)?.[0]
      // A message to a page that is not there yet, or no more, is lost in Electron too.
      if (context === undefined) return
      const functionDeclaration = `(name, ...message) => globalThis[name](...message)`
      const values = [this.names.deliver, channel, args].map((value) => ({ value }))
      await page
        .send('Runtime.callFunctionOn', { executionContextId: context, functionDeclaration, arguments: values })
        .catch(() => undefined)
    })
  }

  close(): void {
    void this.target.then(({ root, id }) => root.send('Target.closeTarget', { targetId: id }).catch(() => undefined))
  }

  async follow(target: Target, preload: string | undefined): Promise<Target> {
    const { page, id } = target
    this.hearFrames(target)
    this.hearWorlds(target)
    this.hearRequests(target)
    page.on('Page.windowOpen', ({ url, windowName, windowFeatures }) => {
      const action = this.window.webContents.openWindow(toApp(url), windowName, windowFeatures.join(','))
      if (action !== 'deny') giveUp(new Error('The harness has no windows but those that main makes.'))
    })
    page.on('Inspector.targetCrashed', () => {
      this.worlds.clear()
      this.window.webContents.crash()
    })
    page.once('close', () => this.window.isDestroyed() || this.window.close())
    await page.send('Page.enable')
    await page.send('Page.setLifecycleEventsEnabled', { enabled: true })
    await page.send('Runtime.enable')
    await page.send('Runtime.addBinding', { name: this.names.binding, executionContextName: WORLD })
    // Before the preload and before any script of the page.
    await page.send('Page.addScriptToEvaluateOnNewDocument', {
      source: `(${pageWorld})(${bridgeEnd}, ${JSON.stringify(this.names)})`,
    })
    if (preload !== undefined) {
      const script = `function (require, module, exports, process) {\n${readFileSync(preload, 'utf8')}\n}`
      await page.send('Page.addScriptToEvaluateOnNewDocument', {
        source: `(${preloadWorld})(${bridgeEnd}, ${JSON.stringify(this.names)}, ${script})`,
        worldName: WORLD,
      })
    }
    await page.send('Fetch.enable', { patterns: [{ urlPattern: '*' }] })
    this.frames.set(id, this.window.webContents.mainFrame)
    return target
  }

  /** What the frames show: navigations that took place, loads that ended, sub frames that came and went. */
  hearFrames({ page, id }: Target): void {
    const { webContents } = this.window
    page.on('Page.frameNavigated', ({ frame }) => {
      const url = toApp(frame.url)
      if (frame.id === id) {
        webContents.commit(url)
        this.frames.set(id, webContents.mainFrame)
        return
      }
      const parent = this.frames.get(frame.parentId ?? '') ?? webContents.mainFrame
      this.frames.set(frame.id, makeFrame(url, parent, this.frames.get(frame.id)?.frameTreeNodeId))
    })
    page.on('Page.frameAttached', ({ frameId, parentFrameId }) => {
      this.frames.set(frameId, makeFrame('about:blank', this.frames.get(parentFrameId) ?? webContents.mainFrame))
    })
    page.on('Page.frameDetached', ({ frameId, reason }) => {
      // A swap brings the frame to another process; it stays what it is.
      if (reason === 'swap') return
      Object.assign(this.frames.get(frameId) ?? {}, { detached: true })
      this.frames.delete(frameId)
    })
    page.on('Page.lifecycleEvent', ({ frameId, name }) => {
      if (frameId !== id) return
      if (name === 'firstPaint' && !this.painted) this.show()
      if (name !== 'load') return
      this.loading?.done()
      this.loading = null
    })
  }

  /** "Emitted when the web page has been rendered (while not being shown)", once. */
  show(): void {
    this.painted = true
    this.window.emit('ready-to-show')
  }

  /** Messages of the preload's world to main. */
  hearWorlds({ page }: Target): void {
    page.on('Runtime.executionContextCreated', ({ context }) => {
      const frame = (context.auxData as { frameId?: string } | undefined)?.frameId
      if (context.name === WORLD && frame !== undefined) this.worlds.set(context.id, frame)
    })
    page.on('Runtime.executionContextDestroyed', ({ executionContextId }) => this.worlds.delete(executionContextId))
    page.on('Runtime.executionContextsCleared', () => this.worlds.clear())
    page.on('Runtime.bindingCalled', ({ name, payload, executionContextId }) => {
      if (name !== this.names.binding) return
      const [channel, values] = JSON.parse(payload) as [string, unknown[]]
      const frame = this.frames.get(this.worlds.get(executionContextId) ?? '')
      this.window.webContents.receive(frame ?? null, channel, ...values)
    })
  }

  /** Every request of the page: navigations are asked about, the app's own scheme is answered by the app. */
  hearRequests({ page, id }: Target): void {
    page.on('Fetch.requestPaused', async ({ requestId, request, frameId, resourceType, redirectedRequestId }) => {
      const url = toApp(request.url + (request.urlFragment ?? ''))
      try {
        if (resourceType === 'Document' && !this.mayNavigate(url, frameId, frameId === id, redirectedRequestId))
          await page.send('Fetch.failRequest', { requestId, errorReason: 'Aborted' })
        else if (url === request.url) await page.send('Fetch.continueRequest', { requestId })
        else await page.send('Fetch.fulfillRequest', { requestId, ...(await this.answer(url, request.method)) })
      } catch (error) {
        // The page went while it was asking.
        if (!String(error).includes('Invalid InterceptionId') && !this.window.isDestroyed()) throw error
      }
    })
  }

  mayNavigate(url: string, frameId: string, isMain: boolean, redirected: string | undefined): boolean {
    const { webContents } = this.window
    const frame = this.frames.get(frameId) ?? webContents.mainFrame
    if (redirected !== undefined) return webContents.redirect(url, frame)
    // "This event will not emit when the navigation is started programmatically with APIs like webContents.loadURL".
    if (isMain && this.loading?.url === toPage(url)) return true
    return webContents.asksToNavigate(url, frame)
  }

  async answer(url: string, method: string) {
    const response = await this.window.webContents.session.load(url, method)
    return {
      responseCode: response.status,
      responseHeaders: [...response.headers].map(([name, value]) => ({ name, value })),
      body: Buffer.from(await response.arrayBuffer()).toString('base64'),
    }
  }
}

function giveUp(error: unknown): never {
  console.error(error)
  process.exit(70)
}
