import { EventEmitter } from 'node:events'
import { z } from 'zod'
import type { VersionEvent } from '../src-shared/protocol/events.ts'
import type { Sql } from './database/connect.ts'
import { Presence, PRESENCE } from './presence.ts'

const Announcement = z.object({ organisation: z.uuid(), tenant: z.uuid(), version: z.number() })

/** The channel that names a sign-in (its family of refresh tokens) when it ends. */
export const SIGN_IN_ENDED = 'bulkhead_sign_in_ended'

/** The channel that names an onboarding, or an offboarding, that has moved on. */
export const CLIENT_ON_ITS_WAY = 'bulkhead_onboarding'
const Moved = z.object({ organisation: z.uuid(), id: z.uuid() })

/** The channel that names an organisation when its list of tenants, or who works for one, has changed. */
const TENANTS_CHANGED = 'bulkhead_tenants'

const MISSED = Symbol('missed')

/**
 * What Postgres announces at each commit: versions, the event's name being the organisation's id, and sign-ins that end,
 * the event's name being the family's.
 */
export class Announcements {
  readonly #events = new EventEmitter().setMaxListeners(0)
  /** Who has which ticket open. */
  readonly presence: Presence

  /** @param presenceSeconds see {@link Presence} */
  constructor(presenceSeconds?: number) {
    this.presence = new Presence(presenceSeconds)
  }

  /** Listens on a connection of its own. When that breaks it comes back by itself, and followers are told to start over. */
  async start(api: Sql): Promise<void> {
    let listening = false
    await api.listen(
      'bulkhead_feed',
      (payload) => {
        const { organisation, tenant, version } = Announcement.parse(JSON.parse(payload))
        this.#events.emit(organisation, { tenant, version } satisfies VersionEvent)
      },
      () => {
        if (listening) this.#events.emit(MISSED)
        listening = true
      },
    )
    // On the same connection, so that what was missed of the one was missed of the other.
    await api.listen(SIGN_IN_ENDED, (family) => void this.#events.emit(family))
    await api.listen(CLIENT_ON_ITS_WAY, (payload) => {
      const { organisation, id } = Moved.parse(JSON.parse(payload))
      this.#events.emit(`onboardings of ${organisation}`, id)
    })
    await api.listen(TENANTS_CHANGED, (organisation) => void this.#events.emit(`tenants of ${organisation}`))
    const again = (payload: string) => void api.notify(PRESENCE, payload).catch(() => undefined)
    await api.listen(
      PRESENCE,
      (payload) => this.presence.hear(payload, again),
      () => again(this.presence.question),
    )
  }

  /** Calls `listener` with the id of an onboarding or offboarding of an organisation that has moved on. @returns a function that stops it */
  followOnboardings(organisation: string, listener: (id: string) => void): () => void {
    const name = `onboardings of ${organisation}`
    this.#events.on(name, listener)
    return () => this.#events.off(name, listener)
  }

  /** Calls `listener` when the list of an organisation's tenants, or who works for one, has changed. @returns a function that stops it */
  followTenants(organisation: string, listener: () => void): () => void {
    const name = `tenants of ${organisation}`
    this.#events.on(name, listener)
    return () => this.#events.off(name, listener)
  }

  /** Calls `listener` when a sign-in ends. @returns a function that stops it */
  followSignIn(family: string, listener: () => void): () => void {
    this.#events.on(family, listener)
    return () => this.#events.off(family, listener)
  }

  /**
   * @param missed called where announcements may have been missed
   * @returns a function that ends it
   */
  follow(organisation: string, listener: (event: VersionEvent) => void, missed: () => void): () => void {
    this.#events.on(organisation, listener)
    this.#events.on(MISSED, missed)
    return () => {
      this.#events.off(organisation, listener)
      this.#events.off(MISSED, missed)
    }
  }
}
