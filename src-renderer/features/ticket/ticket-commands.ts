import type { TicketRow } from '../../../src-shared/domain/views.ts'
import { useCommands } from '../../app/commands/use-commands.tsx'
import { useSetting } from '../../app/console/context.tsx'
import { useDesk } from '../../tenant/desk.tsx'
import type { ChoiceKind } from './choice-dialog.tsx'
import { isAsleep, useTicketActions, type MacroText, type Subject } from './ticket-actions.tsx'
import { noiseChange } from './noise.tsx'
import { useTimer } from './use-timer.ts'
import { useAdvance } from './use-advance.ts'
import { useResolve } from './use-resolve.ts'

/** Where what is to be written on a ticket is written on. */
interface TicketWriting {
  /** Takes the text of a macro. */
  onText: MacroText
  /** Shows the draft of an entry of work. */
  onWork(): void
}

type Timed = Subject & Pick<TicketRow, 'timerSince'>

/** The commands that change a ticket; they do nothing without one. */
export function useTicketCommands(ticket: Timed | null, { onText, onWork }: TicketWriting): void {
  const timerSince = ticket?.timerSince ?? null
  const { me, configuration } = useDesk()
  const timer = useTimer()
  const { change, choose, edit, macro } = useTicketActions()
  const resolve = useResolve(ticket)
  const advance = useAdvance()
  const { noise } = configuration
  const afterResolve = useSetting('afterResolve')
  const on = (kind: ChoiceKind) => () => ticket && choose(kind, ticket)
  useCommands([
    { id: 'resolve', title: 'Resolve', group: 'Ticket', keys: ['e'], run: () => resolve(afterResolve) },
    {
      id: 'resolve-next',
      title: 'Resolve and go to the next ticket',
      group: 'Ticket',
      keys: ['E'],
      run: () => resolve('next'),
    },
    {
      id: 'snooze',
      title: 'Snooze',
      group: 'Ticket',
      keys: ['h'],
      run: () => ticket && choose('snooze', ticket, () => isAsleep(ticket) || advance(afterResolve)),
    },
    ...(ticket && isAsleep(ticket)
      ? [
          {
            ...{ id: 'wake', title: 'Wake from snooze', group: 'Ticket' as const, keys: ['H'] },
            run: () => edit(ticket, { snoozedUntil: null }),
          },
        ]
      : []),
    ...(configuration.macros?.length
      ? [
          {
            ...{ id: 'macro', title: 'Use a canned reply or macro', group: 'Ticket' as const, keys: [';'] },
            run: () => ticket && macro(ticket, onText),
          },
        ]
      : []),
    ...(noise
      ? [
          {
            ...{ id: 'noise', title: 'Mark as noise', group: 'Ticket' as const, keys: ['#'] },
            run: () => ticket && change(ticket, noiseChange(noise), 'marked as noise', () => advance(afterResolve)),
          },
        ]
      : []),
    {
      id: 'timer',
      title: timerSince === null ? 'Start the timer' : 'Stop the timer and log its time',
      group: 'Ticket',
      keys: ['l'],
      run: () => ticket && timer(ticket, onWork),
    },
    { id: 'set-status', title: 'Set status', group: 'Ticket', keys: ['s'], run: on('status') },
    { id: 'set-priority', title: 'Set priority', group: 'Ticket', keys: ['p'], run: on('priority') },
    ...(configuration.types.length > 0
      ? [{ id: 'set-type', title: 'Set type', group: 'Ticket' as const, keys: ['T'], run: on('type') }]
      : []),
    { id: 'assign', title: 'Assign', group: 'Ticket', keys: ['a'], run: on('assignee') },
    {
      id: 'assign-me',
      title: 'Assign to me',
      group: 'Ticket',
      keys: ['i'],
      run: () => ticket && me && ticket.assigneeId !== me && edit(ticket, { assigneeId: me }),
    },
  ])
}
