import { EventEmitter } from 'node:events'
import type Electron from 'electron'
import { strict } from './strict.ts'
import { onReset } from './world.ts'

export const fakeIpcMain = strict('ipcMain', new EventEmitter())

class FakeIpcRenderer extends EventEmitter implements Pick<Electron.IpcRenderer, 'send'> {
  /** Where messages of the page go; a test connects it to a frame of a window. */
  toMain: ((channel: string, ...args: unknown[]) => void) | null = null

  send(channel: string, ...args: unknown[]): void {
    const cloned = structuredClone(args)
    this.toMain?.(channel, ...cloned)
  }
}

export const fakeIpcRenderer = strict('ipcRenderer', new FakeIpcRenderer())

/** What a page finds on its `window`. */
export const mainWorld: Record<string, unknown> = {}

export const fakeContextBridge = strict('contextBridge', {
  exposeInMainWorld(key: string, api: unknown): void {
    if (key in mainWorld) throw new Error('Cannot bind an API on top of an existing property on the window object')
    mainWorld[key] = acrossTheBridge(api)
  },
} satisfies Pick<Electron.ContextBridge, 'exposeInMainWorld'>)

/** Functions are proxied; everything else is copied and frozen. */
function acrossTheBridge(value: unknown): unknown {
  if (typeof value === 'function')
    return (...args: unknown[]) => acrossTheBridge(Reflect.apply(value, undefined, args.map(acrossTheBridge)))
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return Object.freeze(value.map(acrossTheBridge))
  return Object.freeze(Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, acrossTheBridge(inner)])))
}

onReset(() => {
  fakeIpcMain.removeAllListeners()
  fakeIpcRenderer.removeAllListeners()
  fakeIpcRenderer.toMain = null
  for (const key of Object.keys(mainWorld)) delete mainWorld[key]
})
