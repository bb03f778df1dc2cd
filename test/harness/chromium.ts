import { createServer, type AddressInfo } from 'node:net'
import type { Browser, BrowserContext, CDPSession, Page } from 'playwright-core'
import { launchBrowser } from '../e2e/browser.ts'
import type { FakeSession } from '../fakes/electron/session.ts'

/** A blank page, and what speaks with it and with the browser. */
export interface Target {
  /** Chromium's name of the page and of its main frame. */
  id: string
  /** Chromium's name of the session's storage. */
  partition: string
  page: CDPSession
  root: CDPSession
}

/** The app's page comes from its own scheme, and nothing else is loaded: every other way leads nowhere. */
const NO_NETWORK = ['--proxy-server=http://127.0.0.1:9', '--proxy-bypass-list=<-loopback>']

/** The Chromium of a harness: what Electron has inside. It ends with the process that started it. */
export class Chromium {
  /** Where a test looks at the pages: `chromium.connectOverCDP(address)`. */
  readonly address: string
  readonly browser: Browser
  readonly root: CDPSession
  readonly contexts = new Map<FakeSession, Promise<BrowserContext>>()
  /** Pages that belong to a window; others were opened by a page. */
  readonly own = new Set<Page>()
  making: Promise<Page> | null = null

  constructor(address: string, browser: Browser, root: CDPSession) {
    this.address = address
    this.browser = browser
    this.root = root
  }

  static async start(): Promise<Chromium> {
    const port = await freePort()
    // The app decides what a signal does.
    const signals = { handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false }
    const browser = await launchBrowser({ args: [...NO_NETWORK, `--remote-debugging-port=${port}`], ...signals })
    return new Chromium(`http://127.0.0.1:${port}`, browser, await browser.newBrowserCDPSession())
  }

  /** Makes a blank page in the storage of this session. */
  async newPage(session: FakeSession, size: { width: number; height: number }): Promise<Target> {
    const context = await this.contextOf(session)
    this.making = context.newPage()
    const page = await this.making
    this.own.add(page)
    await page.setViewportSize(size)
    const cdp = await context.newCDPSession(page)
    const { targetInfo } = await cdp.send('Target.getTargetInfo')
    return { id: targetInfo.targetId, partition: targetInfo.browserContextId ?? '', page: cdp, root: this.root }
  }

  /** Storage of its own, in memory, as a partition without `persist:` has. */
  contextOf(session: FakeSession): Promise<BrowserContext> {
    if (session.partition.startsWith('persist:') || session.partition === '')
      throw new Error('The harness keeps sessions in memory only.')
    const context = this.contexts.get(session) ?? this.newContext()
    this.contexts.set(session, context)
    return context
  }

  async newContext(): Promise<BrowserContext> {
    const context = await this.browser.newContext()
    // A page that another page opened goes again; see ChromiumPage for what the app says to it.
    context.on('page', async (page) => {
      await this.making
      if (!this.own.has(page)) await page.close()
    })
    return context
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  await new Promise((closed) => server.close(closed))
  return port
}
