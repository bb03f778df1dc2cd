import { ReadableStream } from 'node:stream/web'

/** What a network does to the requests of a client: loses them, loses answers, sends twice, cuts bodies, spoils tokens. */
export class BadNetwork {
  /** How often something went wrong on purpose. */
  faults = 0
  #random: (() => number) | null = null
  #cutAt: number | null = null

  /** Goes bad, the same way for the same seed. */
  spoil(seed: number): void {
    let state = seed >>> 0
    // mulberry32
    this.#random = () => {
      state = (state + 0x6d2b79f5) >>> 0
      let t = Math.imul(state ^ (state >>> 15), state | 1)
      t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
      return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
    }
  }

  heal(): void {
    this.#random = null
    this.#cutAt = null
  }

  /** Cuts the next feed after so many bytes, and no other. */
  cutNextFeedAt(bytes: number): void {
    this.#cutAt = bytes
  }

  readonly fetch: typeof fetch = async (input, init) => {
    const isFeed = String(input).includes('/v1/changes')
    const isPush = String(input).endsWith('/v1/mutations')
    if (isFeed && this.#cutAt !== null) {
      const at = this.#cutAt
      this.#cutAt = null
      return cut(await fetch(input, init), at)
    }
    if (!this.#random) return fetch(input, init)
    const chance = this.#random()
    const how = this.#random()
    if (chance < 0.5) return fetch(input, init)
    this.faults++
    if (how < 0.2) throw new TypeError('the request was lost')
    if (how < 0.4 && (isFeed || isPush))
      return fetch(input, { ...init, headers: { ...init?.headers, authorization: 'Bearer ended' } })
    if (isPush) await fetch(input, init)
    if (isPush && how < 0.7) throw new TypeError('the answer was lost')
    const answer = await fetch(input, init)
    return isFeed ? cut(answer, Math.floor(how * 4000)) : answer
  }
}

/** The answer as it looks when its connection is reset after so many bytes. */
function cut(answer: Response, bytes: number): Response {
  if (!answer.ok || !answer.body) return answer
  const { body } = answer
  const broken = ReadableStream.from(
    (async function* () {
      let left = bytes
      for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
        if (left > 0) yield chunk.subarray(0, left)
        left -= chunk.length
        if (left < 0) throw new TypeError('the connection was reset')
      }
    })(),
  )
  return new Response(broken as unknown as BodyInit, { status: answer.status, headers: answer.headers })
}
