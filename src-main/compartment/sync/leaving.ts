import { ProblemError } from '../../../src-shared/problem.ts'
import type { EntityKind } from '../../../src-shared/protocol/feed.ts'
import type { Cache } from '../cache/cache.ts'
import { LOCAL_ROWS } from '../cache/tickets.ts'
import type { CheckedChange } from './parse.ts'

/** Mark in the cache: everything is to be read again. */
export const RESYNC = 'resync'

/** A feed that takes away more than this share of at least so many tickets is asked about first. */
const SHARE = 0.9
const ENOUGH = 20

type Removal = CheckedChange & { data: null }

const ids: Record<Exclude<EntityKind, 'configuration'>, string> = {
  ticket: `SELECT id FROM ticket WHERE number <= ${LOCAL_ROWS}`,
  entry: 'SELECT id FROM entry',
  contact: "SELECT word.text AS id FROM contact JOIN word ON word.key = contact.key AND word.kind = 'contact'",
  technician: 'SELECT id FROM technician',
  attachment: 'SELECT id FROM attachment',
  view: 'SELECT id FROM saved_view',
  change: 'SELECT id FROM ticket_change',
}

/** What a pull takes away: held back until the feed has ended, so that a feed which empties the client is noticed. */
export class Leaving {
  readonly #cache: Cache
  readonly #full: boolean
  readonly #mayEmpty: boolean
  readonly #removals: Removal[] = []
  readonly #named = new Set<string>()
  /** The version before the first one that is held back. */
  before = Infinity

  /** @param full the feed names everything: what it does not name is to be taken away too */
  constructor(cache: Cache, full: boolean, mayEmpty: boolean) {
    this.#cache = cache
    this.#full = full
    this.#mayEmpty = mayEmpty
  }

  /** @returns whether the change waits for the end */
  holds(change: CheckedChange): boolean {
    if (change.data !== null) {
      if (this.#full) this.#named.add(change.id)
      return false
    }
    if (!this.#cache.loaded || (change.kind !== 'ticket' && change.kind !== 'entry')) return false
    this.before = Math.min(this.before, change.version - 1)
    this.#removals.push(change)
    return true
  }

  /**
   * All that is to be taken away, once the feed has ended.
   * @throws ProblemError `feed-would-empty` where that is nearly everything
   */
  all(): Removal[] {
    const all = this.#full ? [...this.#removals, ...this.#unnamed()] : this.#removals
    const tickets = all.filter(({ kind, id }) => kind === 'ticket' && this.#cache.tickets.byId(id) !== undefined)
    if (!this.#mayEmpty && tickets.length >= ENOUGH * SHARE) {
      const total = this.#cache.statement<{ n: number }>('SELECT count(*) AS n FROM ticket').get()?.n ?? 0
      if (total >= ENOUGH && tickets.length > total * SHARE)
        throw new ProblemError('feed-would-empty', { deleted: tickets.length, total })
    }
    return all
  }

  #unnamed(): Removal[] {
    return Object.entries(ids).flatMap(([kind, sql]) =>
      this.#cache
        .statement<{ id: string }>(sql)
        .all()
        .filter(({ id }) => !this.#named.has(id))
        .map(({ id }) => ({ kind: kind as EntityKind, id, version: 0, data: null })),
    )
  }
}
