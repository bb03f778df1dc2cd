import { beforeEach, expect, test } from 'vitest'
import type { Session, WebContents } from 'electron'
import { externalAddress, guardContents, guardSession } from '../../src-main/electron/guards.ts'
import { becomeReady } from '../fakes/electron/app.ts'
import { FakeWebContents } from '../fakes/electron/contents.ts'
import { makeFrame } from '../fakes/electron/frames.ts'
import { fakeSession, type FakeSession, type Permission } from '../fakes/electron/session.ts'
import { resetElectron, world } from '../fakes/electron/world.ts'

const origin = 'bulkhead://app'
let session: FakeSession
let contents: FakeWebContents

beforeEach(() => {
  resetElectron()
  becomeReady()
  session = fakeSession.fromPartition('test')
  contents = FakeWebContents.make(session)
  guardSession(session as unknown as Session, origin)
  guardContents(contents as unknown as WebContents, origin)
  contents.commit(`${origin}/`)
})

test.each<Permission>([
  'clipboard-read',
  'display-capture',
  'fileSystem',
  'geolocation',
  'hid',
  'media',
  'midi',
  'notifications',
  'openExternal',
  'pointerLock',
  'serial',
  'storage-access',
  'usb',
  'unknown',
])('%s is denied, asked for or looked up', (permission) => {
  expect(session.ask(permission, `${origin}/`)).toBe(false)
  expect(session.check(permission, origin)).toBe(false)
})

test('writing to the clipboard is granted to the own page alone', () => {
  expect(session.ask('clipboard-sanitized-write', `${origin}/`)).toBe(true)
  expect(session.check('clipboard-sanitized-write', `${origin}/`)).toBe(true)
  expect(session.ask('clipboard-sanitized-write', 'https://evil.example/')).toBe(false)
  expect(session.check('clipboard-sanitized-write', 'https://evil.example')).toBe(false)
  expect(session.ask('clipboard-sanitized-write', `${origin}/`, false)).toBe(false)
})

test('devices are denied', () => {
  expect(session.deviceHandler?.({ deviceType: 'usb', origin } as never)).toBe(false)
})

test('what the page made may be downloaded, nothing else', () => {
  expect(session.download(`blob:${origin}/4f2c`)).toBe(true)
  for (const url of [
    `${origin}/assets/app.js`,
    'https://evil.example/x.exe',
    'blob:https://evil.example/4f2c',
    'data:,x',
  ])
    expect(session.download(url)).toBe(false)
})

test.each(['https://evil.example/', 'file:///etc/passwd', 'data:text/html,x', 'about:blank', 'bulkhead://app.evil/'])(
  'the page cannot be taken to %s',
  (url) => {
    expect(contents.navigate(url)).toBe(false)
    expect(contents.getURL()).toBe(`${origin}/`)
    expect(world.openedExternally).toEqual([])
  },
)

test('the page can be reloaded', () => {
  expect(contents.navigate(`${origin}/`)).toBe(true)
})

test('no frame inside the page goes anywhere, not even to the own origin', () => {
  expect(contents.navigate(`${origin}/`, makeFrame('about:blank', contents.mainFrame))).toBe(false)
})

test('redirects and webviews are denied', () => {
  expect(contents.redirect('https://evil.example/')).toBe(false)
  expect(contents.attachWebview()).toBe(false)
})

test('window.open opens no window; an https address goes to the system', () => {
  expect(contents.openWindow('https://docs.example/a?b=c')).toBe('deny')
  expect(contents.openWindow('http://192.168.1.20/status')).toBe('deny')
  expect(world.openedExternally).toEqual(['https://docs.example/a?b=c', 'http://192.168.1.20/status'])
})

test('a mail address and a phone number go to the system too, with nothing after them', () => {
  expect(contents.openWindow('mailto:ada.byron+it@acme.example')).toBe('deny')
  expect(contents.openWindow('tel:+493012345')).toBe('deny')
  expect(world.openedExternally).toEqual(['mailto:ada.byron+it@acme.example', 'tel:+493012345'])
})

test.each([
  'mailto:ada@acme.example?attach=/etc/passwd',
  'mailto:ada@acme.example%3Fbody=x',
  'mailto:ada@acme.example,eve@evil.example',
  'tel:*21*123%23',
  'http://bank.example@evil.example/',
  'file:///etc/passwd',
  'javascript:alert(1)',
  'ms-msdt:/id PCWDiagnostic',
  'smb://share/',
  'bulkhead://app/',
  'https://bank.example@evil.example/',
  'https://user:secret@docs.example/',
  `https://docs.example/${'x'.repeat(2000)}`,
  'not an address',
  '',
])('window.open of %s reaches nothing', (url) => {
  expect(contents.openWindow(url)).toBe('deny')
  expect(world.openedExternally).toEqual([])
  expect(externalAddress(url)).toBeNull()
})
