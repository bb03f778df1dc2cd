import { EventEmitter } from 'node:events'
import { beforeEach, expect, test, vi } from 'vitest'
import type { Bridge } from '../../src-shared/channel/bridge.ts'
import { FRAME_CHANNEL } from '../../src-shared/channel/names.ts'

// What the preload says to which page. That it says it in a world of its own: test/electron/harness.test.ts.

const ipc = Object.assign(new EventEmitter(), { send: vi.fn() })
const exposeInMainWorld = vi.fn()
vi.mock('electron', () => ({ contextBridge: { exposeInMainWorld }, ipcRenderer: ipc }))

beforeEach(() => {
  vi.clearAllMocks()
  ipc.removeAllListeners()
})

/** Runs the preload as a page load does: once more from the start, in a page of its own. */
async function loadPreload(): Promise<Bridge> {
  vi.resetModules()
  await import('../../src-preload/preload.ts')
  expect(exposeInMainWorld.mock.lastCall?.[0]).toBe('bulkhead')
  return exposeInMainWorld.mock.lastCall?.[1] as Bridge
}

test('a frame goes out on the one channel with the id of its page', async () => {
  const bridge = await loadPreload()
  bridge.send('one')
  bridge.send('two')
  const page: unknown = ipc.send.mock.calls[0]?.[1]
  expect(page).toEqual(expect.any(String))
  expect(ipc.send.mock.calls).toEqual([
    [FRAME_CHANNEL, page, 'one'],
    [FRAME_CHANNEL, page, 'two'],
  ])
})

test('a reply to an earlier page never reaches the page', async () => {
  const bridge = await loadPreload()
  const frames: unknown[] = []
  bridge.onFrame((...args: unknown[]) => void frames.push(args))
  bridge.send('call')
  ipc.emit(FRAME_CHANNEL, {}, 'another page', 'stale')
  ipc.emit(FRAME_CHANNEL, {}, ipc.send.mock.calls[0]?.[1], 'fresh')
  // One argument: Electron's event, which leads to ipcRenderer, stays behind.
  expect(frames).toEqual([['fresh']])
})
