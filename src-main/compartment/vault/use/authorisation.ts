import { inspect } from 'node:util'

/**
 * Headers that carry a secret. They can be put on a request and nowhere else: they are no property of it, so a copy to
 * another thread has none; turning it to JSON, as every answer to a window is, throws.
 */
export class Authorisation {
  readonly #headers: ReadonlyMap<string, string>

  constructor(headers: Iterable<readonly [name: string, value: string]>) {
    this.#headers = new Map(headers)
  }

  /** Puts the headers among those of a request. */
  addTo(headers: Headers): void {
    for (const [name, value] of this.#headers) headers.set(name, value)
  }

  /** Whether a text holds the secret, also in the form in which it is sent. */
  isIn(text: string): boolean {
    return [...this.#headers.values()].some((value) => {
      const sent = value.replace(/^(?:Basic|Bearer) /, '')
      const password = value.startsWith('Basic ')
        ? Buffer.from(sent, 'base64')
            .toString()
            .replace(/^[^:]*:/, '')
        : ''
      return [sent, password].some((secret) => secret !== '' && text.includes(secret))
    })
  }

  toJSON(): never {
    throw new Error('an authorisation stays inside')
  }

  toString(): string {
    return 'Authorisation'
  }

  [inspect.custom](): string {
    return 'Authorisation'
  }
}
