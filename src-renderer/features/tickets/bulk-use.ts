import type { BulkChange } from '../../../src-shared/domain/bulk.ts'
import type { MacroTexts } from '../macros/bulk-texts.ts'
import { capital } from '../../ui/capital.ts'

/** What is to be done to many tickets. */
export interface BulkUse {
  change: BulkChange
  /** In words. */
  what: string
  /** It is a macro: each of its parts is told. */
  macro?: true
  /** What is written on each. */
  texts?: MacroTexts
}

/** What is to be done, as a heading. */
export function titleOf({ what, macro }: BulkUse): string {
  return macro ? `Use ${what}` : capital(what)
}
