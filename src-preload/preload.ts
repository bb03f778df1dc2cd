import { contextBridge, ipcRenderer } from 'electron'
import type { Bridge } from '../src-shared/channel/bridge.ts'
import { BRIDGE_NAME, FRAME_CHANNEL } from '../src-shared/channel/names.ts'

// One id per loaded page: a reply to the page before a reload carries the old id and is dropped.
const page = crypto.getRandomValues(new Uint32Array(4)).join('-')
let deliver: ((frame: string) => void) | null = null

ipcRenderer.on(FRAME_CHANNEL, (_event, to: unknown, frame: unknown) => {
  if (to === page && typeof frame === 'string') deliver?.(frame)
})

const bridge: Bridge = Object.freeze({
  send: (frame: string) => ipcRenderer.send(FRAME_CHANNEL, page, frame),
  onFrame: (listener: (frame: string) => void) => {
    deliver = listener
  },
})

contextBridge.exposeInMainWorld(BRIDGE_NAME, bridge)
