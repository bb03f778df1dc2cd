import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import type { WebContents } from 'electron'
import { WebSocket } from 'ws'
import { serveBrowser, type BrowserHost } from '../../src-main/browser-host/server.ts'
import { connectWindow } from '../../src-main/electron/channel.ts'
import { readWindowFiles } from '../../src-main/window-files/window-files.ts'
import { FRAME_CHANNEL } from '../../src-shared/channel/names.ts'
import { decodeReply, encodeFrame } from '../../src-shared/channel/frame.ts'
import { codeOf, HostWindow, type Carrier } from '../console/host-window.ts'
import { becomeReady } from '../fakes/electron/app.ts'
import { FakeWebContents } from '../fakes/electron/contents.ts'
import { fakeSession } from '../fakes/electron/session.ts'
import { resetElectron } from '../fakes/electron/world.ts'
import { ACME, PHRASE, SIGN_IN, withProfile, ZEPHYR, type Profile } from './console-support.ts'

let profile: Profile
let first: HostWindow
let pages: string
const served: BrowserHost[] = []
const windows: HostWindow[] = []

beforeAll(async () => {
  pages = mkdtempSync(join(tmpdir(), 'bulkhead-pages-'))
  mkdirSync(join(pages, 'assets'))
  writeFileSync(join(pages, 'index.html'), '<p>console')
  profile = await withProfile()
  first = await profile.open()
  await profile.connect(first)
})
afterEach(async () => {
  for (const window of windows.splice(0)) window.leave()
  for (const one of served.splice(0)) await one.close()
})
afterAll(async () => {
  await profile.close()
  rmSync(pages, { recursive: true, force: true })
})

/** The two borders that a window stands at: a socket of the browser host, a page of Electron's. */
const borders: [string, () => Promise<Carrier>][] = [
  [
    'a socket of the browser host',
    async () => {
      const server = await serveBrowser(first.host, readWindowFiles(pages), 0)
      served.push(server)
      const { origin, host, hash } = new URL(server.address)
      const admitted = await fetch(`${origin}/token`, {
        method: 'POST',
        headers: { origin },
        body: JSON.stringify({ token: hash.slice(1) }),
      })
      const cookie = String(admitted.headers.get('set-cookie')).split(';')[0] ?? ''
      const socket = new WebSocket(`ws://${host}/channel`, { headers: { origin, cookie } })
      await new Promise((resolve) => socket.on('open', resolve))
      return (send) => {
        socket.on('message', (data) => send(String(data)))
        return { receive: (frame) => socket.send(frame), close: () => socket.close() }
      }
    },
  ],
  [
    "a page of Electron's",
    async () => {
      resetElectron()
      becomeReady()
      const contents = FakeWebContents.make(fakeSession.fromPartition('attack'))
      connectWindow(contents as unknown as WebContents, first.host, 'bulkhead://app')
      contents.commit('bulkhead://app/')
      return (send) => {
        contents.send = (_channel: string, _page: unknown, frame: unknown) => send(String(frame))
        const receive = (frame: string): void => contents.receive(contents.mainFrame, FRAME_CHANNEL, 'page-1', frame)
        return { receive, close: () => contents.destroy() }
      }
    },
  ],
]

describe.each(borders)('at %s', (_, border) => {
  async function another(): Promise<HostWindow> {
    const window = new HostWindow(first.host, await border())
    windows.push(window)
    return window
  }
  const ask = (window: HostWindow, scope: string): Promise<string> =>
    codeOf(window.call('query', 'desk', undefined, scope))

  test('a scope that was guessed leads nowhere, be it one letter beside a real one', async () => {
    const window = await another()
    const scope = await window.client(ACME)
    const changed = scope.slice(0, -1) + (scope.endsWith('A') ? 'B' : 'A')
    const guesses = [changed, scope.toLowerCase(), scope.slice(0, -1), `${scope}=`, ` ${scope}`, ACME, '', '*', '%']
    const random = Array.from({ length: 50 }, () => randomBytes(32).toString('base64url'))
    for (const guess of [...guesses, ...random])
      expect([guess, await ask(window, guess)]).toEqual([guess, 'scope-closed'])
    expect(await ask(window, scope)).toBe('none')
  })

  test("another window's scope leads nowhere, cannot be closed, and cannot be taken over", async () => {
    const [mine, theirs] = [await another(), await another()]
    const scope = await theirs.client(ZEPHYR)
    expect(await ask(mine, scope)).toBe('scope-closed')
    await mine.do('clients.close', { scope })
    mine.raw(encodeFrame({ op: 'open', id: 9999, scope, tenant: ACME }))
    await vi.waitFor(() => expect(mine.heard.map(decodeReply).map((reply) => reply?.header.id)).toContain(9999))
    expect(await ask(mine, scope)).toBe('scope-closed')
    const desk = await theirs.call<{ tenant?: unknown }>('query', 'desk', undefined, scope)
    expect(desk).toBeDefined()
  })

  test('a scope that was closed leads nowhere, and its name is used up', async () => {
    const window = await another()
    const scope = await window.client(ACME)
    await window.do('clients.close', { scope })
    expect(await ask(window, scope)).toBe('scope-closed')
    window.raw(encodeFrame({ op: 'open', id: 9999, scope, tenant: ACME }))
    await vi.waitFor(() => expect(window.heard.at(-1)).toContain('"error"'))
    expect(await ask(window, scope)).toBe('scope-closed')
  })

  test('a scope does not outlive its window', async () => {
    const [gone, next] = [await another(), await another()]
    const scope = await gone.client(ACME)
    gone.leave()
    await vi.waitFor(async () => expect(await ask(next, scope)).toBe('scope-closed'))
    next.raw(encodeFrame({ op: 'open', id: 9999, scope, tenant: ACME }))
    expect(await ask(next, scope)).toBe('scope-closed')
  })

  test('a lock ends every scope of every window, and what still runs tells nothing more', async () => {
    const [one, two] = [await another(), await another()]
    const scopes = [await one.client(ACME), await two.client(ZEPHYR)] as const
    one.raw(encodeFrame({ op: 'call', id: 9998, to: scopes[0], type: 'subscription', path: 'sync.watch' }))
    await vi.waitFor(() => expect(one.heard.join()).toContain('"id":9998'))
    await two.do('session.lock')
    expect([await ask(one, scopes[0]), await ask(two, scopes[1])]).toEqual(['scope-closed', 'scope-closed'])
    expect(await codeOf(one.client(ACME))).toBe('locked')
    await two.do('session.unlock', { passphrase: PHRASE })
    expect([await ask(one, scopes[0]), await ask(two, scopes[1])]).toEqual(['scope-closed', 'scope-closed'])
    const replies = one.heard.map(decodeReply).filter((reply) => reply?.header.id === 9998)
    expect(replies.at(-1)?.header.op).toBe('error')
    expect(replies.at(-1)?.payload).toContain('scope-closed')
  })

  test('signing out ends every scope, and signing in again brings none back', async () => {
    const window = await another()
    const scope = await window.client(ACME)
    await window.do('session.signOut')
    expect(await ask(window, scope)).toBe('scope-closed')
    await window.do('session.signIn', { password: SIGN_IN.password })
    expect(await ask(window, scope)).toBe('scope-closed')
    expect(await ask(window, await window.client(ACME))).toBe('none')
  })
})
