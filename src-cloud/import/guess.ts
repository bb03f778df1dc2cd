import {
  choosable,
  type Choice,
  type Configuration,
  type Status,
  type StatusCategory,
} from '../../src-shared/domain/configuration.ts'
import { canBeMade } from '../../src-shared/protocol/import.ts'
import { compared, plain } from './columns.ts'
import { listsOf, type WordField } from './words.ts'

/** Unknown words of one field up to which they are guessed to be words at all, and not texts. */
const MOST_MADE = 40

/** What the words of another product look like among a client's own. */
export class Guesses {
  readonly #known: Configuration
  readonly #lists: Map<string, readonly Choice[]>

  constructor(known: Configuration) {
    this.#known = known
    this.#lists = new Map(listsOf(known).map(({ field, list }) => [field, choosable(list)]))
  }

  /**
   * A key of the client's, `new:…` where the settings permit it, or null for nothing.
   * @param different how many unknown words the field has
   */
  of(field: WordField, word: string, different: number): string | null {
    const list = this.#lists.get(field) ?? []
    const same = list.find(({ key, label }) => [key, label].some((one) => compared(one) === compared(word)))
    if (same && compared(word) !== '') return same.key
    if (!canBeMade(field, this.#known)) return byLevel(word, this.#ordered(field, list))
    const alike = field === 'status' ? statusLike(word, list as readonly Status[]) : choiceLike(word, field, list)
    return alike ?? (different > MOST_MADE ? null : madeOf(field, word))
  }

  /** From the most urgent on. */
  #ordered(field: WordField, list: readonly Choice[]): readonly Choice[] {
    if (field !== 'priority') return list
    return choosable(this.#known.priorities).toSorted((a, b) => a.rank - b.rank)
  }
}

/** What makes a new one of a word. */
export function madeOf(field: WordField, word: string): string {
  return field === 'status' ? `new:${categoryOf(word) ?? 'open'}` : 'new:choice'
}

/** Words by which products say how far a ticket is. */
const CATEGORIES: readonly [StatusCategory, RegExp][] = [
  ['closed', /\b(?:closed?|cancell?ed|duplicate|rejected|geschlossen|gesloten|fermee?|cerrado|chiuso)\b/],
  ['resolved', /\b(?:resolved|solved|completed?|done|fixed|finished|erledigt|gelost|opgelost|resolue?|resuelto)\b/],
  [
    'waiting',
    /\b(?:wait\w*|pending|hold|parked|scheduled|deferred|customer|vendor|warte\w*|wacht\w*|attente|espera)\b/,
  ],
  ['new', /\b(?:new|unassigned|neu|nieuw|nouveau|nuevo)\b/],
  ['open', /\b(?:open(?:ed)?|progress|assigned|working|active|started|arbeit|behandeling|cours)\b/],
]

/** What a status of another product means, by its word; undefined where that says nothing. */
function categoryOf(word: string): StatusCategory | undefined {
  return CATEGORIES.find(([, says]) => says.test(plain(word)))?.[0]
}

/** The status of the same meaning whose words are the most alike, where there is one. */
function statusLike(word: string, list: readonly Status[]): string | undefined {
  const category = categoryOf(word)
  const such = list.filter((one) => one.category === category)
  // What is over is over, whichever of its two words a product has for it.
  const over = category === 'closed' || category === 'resolved'
  const near = such.length > 0 || !over ? such : list.filter((one) => /^(?:closed|resolved)$/.test(one.category))
  const its = tokensOf(word)
  const fits = ({ label }: Status) => {
    // What waits for somebody, or something, is not what waits for nobody in particular.
    const named = tokensOf(label).filter((one) => !WAITING.test(one))
    return named.every((one) => its.includes(one)) && its.every((one) => !WHO.includes(one) || named.includes(one))
  }
  const scored = near
    .filter((one) => category !== 'waiting' || fits(one))
    .map(({ key, label }) => ({ key, score: shared(word, label) }))
  return scored.toSorted((a, b) => b.score - a.score)[0]?.key
}

/** The only one all of whose words the other has, or the other way round. */
function choiceLike(word: string, field: WordField, list: readonly Choice[]): string | undefined {
  if (field !== 'type' && field !== 'queue') return undefined
  const its = tokensOf(word)
  const alike = list.filter(({ label }) => {
    const tokens = tokensOf(label)
    const common = tokens.filter((one) => its.includes(one)).length
    return common > 0 && (common === tokens.length || common === its.length)
  })
  return alike.length === 1 ? alike[0]?.key : undefined
}

const SAME: readonly RegExp[] = [
  /^(?:customer|client|user|requester|reply|response|kunden?|klant)$/,
  /^(?:vendor|supplier|third|party|manufacturer|hersteller|leverancier)$/,
]
const WHO = ['#0', '#1']
const WAITING = /^(?:(?:a?wait|warte|wacht)\w*|pending|hold|parked|paused|someone|somebody)$/

function tokensOf(text: string): string[] {
  return plain(text)
    .split(' ')
    .filter((one) => one !== '' && !/^(?:on|for|in|the|to|of|a|auf|op|von|van)$/.test(one))
    .map((one) => {
      const place = SAME.findIndex((same) => same.test(one))
      return place < 0 ? one.replace(/s$/, '') : `#${place}`
    })
}

function shared(a: string, b: string): number {
  const [its, others] = [tokensOf(a), tokensOf(b)]
  return its.filter((one) => others.includes(one)).length
}

/** Words for how urgent something is, from the most urgent on. */
const LEVELS = [
  /\b(?:critical|emergency|urgent|blocker|highest|severe|kritisch|dringend|spoed)\b/,
  /\b(?:high|major|important|hoch|hoog)\b/,
  /\b(?:medium|normal|moderate|average|standard|mittel|normaal)\b/,
  /\b(?:low|minor|niedrig|laag|gering)\b/,
  /\b(?:lowest|trivial|planning|planned|none|project)\b/,
]

function levelOf(text: string): number | null {
  const found = LEVELS.findIndex((level) => level.test(plain(text)))
  return found < 0 ? null : found
}

/** The number in `P2`, `2 - High`, `Priority 2` or `Sev2`, from 0. */
function numberOf(text: string): number | null {
  const found = /(?:^| )(?:p|prio|priority|s|sev|severity|level)? ?([1-9])(?= |$)/.exec(plain(text))?.[1]
  return found === undefined ? null : Number(found) - 1
}

/** The one of an ordered list that is as urgent. */
function byLevel(word: string, list: readonly Choice[]): string | null {
  const [level, number] = [levelOf(word), numberOf(word)]
  const levels = list.map(({ key, label }) => levelOf(label) ?? levelOf(key))
  const same = level === null ? -1 : levels.indexOf(level)
  const numbered =
    number === null ? -1 : list.findIndex(({ key, label }) => (numberOf(label) ?? numberOf(key)) === number)
  const at = [same, numbered, level === null ? -1 : besides(level, levels), number ?? -1].find(
    (i) => i >= 0 && i < list.length,
  )
  return at === undefined ? null : (list[at]?.key ?? null)
}

/** Where a level stands in a list that does not have it: as far from the nearest as they are apart. */
function besides(level: number, levels: readonly (number | null)[]): number {
  const last = levels.length - 1
  const known = levels.flatMap((one, i) => (one === null ? [] : [{ i, apart: level - one }]))
  const [nearest] = known.toSorted((a, b) => Math.abs(a.apart) - Math.abs(b.apart))
  if (!nearest) return Math.min(last, Math.round((level * last) / 3))
  const at = Math.max(0, Math.min(last, nearest.i + nearest.apart))
  return levels[at] === null ? at : nearest.i
}
