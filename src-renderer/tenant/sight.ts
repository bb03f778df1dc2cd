/** A client that was on screen for this long, in ms, is the one that a technician knows to be in. */
export const MOMENT_MS = 5000

/** Knows whether the client on screen is one that the eye may not have followed to yet. */
export interface Sight {
  /** A client is on screen from now on. */
  arrive(id: string): void
  /** Whether it has only just taken the place of another, which was there for longer than a moment. */
  isFresh(id: string): boolean
}

/** @param now a clock that never goes back, in ms */
export function createSight(now = (): number => performance.now()): Sight {
  let current: { id: string; since: number } | null = null
  let settled: string | null = null
  const settle = (): void => {
    if (current && now() - current.since >= MOMENT_MS) settled = current.id
  }
  return {
    arrive(id) {
      settle()
      if (current?.id !== id) current = { id, since: now() }
    },
    isFresh(id) {
      settle()
      return settled !== null && settled !== id
    },
  }
}
