import { randomUUID } from 'node:crypto'
import { EventEmitter } from 'node:events'
import { z } from 'zod'
import { Id } from '../src-shared/domain/primitives.ts'
import { ProblemError } from '../src-shared/problem.ts'
import { Doing, Place, PRESENCE_SECONDS, type PresenceReport, type Present } from '../src-shared/protocol/presence.ts'
import { asTenant } from './database/as.ts'
import type { Sql } from './database/connect.ts'
import type { TenantIdentity } from './tokens.ts'

/** The channel over which the clouds on one database tell each other who is where. */
export const PRESENCE = 'bulkhead_presence'

/** Consoles of one technician that one tenant has room for; beyond them the oldest is forgotten. */
const MAX_CONSOLES = 8

const Said = z.object({
  /** The cloud that was told. */
  cloud: Id,
  tenant: Id,
  technician: Id,
  console: Id,
  /** What a newer cloud calls otherwise is at least looking. */
  tickets: z.array(Place.extend({ doing: Doing.catch('view') })).nullable(),
  fresh: z.boolean(),
  /** For which it holds yet. */
  seconds: z.number(),
})
type Said = z.infer<typeof Said>
/** A cloud that has just begun knows nobody. */
const Asking = z.object({ asking: z.literal(true) })
const Heard = z.union([Asking, Said])

interface Held extends Said {
  /** Monotonic ms. */
  until: number
  end: NodeJS.Timeout
}

/** Who shows a tenant: a console of a technician. */
export interface Viewer {
  technician: string
  console: string
}

/**
 * Who has which ticket open, of all tenants, in this process's memory and nowhere else: it is announced through Postgres,
 * so that every cloud on one database knows the same, and forgotten where nobody says it again.
 */
export class Presence {
  /** For which what this cloud is told holds. */
  readonly seconds: number
  readonly #cloud = randomUUID()
  /** By tenant and viewer. */
  readonly #held = new Map<string, Map<string, Held>>()
  readonly #events = new EventEmitter<{ moved: [string, Viewer | null] }>().setMaxListeners(0)

  constructor(seconds = PRESENCE_SECONDS) {
    this.seconds = seconds
  }

  /** What to announce so that the other clouds say what they know. */
  readonly question = JSON.stringify({ asking: true } satisfies z.infer<typeof Asking>)

  /**
   * Tells every cloud on the database what a console has open. Tickets that the tenant does not have are passed over.
   * @throws ProblemError `not-allowed` where the technician does not work for the tenant any more
   */
  async say(api: Sql, { technician, tenant }: TenantIdentity, { console, tickets, fresh }: PresenceReport) {
    const ids = JSON.stringify((tickets ?? []).map(({ ticket }) => ticket))
    await asTenant(api, tenant, async (tx) => {
      const [found] = await tx<{ works: boolean; known: string[] }[]>`
        select exists (select from tenant_technician where id = ${technician} and not deleted) as works,
          array(select id::text from ticket
            where id in (select value::uuid from json_array_elements_text(${ids}::text::json)) and not deleted) as known`
      if (!found?.works) throw new ProblemError('not-allowed')
      const known = tickets && tickets.filter(({ ticket }) => found.known.includes(ticket))
      const said = { cloud: this.#cloud, tenant, technician, console, tickets: known, fresh, seconds: this.seconds }
      await tx`select pg_notify(${PRESENCE}, ${JSON.stringify(said satisfies Said)})`
    })
  }

  /** Takes what was announced, also by this cloud. @param again announces what this cloud was told, for one that has begun */
  hear(payload: string, again: (payload: string) => void): void {
    // What is of a form that only a newer cloud knows is for such.
    const heard = Heard.safeParse(JSON.parse(payload)).data
    if (!heard) return
    if ('asking' in heard) {
      for (const { until, end: _, ...said } of this.#all())
        if (said.cloud === this.#cloud)
          again(JSON.stringify({ ...said, fresh: false, seconds: (until - performance.now()) / 1000 }))
      return
    }
    this.#put(heard)
    this.#events.emit('moved', heard.tenant, heard.fresh ? heard : null)
  }

  /**
   * Calls `listener` with a tenant where somebody came, went or does something else, and with who is to be told anew.
   * @returns a function that stops it
   */
  follow(listener: (tenant: string, fresh: Viewer | null) => void): () => void {
    this.#events.on('moved', listener)
    return () => this.#events.off('moved', listener)
  }

  /** Whether a console has a tenant on screen. */
  shows(tenant: string, viewer: Viewer): boolean {
    return this.#held.get(tenant)?.has(keyOf(viewer)) ?? false
  }

  /** Everybody but one technician who has tickets of a tenant open; each once a ticket, with the most that they do there. */
  others(tenant: string, technician: string): Present[] {
    const found = new Map<string, Present>()
    for (const held of this.#held.get(tenant)?.values() ?? []) {
      if (held.technician === technician) continue
      for (const place of held.tickets ?? []) {
        const key = `${place.ticket} ${held.technician}`
        const known = found.get(key)
        if (!known || isMore(place.doing, known.doing)) found.set(key, { ...place, technician: held.technician })
      }
    }
    return [...found.values()]
  }

  #all(): Held[] {
    return [...this.#held.values()].flatMap((held) => [...held.values()])
  }

  #put(said: Said): void {
    this.#forget(said)
    if (said.tickets === null || said.seconds <= 0) return
    const held = this.#held.get(said.tenant) ?? new Map<string, Held>()
    const own = [...held.values()].filter(({ technician }) => technician === said.technician)
    if (own.length >= MAX_CONSOLES && own[0]) this.#forget(own[0])
    const ms = Math.min(said.seconds, PRESENCE_SECONDS) * 1000
    const end = setTimeout(() => {
      this.#forget(said)
      this.#events.emit('moved', said.tenant, null)
    }, ms).unref()
    this.#held.set(said.tenant, held.set(keyOf(said), { ...said, until: performance.now() + ms, end }))
  }

  #forget({ tenant, ...viewer }: Said): void {
    const held = this.#held.get(tenant)
    clearTimeout(held?.get(keyOf(viewer))?.end)
    held?.delete(keyOf(viewer))
    if (held?.size === 0) this.#held.delete(tenant)
  }
}

function keyOf({ technician, console }: Viewer): string {
  return `${technician} ${console}`
}

function isMore(one: Doing, other: Doing): boolean {
  return Doing.options.indexOf(one) > Doing.options.indexOf(other)
}
