import { useCallback, useState, type ReactNode } from 'react'
import { useSummary } from '../../tenant/context.tsx'
import { useDesk } from '../../tenant/desk.tsx'
import { Picker } from '../../ui/picker.tsx'
import { About } from '../ticket/about.tsx'
import actions from '../ticket/actions.module.css'
import { momentOf, problemOf, snoozeChoices } from './choices.ts'

interface SnoozeDialogProps {
  /** What is snoozed: a ticket, or how many. */
  what: ReactNode
  asleep: boolean
  /** @param until null wakes */
  onPick(until: string | null): void
  onClose(): void
}

/** Asks until when, in natural words; says what they mean by the client's clock before anything is done. */
export function SnoozeDialog({ what, asleep, onPick, onClose }: SnoozeDialogProps) {
  const summary = useSummary()
  const { configuration } = useDesk()
  // What is on offer does not move under the cursor.
  const [moment] = useState(() => momentOf(configuration, summary.timeZone, Date.now()))
  const search = useCallback((text: string) => snoozeChoices(text, moment, asleep), [moment, asleep])
  return (
    <Picker
      label="Snooze until"
      placeholder="Snooze until … tomorrow 9, in 2 hours, next monday"
      context={<About>{what}</About>}
      search={search}
      keyOf={({ key }) => key}
      render={({ label, times }) => (
        <>
          <span>{label}</span>
          <span className={actions.current}>{times}</span>
        </>
      )}
      empty={(text) => problemOf(text, moment)}
      onPick={({ until }) => onPick(until)}
      onClose={onClose}
    />
  )
}
