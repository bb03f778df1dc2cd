import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { Page } from 'playwright-core'
import { runHarness, type Running } from '../e2e/processes.ts'

/** The built app in the harness, and its page. */
export interface Scene {
  host: Running
  page: Page
  /** The build that runs: out/, or a copy with a row taken away. */
  out: string
  profile: string
}

/** One row of Electron's checklist (https://www.electronjs.org/docs/latest/tutorial/security), or of ours. */
export interface Row {
  name: string
  /** Tries what the row forbids. @throws where that works */
  attack(scene: Scene): Promise<void>
  /** What takes the row away: a piece of the built code, found exactly once, and what stands there instead. */
  without: [piece: string, instead: string]
}

/** Nobody is there, and no way leads there: what counts is whether the page tried and was held back. */
const FOREIGN = 'https://evil.example/'

/** All that main uses of Electron. Whoever adds to it looks at what that opens: a debugger, a capturer, crash dumps … */
const USED = [
  ...[
    'BrowserWindow',
    'Menu',
    'app',
    'dialog',
    'powerMonitor',
    'protocol',
    'safeStorage',
    'screen',
    'session',
    'shell',
  ],
  'systemPreferences',
]

/** Lets the page do what it wants, and what it has begun end: a round trip through its event loop and its network. */
async function settle({ page }: Scene): Promise<void> {
  await page.evaluate(() => fetch('/').then(() => new Promise((next) => setTimeout(next, 50))))
}

