import { hash } from 'node:crypto'

/**
 * Draws that depend on a seed and on nothing else: mulberry32, as one is made for every ticket and a Mersenne twister
 * fills 624 words before its first number.
 */
export class Random {
  #state: number

  constructor(seed: string) {
    this.#state = seedOf(seed)
  }

  /** At least 0, below 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let t = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1)
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }

  /** A whole number from `low` to `high`, both included. */
  int(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1))
  }

  chance(probability: number): boolean {
    return this.next() < probability
  }

  /** @throws RangeError where the list is empty */
  pick<T>(list: readonly T[]): T {
    if (list.length === 0) throw new RangeError('nothing to pick from')
    return list[Math.floor(this.next() * list.length)] as T
  }

  /** Picks by weight. */
  weighted<T extends { weight: number }>(list: readonly T[]): T {
    let rest = this.next() * list.reduce((sum, { weight }) => sum + weight, 0)
    return list.find(({ weight }) => (rest -= weight) < 0) ?? this.pick(list)
  }
}

/** A whole number of 32 bits for seeding generators. */
export function seedOf(text: string): number {
  return Number.parseInt(hash('sha1', text, 'hex').slice(0, 8), 16)
}

/** The same UUID for the same name, always: version 5 of RFC 9562, in a name space of its own. */
export function idOf(name: string): string {
  const digest = hash('sha1', `bulkhead sandbox/${name}`, 'hex')
  const variant = '89ab'[Number.parseInt(digest.charAt(16), 16) % 4]
  return `${digest.slice(0, 8)}-${digest.slice(8, 12)}-5${digest.slice(13, 16)}-${variant}${digest.slice(17, 20)}-${digest.slice(20, 32)}`
}
