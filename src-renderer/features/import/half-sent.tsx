import { importParts } from '../../../src-shared/protocol/import.ts'
import { bytes } from '../../ui/bytes.ts'
import { PageButton } from '../../ui/page.tsx'
import { dateTime } from '../../ui/time.ts'
import classes from './import.module.css'
import type { SeenImport } from './transfer.ts'

interface HalfSentProps {
  view: SeenImport
  shortcut: string
  disabled: boolean
  onRest(): void
  onCancel(): void
}

/** A file of which some parts are missing, as where the console ended while it was sent. */
export function HalfSent({ view, shortcut, disabled, onRest, onCancel }: HalfSentProps) {
  const whole = isWhole(view)
  return (
    <>
      <p className={classes.counts}>
        {whole
          ? `All of this file is here, and nobody looked at it yet. ${view.by} sent it from ${dateTime(view.startedAt)} on.`
          : `${bytes(view.size)} were announced, and ${sentParts(view)} here: ${view.by} began to send it ${dateTime(view.startedAt)}. Choose the same file again to send the rest, or cancel it. Nothing of it is written.`}
      </p>
      <div className={classes.begin}>
        <PageButton primary shortcut={shortcut} disabled={disabled} onClick={onRest}>
          {whole ? 'Look at it' : 'Send the rest…'}
        </PageButton>
        <PageButton disabled={disabled} onClick={onCancel}>
          Cancel it
        </PageButton>
      </div>
    </>
  )
}

/** Whether every part is here. */
export function isWhole({ parts, size }: SeenImport): boolean {
  return parts.length === importParts(size)
}

function sentParts({ parts, size }: SeenImport): string {
  const all = importParts(size)
  if (parts.length === 0) return 'nothing of it is'
  return `${parts.length} of ${all} parts ${parts.length === 1 ? 'is' : 'are'}`
}
