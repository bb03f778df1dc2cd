import type { BulkChange } from '../../../src-shared/domain/bulk.ts'
import type { MacroTexts } from '../macros/bulk-texts.ts'

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
