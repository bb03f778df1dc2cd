import type { Adapter, AdapterEvents } from './connection.ts'

const FIRST_DELAY_MS = 250
const LAST_DELAY_MS = 4000

/**
 * Carries frames over a WebSocket to this page's own host, and connects again when it drops.
 * @param admitted settles once the one-time token, if there is one, was exchanged for the cookie
 */
export function socketAdapter(admitted: Promise<void>): Adapter {
  return (events) => {
    let socket: WebSocket | null = null
    let delay = FIRST_DELAY_MS
    const connect = (): void => {
      const next = new WebSocket(new URL('/channel', location.href.replace(/^http/, 'ws')))
      let opened = false
      next.onopen = () => {
        opened = true
        delay = FIRST_DELAY_MS
        socket = next
        events.opened()
      }
      next.onmessage = (message) => {
        if (typeof message.data === 'string') events.frame(message.data)
      }
      next.onclose = () => {
        socket = null
        if (opened) events.lost()
        void closed(opened, events).then((again) => {
          if (!again) return
          setTimeout(connect, delay)
          delay = Math.min(delay * 2, LAST_DELAY_MS)
        })
      }
    }
    void admitted.then(connect)
    return { send: (frame) => socket?.send(frame) }
  }
}

/** A browser does not say why a WebSocket was not opened: a host that answers HTTP has refused it. */
async function closed(opened: boolean, events: AdapterEvents): Promise<boolean> {
  if (opened) return true
  try {
    await fetch('/', { cache: 'no-store' })
  } catch {
    events.lost()
    return true
  }
  events.refused()
  return false
}

/**
 * Takes the one-time token out of the address bar and exchanges it for the session cookie.
 * Settles in any case: whether the window is admitted shows when the WebSocket opens.
 */
export async function admit(): Promise<void> {
  const token = location.hash.slice(1)
  if (token === '' || token.startsWith('/')) return
  history.replaceState(null, '', location.pathname)
  await fetch('/token', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token }),
  }).catch(() => undefined)
}
