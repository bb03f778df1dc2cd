import { app } from 'electron'
import type { Host } from '../console/host.ts'

/** Milliseconds that a quit waits for compartments to close their files; they survive a kill, so nothing is lost after it. */
export const QUIT_PATIENCE = 15_000

/** Holds the first quit back until the host has closed every compartment, then lets the app go. */
export function closeBeforeQuit(host: Pick<Host, 'close'>): void {
  let closing: Promise<void> | null = null
  let closed = false
  app.on('before-quit', (event) => {
    if (closed) return
    event.preventDefault()
    closing ??= within(QUIT_PATIENCE, host.close()).then(() => {
      closed = true
      app.quit()
    })
  })
}

async function within(milliseconds: number, work: Promise<void>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, milliseconds)
  try {
    await Promise.race([work, promise])
  } catch (error) {
    console.error('closing ended with', (error as Error).name)
  } finally {
    clearTimeout(timer)
  }
}
