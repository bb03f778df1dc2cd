import { go } from 'fuzzysort'
import { useCallback, useMemo } from 'react'
import type { Ticket } from '../../../src-shared/domain/ticket.ts'
import type { Desk } from '../../../src-shared/domain/views.ts'
import { Marked, Picker } from '../../ui/picker.tsx'
import { technicianName } from '../inbox/value-text.ts'
import { numberText } from '../tickets/words.ts'
import { About } from './about.tsx'
import classes from './actions.module.css'

interface WatchersDialogProps {
  ticket: Ticket
  desk: Desk
  onPick(technicianId: string): void
  onClose(): void
}

/** Puts a technician among those who watch a ticket, or takes one off who does. */
export function WatchersDialog({ ticket, desk, onPick, onClose }: WatchersDialogProps) {
  const choices = useMemo(() => {
    const watching = new Set(ticket.watchers)
    const all = new Set([desk.me, ...watching, ...byName(desk)])
    return [...all].map((id) => ({ id, name: technicianName(id, desk), watches: watching.has(id) }))
  }, [ticket.watchers, desk])
  const search = useCallback(
    (text: string) =>
      text.trim() === ''
        ? choices.map((choice) => ({ choice, indexes: [] as readonly number[] }))
        : go(text.trim(), choices, { key: 'name', limit: 0, threshold: 0.2 }).map((result) => ({
            choice: result.obj,
            indexes: [...result.indexes] as readonly number[],
          })),
    [choices],
  )
  return (
    <Picker
      label="Who watches"
      placeholder="Who watches"
      context={
        <About>
          {numberText(ticket.number)} · {ticket.subject}
        </About>
      }
      search={search}
      keyOf={({ choice }) => choice.id}
      render={({ choice, indexes }) => (
        <>
          <span>
            <Marked text={choice.name} indexes={indexes} />
          </span>
          {choice.watches && <span className={classes.current}>watches: Enter takes off</span>}
        </>
      )}
      empty="Nobody who works for this client goes by that name."
      onPick={({ choice }) => onPick(choice.id)}
      onClose={onClose}
    />
  )
}

function byName({ technicians }: Desk): string[] {
  return technicians.toSorted((a, b) => a.name.localeCompare(b.name)).map(({ id }) => id)
}