async function staysHere(scene: Scene): Promise<void> {
  await settle(scene)
  expect(scene.page.url()).toMatch(/^(bulkhead:\/\/app|https:\/\/app\.bulkhead\.invalid)\//)
  await expect.poll(() => scene.page.context().pages().length).toBe(1)
}

async function noNode({ page }: Scene): Promise<void> {
  const names = ['require', 'process', 'module', 'global', 'Buffer', 'setImmediate', 'electron', 'ipcRenderer']
  expect(await page.evaluate((all) => all.filter((name) => name in globalThis), names)).toEqual([])
}

/** Rows that harness and page show. The others have their tests in this folder, named in docs/security-model.md. */
export const rows: readonly Row[] = [
  { name: 'the sandbox, for every process', attack: noNode, without: ['app.enableSandbox();', ''] },
  {
    name: 'the sandbox of the window',
    attack: noNode,
    without: ['sandbox: true, contextIsolation', 'sandbox: false, contextIsolation'],
  },
  { name: 'context isolation', attack: noNode, without: ['contextIsolation: true', 'contextIsolation: false'] },
  { name: 'no Node in the window', attack: noNode, without: ['nodeIntegration: false', 'nodeIntegration: true'] },
  { name: 'web security', attack: noNode, without: ['webSecurity: true', 'webSecurity: false'] },
  { name: 'no webview', attack: noNode, without: ['webviewTag: false', 'webviewTag: true'] },
  { name: 'no developer tools in the built app', attack: noNode, without: ['devTools: development', 'devTools: true'] },
  {
    name: 'nothing of a page on disk',
    attack: noNode,
    without: ['.fromPartition("console")', '.fromPartition("persist:c")'],
  },
  {
    name: 'a frozen bridge of two functions',
    async attack({ page }) {
      const found = await page.evaluate(() => {
        const bridge = window.bulkhead as unknown as Record<string, unknown>
        for (const change of [
          () => Object.assign(bridge, { send: () => undefined }),
          () => Object.assign(window, { bulkhead: {} }),
          () => Object.defineProperty(window, 'bulkhead', { value: {} }),
        ])
          try {
            change()
          } catch {
            // As it should be.
          }
        return {
          same: (window.bulkhead as unknown) === bridge,
          frozen: Object.isFrozen(bridge),
          members: Object.entries(bridge).map(([key, value]) => `${key}: ${typeof value}`),
        }
      })
      expect(found).toEqual({ same: true, frozen: true, members: ['send: function', 'onFrame: function'] })
    },
    without: ['onFrame: (listener)', 'electron: () => electron.ipcRenderer.send, onFrame: (listener)'],
  },
  {
    name: 'no inline script and no evaluated code',
    async attack({ page }) {
      const ran = await page.evaluate(async () => {
        const script = document.createElement('script')
        script.textContent = 'window.ranInline = true'
        document.body.append(script)
        document.body.insertAdjacentHTML('beforeend', '<img src="data:," onerror="window.ranHandler = true">')
        await new Promise((next) => setTimeout(next, 50))
        return ['ranInline', 'ranHandler'].filter((name) => name in window)
      })
      expect(ran).toEqual([])
      // Also not in a task of the page's own, where nothing of the test's is on the stack.
      const evaluated = await page.evaluate(
        () =>
          new Promise((done) =>
            setTimeout(() => {
              try {
                done(Reflect.construct(Function, ['return 1'])())
              } catch {
                done('refused')
              }
            }),
          ),
      )
      expect(evaluated).toBe('refused')
    },
    without: [`"script-src 'self'"`, `"script-src 'self' 'unsafe-inline' 'unsafe-eval'"`],
  },
  {
    name: 'no foreign script, frame, form or connection',
    async attack({ page }) {
      const refused = await page.evaluate(async (url) => {
        const directives = new Set<string>()
        document.addEventListener('securitypolicyviolation', (event) => directives.add(event.effectiveDirective))
        const add = <T extends HTMLElement>(element: T, given: Partial<T>): void =>
          document.body.append(Object.assign(element, given))
        add(document.createElement('script'), { src: `${url}script` })
        add(document.createElement('iframe'), { src: `${url}frame` })
        add(document.createElement('img'), { src: `${url}image` })
        add(document.createElement('link'), { rel: 'stylesheet', href: `${url}style` })
        const form = Object.assign(document.createElement('form'), { action: url, method: 'post' })
        document.body.append(form)
        form.submit()
        await fetch(`${url}fetch`, { mode: 'no-cors' }).catch(() => undefined)
        // What the browser's process refuses is told a little later.
        for (let wait = 0; wait < 50 && directives.size < 6; wait++) await new Promise((next) => setTimeout(next, 50))
        return [...directives].sort()
      }, FOREIGN)
      expect(refused).toEqual([
        'connect-src',
        'form-action',
        'frame-src',
        'img-src',
        'script-src-elem',
        'style-src-elem',
      ])
    },
    without: [`"img-src 'self' data: blob:"`, '"img-src *"'],
  },
  {
    name: 'permissions by a table',
    async attack({ page }) {
      const states = await page.evaluate(async () => {
        const names = [
          'geolocation',
          'notifications',
          'camera',
          'microphone',
          'midi',
          'clipboard-read',
          'idle-detection',
        ]
        const asked = names.map((name) => navigator.permissions.query({ name: name as PermissionName }))
        const found = await Promise.all(asked)
        return Object.fromEntries(found.map(({ state }, index) => [names[index], state]))
      })
      expect(new Set(Object.values(states))).toEqual(new Set(['denied']))
      const written = { name: 'clipboard-write' as PermissionName }
      expect(await page.evaluate(async (of) => (await navigator.permissions.query(of)).state, written)).toBe('granted')
      const located = () =>
        new Promise((done) =>
          navigator.geolocation.getCurrentPosition(
            () => done('located'),
            () => done('refused'),
          ),
        )
      expect(await page.evaluate(located)).toBe('refused')
    },
    without: ['Object.hasOwn(permissions, permission) && permissions[permission]', 'true'],
  },
  {
    name: 'no navigation',
    async attack(scene) {
      const { page } = scene
      await page.evaluate((url) => void (location.href = url), FOREIGN)
      await staysHere(scene)
      await page.evaluate((url) => {
        const link = Object.assign(document.createElement('a'), { href: url })
        document.body.append(link)
        link.click()
      }, FOREIGN)
      await staysHere(scene)
    },
    without: ['if (!(details.isMainFrame && originOf(details.url) === origin)) details.preventDefault();', ''],
  },
  {
    name: 'no window',
    async attack(scene) {
      const { page } = scene
      await page.evaluate((url) => void window.open(url), FOREIGN)
      await page.evaluate((url) => {
        const link = Object.assign(document.createElement('a'), { href: url, target: '_blank', rel: 'noopener' })
        document.body.append(link)
        link.click()
      }, FOREIGN)
      await staysHere(scene)
    },
    without: ['return { action: "deny" };', 'return { action: "allow" };'],
  },
  {
    name: 'only web addresses go to the system',
    async attack(scene) {
      const { page, host } = scene
      const before = host.output().length
      for (const url of [
        'http://bank.example@evil.example/',
        'file:///etc/passwd',
        'smb://share/',
        'https://bank.example@evil.example/',
      ])
        await page.evaluate((to) => void window.open(to), url)
      await page.evaluate(() => void window.open('https://docs.example/last'))
      await expect.poll(() => host.output().slice(before)).toContain('opened outside: https://docs.example/last')
      expect(
        host
          .output()
          .slice(before)
          .match(/opened outside: .*/g),
      ).toEqual(['opened outside: https://docs.example/last'])
    },
    without: ['url.protocol === rule.protocol', 'true'],
  },
  {
    name: 'only known files over the own protocol',
    async attack({ page }) {
      const paths = ['/package.json', '/..%2fmain%2felectron.js', '/assets/', '/assets/no.js', '/%00', '/constructor']
      const statuses = await page.evaluate(
        (all) => Promise.all(all.map(async (path) => (await fetch(path)).status)),
        paths,
      )
      expect(statuses).toEqual(paths.map(() => 404))
      expect(await page.evaluate(async () => (await fetch('/', { method: 'POST' })).status)).toBe(404)
    },
    without: ['"Not found", {\n\t\tstatus: 404', '"Not found", {\n\t\tstatus: 200'],
  },
  {
    name: 'a single instance on a profile',
    async attack({ profile, out, page }) {
      const second = await runHarness([`--profile=${profile}`], out)
      expect(second).toMatchObject({ code: 0 })
      expect(second.output).not.toContain('console ready')
      expect(page.context().pages()).toHaveLength(1)
    },
    without: ['if (!app.requestSingleInstanceLock())', 'if (false)'],
  },
  {
    name: 'no crash reporter, no remote, nothing of Electron that nobody looked at',
    attack({ out }) {
      const code = readFileSync(join(out, 'main/electron.js'), 'utf8')
      const imported = [...code.matchAll(/^import (.*) from "electron(?:\/main)?";$/gm)].map(([, names]) => names)
      const names = imported.flatMap((list = '') =>
        list
          .replace(/[{}]/g, '')
          .split(',')
          .map((name) => name.trim()),
      )
      expect(names.filter((name) => !USED.includes(name))).toEqual([])
      expect(code).not.toMatch(/(require|import)\("electron"\)|electron\/remote/)
      return Promise.resolve()
    },
    without: [
      '.enableSandbox();',
      '.enableSandbox();\nimport("electron").then(({ crashReporter }) => crashReporter.start());',
    ],
  },
]
