import type { Connection } from './connection.ts'

const FIRST_DELAY_MS = 300
const LAST_DELAY_MS = 10_000

interface Observer<T> {
  onData(value: T): void
  onError(): void
  onComplete(): void
}

/**
 * Keeps a subscription running: starts it again when it ends, with growing pauses, and at once when the host is back.
 * @returns ends it
 */
export function follow<T>(
  connection: Connection,
  start: (observer: Observer<T>) => { unsubscribe(): void },
  onData: (value: T) => void,
): () => void {
  let running: { unsubscribe(): void } | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  let delay = FIRST_DELAY_MS
  let ended = false

  const run = (): void => {
    clearTimeout(timer)
    running = start({
      onData(value) {
        delay = FIRST_DELAY_MS
        if (!ended) onData(value)
      },
      onError: again,
      onComplete: again,
    })
  }
  const again = (): void => {
    running = null
    if (ended || connection.state.get() !== 'open') return
    timer = setTimeout(run, delay)
    delay = Math.min(delay * 2, LAST_DELAY_MS)
  }
  const unwatch = connection.state.subscribe(() => {
    if (connection.state.get() === 'open' && !running && !ended) run()
  })
  run()
  return () => {
    ended = true
    clearTimeout(timer)
    unwatch()
    running?.unsubscribe()
  }
}
