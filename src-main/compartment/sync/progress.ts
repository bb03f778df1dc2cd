import type { SyncReport, SyncState } from '../../../src-shared/domain/views.ts'
import type { Problem } from '../../../src-shared/problem.ts'

/** Milliseconds between two looks at how fast it goes. */
const INTERVAL = 250
/** Milliseconds over which the rate is smoothed: what is older counts for less than a third. */
const SMOOTHING = 4000

/** How far a long pull is, how fast it goes, and how long it will take. Waiting counts: it is what a person sees. */
export class Progress {
  #rows = 0
  #at = performance.now()
  #perSecond: number | null = null

  /** @returns what to tell, or null where it was told a moment ago */
  moved(rows: number, total: number): SyncState['progress'] {
    const now = performance.now()
    const elapsed = now - this.#at
    if (elapsed < INTERVAL) return null
    const rate = ((rows - this.#rows) * 1000) / elapsed
    const weight = 1 - Math.exp(-elapsed / SMOOTHING)
    this.#perSecond = this.#perSecond === null ? rate : this.#perSecond + weight * (rate - this.#perSecond)
    this.#rows = rows
    this.#at = now
    const perSecond = Math.round(this.#perSecond)
    return { rows, total, perSecond, secondsLeft: perSecond > 0 ? Math.ceil((total - rows) / perSecond) : null }
  }
}

/** What the sync of a client is doing, in the one word that is shown. */
export function phaseOf(now: {
  stopped: boolean
  paused: boolean
  unreachable: boolean
  online: boolean
  loaded: boolean
  pulling: boolean
  /** A pull has told how far it is. */
  progress: boolean
  pushing: boolean
}): SyncState['phase'] {
  if (now.stopped) return 'stopped'
  if (now.paused) return 'paused'
  if (now.unreachable) return 'offline'
  if (now.pulling && now.progress) return now.loaded ? 'pulling' : 'first-sync'
  if (now.pushing) return 'pushing'
  if (now.pulling && !now.loaded) return 'first-sync'
  return now.online ? 'idle' : 'offline'
}

/**
 * When something is tried again next, and why not sooner; null where nothing waits.
 * @param dueAts ms since 1970 of what waits
 */
export function nextTryOf(dueAts: readonly (number | null)[], problem: Problem | null): SyncReport['nextTry'] {
  const due = dueAts.filter((at) => at !== null)
  if (due.length === 0) return null
  const reason = problem?.message ?? 'The cloud asked to send edits again later.'
  return { at: new Date(Math.min(...due)).toISOString(), reason }
}
