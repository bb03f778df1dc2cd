import type { Compared, SyncReport } from '../../../src-shared/domain/views.ts'
import { counted } from '../../ui/counted.ts'
import { agoShort } from '../../ui/time.ts'

/** How the sync stands, in one line for the head of its page. */
export function headline({ state, outbox, paused }: SyncReport): string {
  const edits = outbox.length > 0 ? `${counted(outbox.length, 'edit')} waiting here` : ''
  if (state.phase === 'stopped') return joined('Sync has stopped', edits)
  if (paused) return joined('Sync is paused', edits)
  if (state.phase === 'offline') return joined('The cloud is away', edits)
  if (state.phase === 'first-sync') return 'The first sync is under way'
  if (edits) return edits
  return state.phase === 'pulling' ? 'Catching up with the cloud' : 'Everything is in step with the cloud'
}

export const BREAKER: Record<SyncReport['breaker'], string> = {
  closed: 'Clear',
  open: 'Resting after failures',
  'half-open': 'Trying one request',
}

/** What a comparison of the copy with the cloud found. */
export function differed({ at, mended }: Compared, now: number): string {
  if (!mended) return 'It is the same'
  const what =
    mended.rows === null
      ? 'Much differed: all of it was read again'
      : `${counted(mended.rows, 'row')} differed and ${mended.rows === 1 ? 'was' : 'were'} read again`
  return mended.at === at ? what : `The same; ${agoShort(mended.at, now)} ago: ${what.toLowerCase()}`
}

/** Seconds or minutes until an instant: `in 12 s`, `in 3 min`, `now`. */
export function untilShort(instant: string, now: number): string {
  const seconds = Math.ceil((Date.parse(instant) - now) / 1000)
  if (seconds <= 0) return 'now'
  return seconds < 120 ? `in ${seconds} s` : `in ${Math.round(seconds / 60)} min`
}

function joined(...parts: string[]): string {
  return parts.filter(Boolean).join(' · ')
}
