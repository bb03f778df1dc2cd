import { expect, test, vi } from 'vitest'
import type { Bridge } from '../../src-shared/channel/bridge.ts'
import { FRAME_CHANNEL } from '../../src-shared/channel/names.ts'

/** Runs the preload as a page load does: once more from the start, in a page of its own. */
async function loadPreload() {
  vi.resetModules()
  const { fakeContextBridge, fakeIpcRenderer, mainWorld } = await import('../fakes/electron/ipc.ts')
  const sent: unknown[][] = []
  fakeIpcRenderer.toMain = (...message) => void sent.push(message)
  const expose = vi.spyOn(fakeContextBridge, 'exposeInMainWorld')
  await import('../../src-preload/preload.ts')
  return {
    bridge: mainWorld['bulkhead'] as Bridge,
    given: expose.mock.calls[0]?.[1],
    mainWorld,
    ipc: fakeIpcRenderer,
    sent,
  }
}

test('the page gets one frozen object with two functions and nothing else', async () => {
  const { bridge, given, mainWorld } = await loadPreload()
  expect(Object.keys(mainWorld)).toEqual(['bulkhead'])
  expect(Reflect.ownKeys(bridge).toSorted()).toEqual(['onFrame', 'send'])
  expect(Object.values(bridge).every((value) => typeof value === 'function')).toBe(true)
  expect(Object.isFrozen(given)).toBe(true)
})

test('a frame goes out on the one channel with the id of its page', async () => {
  const { bridge, sent } = await loadPreload()
  bridge.send('one')
  bridge.send('two')
  expect(sent).toEqual([
    [FRAME_CHANNEL, expect.any(String), 'one'],
    [FRAME_CHANNEL, sent[0]?.[1], 'two'],
  ])
})

test('a reply to an earlier page never reaches the page', async () => {
  const { bridge, ipc, sent } = await loadPreload()
  const frames: unknown[] = []
  bridge.onFrame((...args: unknown[]) => void frames.push(args))
  bridge.send('call')
  ipc.emit(FRAME_CHANNEL, {}, 'another page', 'stale')
  ipc.emit(FRAME_CHANNEL, {}, sent[0]?.[1], 'fresh')
  // One argument: Electron's event, which leads to ipcRenderer, stays behind.
  expect(frames).toEqual([['fresh']])
})
