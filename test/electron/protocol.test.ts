import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Session } from 'electron'
import { registerScheme, serveWindow } from '../../src-main/electron/protocol.ts'
import { readWindowFiles } from '../../src-main/window-files/window-files.ts'
import { becomeReady } from '../fakes/electron/app.ts'
import { fakeSession, type FakeSession } from '../fakes/electron/session.ts'
import { resetElectron, world } from '../fakes/electron/world.ts'

let folder: string
let session: FakeSession

beforeEach(() => {
  resetElectron()
  folder = mkdtempSync(join(tmpdir(), 'bulkhead-protocol-'))
  const renderer = join(folder, 'renderer')
  mkdirSync(join(renderer, 'assets'), { recursive: true })
  writeFileSync(join(folder, 'secret.json'), '{"secret":true}')
  writeFileSync(
    join(renderer, 'index.html'),
    '<meta name="nonce" content="__NONCE__"><style nonce="__NONCE__"></style>',
  )
  writeFileSync(join(renderer, 'assets', 'app-1a.js'), 'export {}')
  writeFileSync(join(renderer, 'assets', 'app-1a.css'), 'body{}')
  writeFileSync(join(renderer, 'assets', 'inter.woff2'), 'font')
  writeFileSync(join(renderer, 'assets', 'app-1a.js.map'), 'map')
  symlinkSync(join(folder, 'secret.json'), join(renderer, 'assets', 'linked.json'))
  registerScheme()
  becomeReady()
  session = fakeSession.fromPartition('test')
  serveWindow(session as unknown as Session, readWindowFiles(renderer))
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('the scheme is declared before the app is ready', () => {
  const privileges = { standard: true, secure: true, supportFetchAPI: true, codeCache: true }
  expect(world.privileged).toEqual([{ scheme: 'bulkhead', privileges }])
})

test('the page comes with a policy whose nonce is the one written into it, and no other page has it', async () => {
  const nonces = new Set<string>()
  for (const url of ['bulkhead://app/', 'bulkhead://app/index.html?x=1#/tickets']) {
    const response = await session.load(url)
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    const policy = response.headers.get('content-security-policy') ?? ''
    const nonce = /style-src 'self' 'nonce-([^']+)'/.exec(policy)?.[1] ?? 'none'
    const html = await response.text()
    expect(html).not.toContain('__NONCE__')
    expect(html.split(nonce)).toHaveLength(3)
    nonces.add(nonce)
  }
  expect(nonces.size).toBe(2)
})

test('the policy admits no foreign or inline script, no frame, no form and no evaluated code', async () => {
  const policy = (await session.load('bulkhead://app/')).headers.get('content-security-policy') ?? ''
  const directives = new Map(policy.split('; ').map((line) => [line.split(' ')[0], line.split(' ').slice(1).join(' ')]))
  expect(directives.get('default-src')).toBe("'none'")
  expect(directives.get('script-src')).toBe("'self'")
  expect(directives.get('frame-ancestors')).toBe("'none'")
  expect(directives.get('form-action')).toBe("'none'")
  expect(directives.get('base-uri')).toBe("'none'")
  expect(policy).not.toMatch(/unsafe|\*|http/)
})

test.each([
  ['/assets/app-1a.js', 'text/javascript; charset=utf-8', 'export {}'],
  ['/assets/app-1a.css', 'text/css; charset=utf-8', 'body{}'],
  ['/assets/inter.woff2', 'font/woff2', 'font'],
])('%s is served as %s', async (path, type, content) => {
  const response = await session.load(`bulkhead://app${path}`)
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toBe(type)
  expect(response.headers.get('x-content-type-options')).toBe('nosniff')
  expect(await response.text()).toBe(content)
})

test.each([
  '/../secret.json',
  '/assets/../../secret.json',
  '/assets/../index.html',
  '/%2e%2e/secret.json',
  '/%2E%2E%2Fsecret.json',
  '/..%5csecret.json',
  '/..\\secret.json',
  '/assets\\app-1a.js',
  '//etc/passwd',
  '/%00',
  '/index.html\0',
  '/index.html%00.js',
  '/assets',
  '/assets/',
  '/assets/app-1a.js.map',
  '/assets/linked.json',
  '/constructor',
  '/__proto__',
  '',
])('%j is not found', async (path) => {
  const response = await session.load(`bulkhead://app${path}`)
  expect(response.status).toBe(404)
  expect(await response.text()).toBe('Not found')
})

test.each([
  'bulkhead://evil/',
  'bulkhead://foo/',
  'bulkhead://APP/',
  'bulkhead://app@evil/',
  'bulkhead://app.evil/',
  'bulkhead://app:1/',
  'bulkhead:/index.html',
])('another host is not found: %s', async (url) => {
  expect((await session.load(url)).status).toBe(404)
})

test('only reading is served', async () => {
  expect((await session.load('bulkhead://app/', 'POST')).status).toBe(404)
})
