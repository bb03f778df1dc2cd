import type { SimilarTicket } from '../../../src-shared/domain/similar.ts'
import { ProblemError } from '../../../src-shared/problem.ts'
import { fold } from '../cache/fold.ts'
import { LOCAL_ROWS, mergedIntoOf, type StoredTicket } from '../cache/tickets.ts'
import type { Cache } from '../cache/cache.ts'
import type { Holdings } from '../holdings.ts'
import { rowsOf } from './rows.ts'
import { wordsOf } from './words.ts'

/** Tickets that are told at most: those that can be told apart at a glance. */
const TOLD = 6
/** Numbers before and after the ticket's own that are looked through; it bounds what looking costs. */
const NEAR = 1500
/** Tickets that were opened further apart, in ms, are about two events. */
const APART = 30 * 86_400_000
/** Of those that share words, the ones with the most telling words are compared. */
const COMPARED = 60
/** A word that more than this part of the tickets near has in its subject tells nothing. */
const COMMON = 0.05
/** Below so many of them a common word cannot be told from a rare one. */
const FEW = 30
/** How much of what the subject tells the other has to share: with another requester more, since the words are all there is. */
const SHARED = { same: 0.4, other: 0.6 } as const
/** What it counts for, beside the part that is shared (0 to 1). */
const SAME_REQUESTER = 0.5

type Near = Pick<StoredTicket, 'number' | 'id' | 'subject' | 'requester' | 'created' | 'rest'>

/**
 * Tickets of this client that may tell of the same event as one of them, the likeliest first: opened at about the same
 * time, with words of its subject that few others have, and perhaps of the same requester. Those that are linked to it or
 * merged are left out. Nothing before the text index is there.
 * @throws ProblemError `not-found`
 */
export function similarTo({ cache, ledger }: Holdings, id: string): SimilarTicket[] {
  const row = cache.tickets.byId(id)
  if (!row) throw new ProblemError('not-found', { what: 'This ticket' })
  const { links, mergedInto } = cache.tickets.toTicket(row)
  if (!cache.text.ready || mergedInto) return []
  const near = nearOf(cache, row.number)
  const telling = tellingWords(cache, row.subject, near)
  if (telling.length === 0) return []
  const whole = sum(telling)
  const said = wordsOf(row.subject).length
  const linked = new Set([id, ...(links ?? []).map(({ ticketId }) => ticketId)])
  const likely = candidates(cache, telling)
    .filter((other) => {
      return !linked.has(other.id) && Math.abs(other.created - row.created) <= APART && mergedIntoOf(other) === null
    })
    .flatMap((other) => {
      const theirs = new Set(wordsOf(other.subject).map(fold))
      const shared = telling.filter(({ word }) => theirs.has(word))
      const sameRequester = other.requester === row.requester && cache.words.text(row.requester) !== null
      const part = sum(shared) / whole
      const enough = sameRequester ? SHARED.same : SHARED.other
      // One word alone tells only where it is about all that either says.
      if (part < enough || (shared.length < 2 && (part < 1 || theirs.size > 2 || said > 2))) return []
      const apart = Math.abs(other.created - row.created) / APART
      const words = shared.map(({ word }) => word)
      return [{ other, words, sameRequester, score: part + (sameRequester ? SAME_REQUESTER : 0) - apart * 0.2 }]
    })
    .sort((x, y) => y.score - x.score || y.other.number - x.other.number)
    .slice(0, TOLD)
  const why = new Map(likely.map(({ other, words, sameRequester }) => [other.id, { words, sameRequester }]))
  return rowsOf(
    cache,
    ledger,
    likely.map(({ other }) => other.number),
  ).flatMap((found) => {
    const reason = why.get(found.id)
    return reason ? [{ row: found, ...reason }] : []
  })
}

interface Window {
  from: number
  to: number
  /** Tickets in it, at most. */
  size: number
}

/** The rows around a ticket's; those without a number are the newest ones. */
function nearOf(cache: Cache, row: number): Window {
  const newest =
    cache
      .statement<{ last: number | null }>(`SELECT max(number) AS last FROM ticket WHERE number < ${LOCAL_ROWS}`)
      .get()?.last ?? 0
  const own = Math.min(row, newest)
  const from = Math.max(1, own - NEAR)
  const last = own + NEAR
  return { from, to: last >= newest ? Number.MAX_SAFE_INTEGER : last, size: Math.min(last, newest) - from + 1 }
}

interface Telling {
  word: string
  /** How much it tells: the fewer tickets near have it, the more. */
  weight: number
  /** Rows of the tickets near that have it in their subject. */
  rows: number[]
}

/** The words of a subject that tell something. */
function tellingWords(cache: Cache, subject: string, { from, to, size }: Window): Telling[] {
  const most = size < FEW ? size : Math.ceil(size * COMMON)
  const having = cache.statement<{ n: number }>(havingSql)
  return [...new Set(wordsOf(subject).map(fold))].flatMap((word) => {
    if (word.length < 3 && !/\d/.test(word)) return []
    const rows = having.all({ match: `subject : "${word}"`, from, to, most: most + 1 }).map(({ n }) => n)
    return rows.length > most ? [] : [{ word, rows, weight: Math.log((size + 2) / (rows.length + 0.5)) }]
  })
}

/** The tickets that share the most. */
function candidates(cache: Cache, telling: readonly Telling[]): Near[] {
  const weights = new Map<number, number>()
  for (const { rows, weight } of telling) for (const row of rows) weights.set(row, (weights.get(row) ?? 0) + weight)
  const best = [...weights].sort(([x, xw], [y, yw]) => yw - xw || y - x).slice(0, COMPARED)
  const read = cache.statement<Near>(
    'SELECT number, id, subject, requester, created, rest FROM ticket WHERE number = ?',
  )
  return best.flatMap(([number]) => read.get(number) ?? [])
}

/** Tickets near with a word in their subject, as many as matter; exported for the check of its query plan. */
export const havingSql =
  'SELECT rowid AS n FROM ticket_text WHERE ticket_text MATCH @match AND rowid BETWEEN @from AND @to LIMIT @most'

function sum(telling: readonly Telling[]): number {
  return telling.reduce((total, { weight }) => total + weight, 0)
}
