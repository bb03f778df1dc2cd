import { beforeEach, expect, test } from 'vitest'
import type { WebContents } from 'electron'
import { MAX_FRAME } from '../../src-shared/channel/frame.ts'
import { FRAME_CHANNEL } from '../../src-shared/channel/names.ts'
import { connectWindow } from '../../src-main/electron/channel.ts'
import { becomeReady } from '../fakes/electron/app.ts'
import { FakeWebContents } from '../fakes/electron/contents.ts'
import { makeFrame } from '../fakes/electron/frames.ts'
import { fakeSession } from '../fakes/electron/session.ts'
import { resetElectron } from '../fakes/electron/world.ts'
import { recordingHost, type RecordingHost } from './host-double.ts'

const origin = 'bulkhead://app'
let host: RecordingHost
let contents: FakeWebContents

beforeEach(() => {
  resetElectron()
  becomeReady()
  host = recordingHost()
  contents = FakeWebContents.make(fakeSession.fromPartition('test'))
  connectWindow(contents as unknown as WebContents, host, origin)
  contents.commit(`${origin}/`)
})

function send(...args: unknown[]): void {
  contents.receive(contents.mainFrame, FRAME_CHANNEL, ...args)
}

test('a frame of the own page reaches the host, and its reply the page', () => {
  send('page-1', 'hello')
  expect(host.channels[0]?.received).toEqual(['hello'])
  host.channels[0]?.reply('world')
  expect(contents.sent).toEqual([[FRAME_CHANNEL, 'page-1', 'world']])
})

test.each([
  ['a foreign origin', () => makeFrame('https://evil.example/', null, contents.mainFrame.frameTreeNodeId)],
  [
    'a look-alike host of the own scheme',
    () => makeFrame('bulkhead://app.evil/', null, contents.mainFrame.frameTreeNodeId),
  ],
  ['a blank page', () => makeFrame('about:blank', null, contents.mainFrame.frameTreeNodeId)],
  ['a sub frame of the own origin', () => makeFrame(`${origin}/`, contents.mainFrame)],
  ['another main frame, such as a prerendered one', () => makeFrame(`${origin}/`, null)],
  ['a frame that is gone', () => null],
  ['a page that is being unloaded', () => Object.assign(contents.mainFrame, { detached: true })],
])('%s is not heard', (_name, sender) => {
  contents.receive(sender(), FRAME_CHANNEL, 'page-1', 'hello')
  expect(host.channels).toEqual([])
})

test('a frame longer than the limit is dropped, one of just the limit is not', () => {
  send('page-1', 'x'.repeat(MAX_FRAME + 1))
  expect(host.channels).toEqual([])
  send('page-1', 'x'.repeat(MAX_FRAME))
  expect(host.channels[0]?.received[0]).toHaveLength(MAX_FRAME)
})

test.each([
  [['page-1', 7]],
  [['page-1', { toString: 'x' }]],
  [['page-1', ['a']]],
  [['page-1']],
  [[null, 'x']],
  [['p'.repeat(65), 'x']],
  [[]],
])('a message that is not two strings is dropped: %j', (message) => {
  send(...message)
  expect(host.channels).toEqual([])
})

test('a reload closes the channel of the page before, and the next page gets its own', () => {
  send('page-1', 'one')
  contents.commit(`${origin}/`)
  expect(host.channels.map((channel) => channel.closed)).toEqual([true])
  send('page-2', 'two')
  expect(host.channels.map((channel) => channel.received)).toEqual([['one'], ['two']])
  expect(host.channels[1]?.closed).toBe(false)
})

test('a navigation that was denied leaves the channel open', () => {
  send('page-1', 'one')
  contents.on('will-frame-navigate', (event: { preventDefault(): void }) => event.preventDefault())
  expect(contents.navigate('https://evil.example/')).toBe(false)
  expect(host.channels[0]?.closed).toBe(false)
})

test('a crashed page closes its channel', () => {
  send('page-1', 'one')
  contents.crash()
  expect(host.channels[0]?.closed).toBe(true)
})

test('after the window is gone its channel is closed and late replies are dropped', () => {
  send('page-1', 'one')
  contents.destroy()
  expect(host.channels[0]?.closed).toBe(true)
  expect(() => host.channels[0]?.reply('late')).not.toThrow()
  expect(contents.sent).toEqual([])
})
