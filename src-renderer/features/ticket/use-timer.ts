import { useUndo } from '../../app/commands/undo.tsx'
import { useConsole } from '../../app/console/context.tsx'
import { useIdentity, useTenant } from '../../tenant/context.tsx'
import { workedMinutes } from '../../tenant/timers.ts'
import { durationText } from '../../ui/duration.ts'
import { numberText } from '../tickets/words.ts'
import { readWork, workText } from './entry-mode.ts'
import type { Subject } from './ticket-actions.tsx'
import { useAct } from './use-act.ts'

/**
 * Starts the timer of a ticket, or stops it and offers what was worked as an entry.
 * @param onStopped shows the entry that is offered: it is a draft by then, so that nothing is lost
 */
export function useTimer(): (ticket: Subject, onStopped: () => void) => void {
  const tenant = useTenant()
  const identity = useIdentity()
  const { clients } = useConsole()
  const undo = useUndo()
  const act = useAct()
  const { client, drafts } = tenant

  /** Where others run already: time is easily counted twice. */
  const elsewhere = (): string => {
    const others = [...(clients.get()?.values() ?? [])].flatMap(({ name, timers }) => timers.map(() => name))
    const [first] = others
    if (first === undefined) return ''
    if (others.length > 1) return `; ${others.length} others run already`
    return `; another runs ${first === identity.name ? 'here' : `at ${first}`} already`
  }
  const start = (ticket: Subject, since?: string): Promise<boolean> =>
    act('The timer was not started.', () => client.tickets.startTimer.mutate({ ticketId: ticket.id, since }))
  const stop = (ticket: Subject): Promise<boolean> =>
    act('The timer was not stopped.', async () => void (await client.tickets.stopTimer.mutate({ ticketId: ticket.id })))

  return (ticket, onStopped) => {
    const name = `Ticket ${numberText(ticket.number)}`
    void act('The timer was not changed.', async () => {
      // Asked now: what the page has may be from before the last key.
      const since = (await client.tickets.timers.query()).find((one) => one.ticketId === ticket.id)?.since
      if (since === undefined) {
        const warning = elsewhere()
        if (await start(ticket)) undo.offer(`${name}: timer started${warning}`, () => void stop(ticket))
        return
      }
      const minutes = workedMinutes(since, Date.now())
      const kept = await client.tickets.drafts.query({ ticketId: ticket.id })
      const { text } = readWork('time', drafts.read(ticket.id, 'time', kept))
      // On the disk before the timer is gone.
      drafts.write(ticket.id, 'time', workText('time', { text, time: durationText(minutes) }))
      drafts.flush()
      await client.tickets.stopTimer.mutate({ ticketId: ticket.id })
      undo.offer(`${name}: timer stopped at ${durationText(minutes)}`, () => void start(ticket, since))
      onStopped()
    })
  }
}
