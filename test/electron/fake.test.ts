import { app, BrowserWindow, Menu, protocol, safeStorage, session } from 'electron'
import { beforeEach, expect, test } from 'vitest'
import { becomeReady } from '../fakes/electron/app.ts'
import { FakeWebContents } from '../fakes/electron/contents.ts'
import { fakeSession } from '../fakes/electron/session.ts'
import { resetElectron } from '../fakes/electron/world.ts'

beforeEach(resetElectron)

test('what belongs before ready throws after it', () => {
  becomeReady()
  expect(() => app.enableSandbox()).toThrow('before app is ready')
  expect(() => protocol.registerSchemesAsPrivileged([{ scheme: 'x' }])).toThrow('before app is ready')
  expect(() => app.setPath('userData', '/tmp')).toThrow('before app is ready')
})

test('what belongs after ready throws before it', async () => {
  expect(() => new BrowserWindow()).toThrow('after app is ready')
  expect(() => session.fromPartition('x')).toThrow('after app is ready')
  expect(() => Menu.setApplicationMenu(null)).toThrow('after app is ready')
  await expect(safeStorage.encryptStringAsync('x')).rejects.toThrow('after app is ready')
})

test('a destroyed page or window cannot be used', () => {
  becomeReady()
  const contents = FakeWebContents.make(fakeSession.fromPartition('x'))
  contents.destroy()
  expect(() => contents.send('channel')).toThrow('destroyed')
  const window = new BrowserWindow()
  window.destroy()
  expect(() => window.show()).toThrow('destroyed')
})

test('messages are structured clones: what cannot be cloned is refused', () => {
  becomeReady()
  const contents = FakeWebContents.make(fakeSession.fromPartition('x'))
  expect(() => contents.send('channel', () => undefined)).toThrow('could not be cloned')
  expect(() => contents.receive(null, 'channel', Symbol('x'))).toThrow('could not be cloned')
})

test('a member that is not modelled throws, instead of being undefined', () => {
  becomeReady()
  expect(() => app.getLocale()).toThrow('does not model getLocale')
  expect(() => new BrowserWindow().setOpacity(1)).toThrow('does not model setOpacity')
  expect(() => safeStorage.encryptString('x')).toThrow('does not model encryptString')
  expect(() => app.on('gpu-info-update', () => undefined)).toThrow('does not model the event gpu-info-update')
  expect(() => new BrowserWindow().webContents.on('did-finish-load', () => undefined)).toThrow('did-finish-load')
})
