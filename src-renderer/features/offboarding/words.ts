import type { OffboardingView } from '../../../src-shared/protocol/offboarding.ts'
import { counted } from '../../ui/counted.ts'
import { dateText } from '../../ui/time.ts'

/** How far an offboarding is, in a few words. */
export function stateText({ state, retainedUntil, files }: OffboardingView): string {
  if (state === 'exporting') return 'Closed, being exported'
  if (state === 'exported') return `Closed, ${counted(files.length, 'file')} to save`
  if (state === 'retained')
    return `Closed, kept until ${retainedUntil ? dateText(retainedUntil) : 'its retention ends'}`
  if (state === 'deleting') return 'Being deleted'
  return state === 'gone' ? 'Deleted, with proof' : 'Cancelled, it stayed'
}

/** Whether a name was typed as it is written. */
export function isTyped(typed: string, name: string): boolean {
  return typed.trim() === name
}
