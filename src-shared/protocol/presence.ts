import { z } from 'zod'
import { Id } from '../domain/primitives.ts'

/** Seconds after which the cloud forgets who has not said again that they are there. */
export const PRESENCE_SECONDS = 60
/** Seconds after which a console says it again at the latest: once more before it is forgotten, should one get lost. */
export const PRESENCE_AGAIN_SECONDS = 25
/** Tickets of one client that one console has open at once, at most. */
export const MAX_PLACES = 8

/** What somebody does in a ticket, from little to much. */
export const Doing = z.enum(['view', 'note', 'reply'])
export type Doing = z.infer<typeof Doing>

/** A ticket that is open, and what is done there. */
export const Place = z.object({ ticket: Id, doing: Doing })
export type Place = z.infer<typeof Place>

/** `POST /v1/presence`: everything that one console has open of the tenant. It takes the place of what it said before. */
export const PresenceReport = z.object({
  /** Of the console that says it, random, the same as of its event stream. */
  console: Id,
  /** Empty where only the list is on screen; null where nothing of the client is any more. */
  tickets: z.array(Place).max(MAX_PLACES).nullable(),
  /** Send who is there also where this console was told before: it has forgotten. */
  fresh: z.boolean().default(false),
})
export type PresenceReport = z.infer<typeof PresenceReport>

export const PresenceTaken = z.object({
  /** After which it is forgotten, unless it is said again. */
  seconds: z.number().int(),
})

/** Somebody else who is in a ticket. */
export const Present = z.object({
  ticket: Id,
  technician: Id,
  /** What a newer cloud calls otherwise is at least looking. */
  doing: Doing.catch('view'),
})
export type Present = z.infer<typeof Present>

/** `event: presence` of `GET /v1/organisation/events`: everybody else who has tickets of this tenant open, now. */
export const PresenceEvent = z.object({ tenant: Id, present: z.array(Present) })
export type PresenceEvent = z.infer<typeof PresenceEvent>
