/** What a window of the Electron host gets from its preload, as `window.bulkhead`; nothing else crosses. */
export interface Bridge {
  /** Sends one frame to main. A frame longer than `MAX_FRAME` is dropped there. */
  send(frame: string): void
  /** Gives every frame from main to this listener, in order; a later listener takes the place of the earlier. */
  onFrame(listener: (frame: string) => void): void
}

declare global {
  interface Window {
    /** Absent in the browser host, where a WebSocket carries the frames. */
    readonly bulkhead?: Bridge
  }
}
