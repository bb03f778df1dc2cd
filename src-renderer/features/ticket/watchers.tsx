import { IconPlus, IconX } from '@tabler/icons-react'
import { useState } from 'react'
import type { TicketDetail } from '../../../src-shared/domain/views.ts'
import { useUndo } from '../../app/commands/undo.tsx'
import { useCommands } from '../../app/commands/use-commands.tsx'
import { useTenant } from '../../tenant/context.tsx'
import { useDesk } from '../../tenant/desk.tsx'
import { watchTicket } from '../../tenant/ticket-acts.ts'
import { technicianName } from '../inbox/value-text.ts'
import { numberText } from '../tickets/words.ts'
import { Field } from './choice-field.tsx'
import { WatchersDialog } from './sheets-later.ts'
import classes from './tags.module.css'
import { useAct } from './use-act.ts'

/** Who follows the ticket: oneself by a key, others by a picker. */
export function Watchers({ detail: { ticket, pendingFields } }: { detail: TicketDetail }) {
  const tenant = useTenant()
  const desk = useDesk()
  const act = useAct()
  const undo = useUndo()
  const [choosing, setChoosing] = useState(false)
  const { me } = desk
  const watchers = ticket.watchers ?? []
  const run = (add: string[], remove: string[]): Promise<boolean> =>
    act(`Who watches ticket ${numberText(ticket.number)} was not changed.`, () =>
      watchTicket(tenant, ticket.id, add, remove),
    )
  const toggle = async (id: string): Promise<void> => {
    const on = !watchers.includes(id)
    const [add, remove] = on ? [[id], []] : [[], [id]]
    if (!(await run(add, remove))) return
    const who = technicianName(id, desk)
    const said =
      id === me
        ? `you ${on ? 'watch it' : 'no longer watch it'}`
        : `${who} ${on ? 'watches it' : 'no longer watches it'}`
    undo.offer(`Ticket ${numberText(ticket.number)}: ${said}`, () => void run(remove, add))
  }
  const watching = watchers.includes(me)
  useCommands([
    {
      ...{ id: 'watch', group: 'Ticket' as const, keys: ['W'] },
      title: watching ? 'Stop watching this ticket' : 'Watch this ticket',
      run: () => void toggle(me),
    },
    {
      ...{ id: 'watchers', group: 'Ticket' as const, keys: ['O'] },
      title: 'Choose who watches this ticket',
      run: () => setChoosing(true),
    },
  ])
  return (
    <Field label="Watchers" pending={pendingFields.includes('watchers')}>
      <div className={classes.tags} role="group" aria-label="Watchers">
        {watchers.map((id) => (
          <span key={id} className={classes.tag}>
            {technicianName(id, desk)}
            <button
              aria-label={`${technicianName(id, desk)} no longer watches`}
              title="Take off"
              onClick={() => void toggle(id)}
            >
              <IconX size={11} />
            </button>
          </span>
        ))}
        <button
          className={classes.more}
          aria-label="Add a watcher"
          title="Choose who watches (O)"
          onClick={() => setChoosing(true)}
        >
          <IconPlus size={12} /> {watchers.length === 0 && 'Add a watcher'}
        </button>
      </div>
      {choosing && (
        <WatchersDialog
          ticket={ticket}
          desk={desk}
          onPick={(id) => {
            setChoosing(false)
            void toggle(id)
          }}
          onClose={() => setChoosing(false)}
        />
      )}
    </Field>
  )
}
