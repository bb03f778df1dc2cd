import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/**
 * Who may talk to the browser host: requests for this very address, and of those only a browser that showed the
 * one-time token once and holds the cookie that it got for it.
 */
export class Admission {
  #token: string | null = randomBytes(24).toString('base64url')
  readonly #cookie = randomBytes(24).toString('base64url')
  #port = 0

  /** To be called once the port is known. @returns the one-time token */
  begin(port: number): string {
    this.#port = port
    return this.#token ?? ''
  }

  /** Whether the Host header names this address. Another name means DNS rebinding. */
  isOurHost(request: IncomingMessage): boolean {
    return this.#hosts.includes(request.headers.host ?? '')
  }

  /** Whether a page of ours sent it. A missing Origin is not one. */
  isOurOrigin(request: IncomingMessage): boolean {
    return request.headers.origin === `http://${request.headers.host}` && this.isOurHost(request)
  }

  isAdmitted(request: IncomingMessage): boolean {
    const cookies = (request.headers.cookie ?? '').split(/;\s*/)
    return cookies.some(
      (c) => c.startsWith(`${this.#cookieName}=`) && same(c.slice(this.#cookieName.length + 1), this.#cookie),
    )
  }

  /** Takes the one-time token. @returns the Set-Cookie header, null where the token is wrong or was used */
  admit(token: unknown): string | null {
    if (typeof token !== 'string' || this.#token === null || !same(token, this.#token)) return null
    this.#token = null
    return `${this.#cookieName}=${this.#cookie}; HttpOnly; SameSite=Strict; Path=/`
  }

  /** Cookies are shared by all ports of a host, so the name carries ours. */
  get #cookieName(): string {
    return `bulkhead-${this.#port}`
  }

  get #hosts(): string[] {
    return [`127.0.0.1:${this.#port}`, `localhost:${this.#port}`]
  }
}

function same(a: string, b: string): boolean {
  const [x, y] = [Buffer.from(a), Buffer.from(b)]
  return x.length === y.length && timingSafeEqual(x, y)
}
