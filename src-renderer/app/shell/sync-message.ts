import type { SyncState } from '../../../src-shared/domain/views.ts'
import { counted } from '../../ui/counted.ts'

export interface SyncMessage {
  text: string
  tone: 'quiet' | 'amber' | 'red'
  /** Part done of a long download, 0 to 1. */
  share: number | null
}

/** Seconds below which the time that is left is not worth a word. */
const SHORT = 5

/** What to say about a client's sync, in a few words; null when there is nothing to say. */
export function syncMessage({ phase, pending, failed, progress }: SyncState): SyncMessage | null {
  const edits = pending > 0 ? `${counted(pending, 'edit')} waiting for the cloud` : ''
  if (phase === 'stopped') return { text: joined('Sync has stopped', edits), tone: 'red', share: null }
  if (phase === 'offline') return { text: joined('Offline', edits), tone: 'amber', share: null }
  if (phase === 'paused') return { text: joined('Sync is paused', edits), tone: 'amber', share: null }
  if (phase === 'first-sync') {
    if (!progress || progress.total === 0) return { text: 'First sync', tone: 'quiet', share: null }
    return { text: `First sync: ${rows(progress)}`, tone: 'quiet', share: share(progress) }
  }
  if (failed > 0)
    return { text: joined(`${counted(failed, 'edit')} could not be saved`, edits), tone: 'amber', share: null }
  if (progress && progress.total > 0 && phase === 'pulling') {
    return { text: joined(`Catching up: ${rows(progress)}`, edits), tone: 'quiet', share: share(progress) }
  }
  return edits ? { text: edits, tone: 'quiet', share: null } : null
}

function joined(...parts: string[]): string {
  return parts.filter(Boolean).join(' · ')
}

function rows({ rows: done, total, secondsLeft }: NonNullable<SyncState['progress']>): string {
  const text = `${done.toLocaleString('en')} of ${Math.max(done, total).toLocaleString('en')} rows`
  return secondsLeft === null || secondsLeft < SHORT ? text : `${text}, ${timeLeft(secondsLeft)} left`
}

/** Seconds as a person says them: whole minutes from one minute on. */
export function timeLeft(seconds: number): string {
  return seconds < 60 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`
}

function share({ rows: done, total }: { rows: number; total: number }): number {
  return Math.min(1, done / total)
}
