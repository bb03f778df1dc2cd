import type { TimerView } from '../../../src-shared/domain/views.ts'
import { ProblemError } from '../../../src-shared/problem.ts'
import type { Bench } from '../bench.ts'
import { instant } from '../cache/tickets.ts'
import type { Holdings } from '../holdings.ts'
import { ticketReference } from './references.ts'

/** The timers that run, the longest first. One of a ticket that is not here is told once all tickets are: it was deleted. */
export function readTimers({ cache, ledger }: Holdings): TimerView[] {
  return ledger.timers.all().flatMap(({ ticketId, since }) => {
    const ticket = ticketReference(cache, ledger, ticketId)
    return ticket || cache.loaded ? [{ ticketId, ticket, since: instant(since) }] : []
  })
}

/** Timers of work. They never leave this machine; what was worked is an entry that a person writes. */
export function timing(bench: Bench) {
  const { ledger } = bench.held
  const tell = (id: string): void => bench.tell({ tickets: new Set([id]), desk: false })
  return {
    timers: (): TimerView[] => bench.read(readTimers),

    /** @param since goes on from then, as when a stop is taken back */
    startTimer({ ticketId, since }: { ticketId: string; since?: string | undefined }): void {
      bench.ticket(ticketId)
      const from = since === undefined ? Date.now() : Date.parse(since)
      if (from > Date.now() + 60_000)
        throw new ProblemError('invalid-input', { reason: 'A timer starts now or before.' })
      ledger.change((change) => {
        if (ledger.timers.since(ticketId) !== null) return
        ledger.timers.start(ticketId, from)
        change.audit('timer.started', `ticket:${ticketId}`, {})
      })
      tell(ticketId)
    },

    /** @returns since when it ran; null where it did not */
    stopTimer(ticketId: string): string | null {
      const since = ledger.timers.since(ticketId)
      if (since === null) return null
      ledger.change((change) => {
        ledger.timers.stop(ticketId)
        change.audit('timer.stopped', `ticket:${ticketId}`, {})
      })
      tell(ticketId)
      return instant(since)
    },
  }
}
