import { ProblemError } from '../../src-shared/problem.ts'
import type { SettingsHistory } from '../../src-shared/protocol/settings.ts'
import { differenceOf } from '../../src-shared/settings/layers.ts'
import type { LayerValues } from '../../src-shared/settings/settings.ts'

/** Revisions that a history tells at most. */
export const HISTORY = 200

type Told = SettingsHistory['revisions'][number]

/** @param revisions the newest first, one more than a history tells: each is told by what it changed of the one before */
export function historyOf(revisions: readonly (Omit<Told, 'changes'> & { settings: LayerValues })[]): SettingsHistory {
  return {
    revisions: revisions.slice(0, HISTORY).map(({ revision, at, by, note, template, settings }, i) => ({
      ...{ revision, at, by, note, template },
      changes: differenceOf(revisions[i + 1]?.settings ?? {}, settings),
    })),
  }
}

/** Somebody changed the settings since they were seen. @param newest who and when */
export function settingsChanged(newest: Pick<Told, 'by' | 'at'> | undefined): ProblemError {
  return new ProblemError('settings-changed', { by: newest?.by.name ?? 'Somebody', at: newest?.at ?? '' })
}
