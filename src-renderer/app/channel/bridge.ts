import type { Adapter } from './connection.ts'

/** What the preload script gives to the window. */
export interface Bridge {
  send(frame: string): void
  onFrame(listener: (frame: string) => void): void
}

declare global {
  interface Window {
    bulkhead?: Bridge
  }
}

/** Carries frames over the preload's bridge; it is there from the first moment and lives as long as the window. */
export function bridgeAdapter(bridge: Bridge): Adapter {
  return (events) => {
    bridge.onFrame((frame) => events.frame(frame))
    queueMicrotask(() => events.opened())
    return { send: (frame) => bridge.send(frame) }
  }
}
