import { useCallback, useState, type ReactNode } from 'react'
import { useIdentity } from '../../tenant/context.tsx'
import { useDesk } from '../../tenant/desk.tsx'
import { Picker } from '../../ui/picker.tsx'
import { About } from '../ticket/about.tsx'
import actions from '../ticket/actions.module.css'
import { momentOf, problemOf, snoozeChoices } from './choices.ts'

interface SnoozeDialogProps {
  /** What is snoozed: a ticket, or how many. */
  what: ReactNode
  asleep: boolean
  /** Where it is another time: what is asked, and what no time is called. */
  words?: { label: string; none: string }
  /** @param until null wakes */
  onPick(until: string | null): void
  onClose(): void
}

const SNOOZE = { label: 'Snooze until', none: 'Wake it now' }

/** Asks until when, in natural words; says what they mean by the client's clock before anything is done. */
export function SnoozeDialog({ what, asleep, words = SNOOZE, onPick, onClose }: SnoozeDialogProps) {
  const { label: asked, none } = words
  const identity = useIdentity()
  const { configuration } = useDesk()
  // What is on offer does not move under the cursor.
  const [moment] = useState(() => momentOf(configuration, identity.timeZone, Date.now()))
  const search = useCallback((text: string) => snoozeChoices(text, moment, asleep, none), [moment, asleep, none])
  return (
    <Picker
      label={asked}
      placeholder={`${asked} … tomorrow 9, in 2 hours, next monday`}
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
