import type { RefObject } from 'react'
import { durationText } from '../../ui/duration.ts'
import classes from './composer.module.css'

interface TimeFieldsProps {
  field: RefObject<HTMLInputElement | null>
  text: string
  /** What `text` says, null where it says no time. */
  minutes: number | null
  billable: boolean
  /** On this ticket so far. */
  workedMinutes: number
  onText(text: string): void
  onBillable(billable: boolean): void
  /** On to what was done. */
  onDone(): void
  onSend(): void
}

/** How long the work took, as a person writes it, and whether it is billed. */
export function TimeFields(props: TimeFieldsProps) {
  const { field, text, minutes, billable, workedMinutes, onText, onBillable, onDone, onSend } = props
  return (
    <div className={classes.time}>
      <input
        ref={field}
        className={classes.duration}
        aria-label="Time worked"
        placeholder="1h 30"
        spellCheck={false}
        value={text}
        aria-invalid={text.trim() !== '' && minutes === null}
        onChange={(event) => onText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) onSend()
          else if (event.key === 'Enter') onDone()
          else if (event.key === 'Escape') event.currentTarget.blur()
          else return
          event.preventDefault()
        }}
      />
      <output className={classes.reads}>{minutes === null ? '' : durationText(minutes)}</output>
      <label>
        <input type="checkbox" checked={billable} onChange={(event) => onBillable(event.target.checked)} /> Billable
      </label>
      <span className={classes.worked}>{durationText(workedMinutes)} so far</span>
    </div>
  )
}
