import { initTRPC } from '@trpc/server'
import { Place, type Present } from '../../../src-shared/protocol/presence.ts'

/** What windows say and hear of who has a ticket open. Each lasts as long as its subscription; nothing of it is kept. */
export interface PresenceCalls {
  /** Everybody else who has tickets of this client open; a window follows it while the client is on screen. */
  others(signal: AbortSignal | undefined): AsyncIterable<Present[]>
  /** A window has this ticket open. It yields nothing. */
  here(place: Place, signal: AbortSignal | undefined): AsyncIterable<never>
}

const t = initTRPC.context<{ presence: PresenceCalls }>().create()

/** Who has which ticket of the one client open. */
export const presenceRouter = t.router({
  others: t.procedure.subscription(({ ctx, signal }) => ctx.presence.others(signal)),
  here: t.procedure.input(Place).subscription(({ ctx, input, signal }) => ctx.presence.here(input, signal)),
})
