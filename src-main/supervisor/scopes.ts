import { ProblemError } from '../../src-shared/problem.ts'

interface Scope {
  tenantId: string
  window: symbol
  /** No other scope has it, also not one of the same name. */
  generation: number
  /** Monotonic ms. */
  lastAsked: number
  onRevoke: Set<(reason: Revoked) => void>
}

/** Why a scope ended: it was closed, or nobody looked at its client for a while. */
export type Revoked = 'scope-closed' | 'scope-rested'

/** Names of ended scopes that are remembered, so that none is used twice. */
const REMEMBERED = 10_000

/**
 * Unguessable handles for open compartments. Each is bound to the window that opened it and to the technician's
 * sign-in: it ends with either. An answer goes to the generation that asked, and to no later one.
 */
export class Scopes {
  readonly #scopes = new Map<string, Scope>()
  /** The tenant that each window asked last: it keeps scopes of those that it visited before. */
  readonly #onScreen = new Map<symbol, string>()
  /** Names that were used up, oldest first. */
  readonly #spent = new Set<string>()
  readonly #now: () => number
  #generation = 0

  /** @param now monotonic ms; for tests */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  /**
   * Gives a window a scope under the handle that it chose.
   * @throws ProblemError `invalid-input` where the handle is in use, or was
   */
  open(scope: string, tenantId: string, window: symbol): void {
    if (this.#scopes.has(scope) || this.#spent.has(scope))
      throw new ProblemError('invalid-input', { reason: 'This scope is in use.' })
    const generation = ++this.#generation
    this.#scopes.set(scope, { tenantId, window, generation, lastAsked: this.#now(), onRevoke: new Set() })
    this.#onScreen.set(window, tenantId)
  }

  /**
   * What a scope leads to, null where it is unknown, revoked or another window's.
   * @param seen whether a person is behind it; a subscription goes on by itself
   */
  find(scope: string, window: symbol, seen: boolean): { tenantId: string; generation: number } | null {
    const found = this.#scopes.get(scope)
    if (found?.window !== window) return null
    if (seen) {
      this.#onScreen.set(window, found.tenantId)
      found.lastAsked = this.#now()
    }
    return found
  }

  isCurrent(scope: string, generation: number): boolean {
    return this.#scopes.get(scope)?.generation === generation
  }

  /** Calls back when the scope is revoked. @returns a function that takes the callback away */
  onRevoke(scope: string, callback: (reason: Revoked) => void): () => void {
    const callbacks = this.#scopes.get(scope)?.onRevoke
    callbacks?.add(callback)
    return () => callbacks?.delete(callback)
  }

  has(tenantId: string): boolean {
    for (const scope of this.#scopes.values()) if (scope.tenantId === tenantId) return true
    return false
  }

  /** Whether a window shows it, as far as its questions tell. */
  isOnScreen(tenantId: string): boolean {
    return this.has(tenantId) && [...this.#onScreen.values()].includes(tenantId)
  }

  revoke(scope: string, window: symbol): void {
    if (this.#scopes.get(scope)?.window === window) this.#revoke(scope)
  }

  revokeWindow(window: symbol): void {
    this.#onScreen.delete(window)
    for (const [key, scope] of this.#scopes) if (scope.window === window) this.#revoke(key)
  }

  revokeTenant(tenantId: string): void {
    for (const [key, scope] of this.#scopes) if (scope.tenantId === tenantId) this.#revoke(key)
  }

  /** Ends every scope: the console is locked, or the technician's sign-in is over or another. */
  revokeAll(): void {
    for (const key of this.#scopes.keys()) this.#revoke(key)
  }

  /** Ends scopes of clients that their window left so many milliseconds ago; what it shows stays. */
  rest(after: number): void {
    const before = this.#now() - after
    for (const [key, { window, tenantId, lastAsked }] of this.#scopes)
      if (lastAsked <= before && this.#onScreen.get(window) !== tenantId) this.#revoke(key, 'scope-rested')
  }

  #revoke(key: string, reason: Revoked = 'scope-closed'): void {
    const callbacks = this.#scopes.get(key)?.onRevoke
    this.#scopes.delete(key)
    this.#spent.add(key)
    for (const oldest of this.#spent) {
      if (this.#spent.size <= REMEMBERED) break
      this.#spent.delete(oldest)
    }
    for (const callback of [...(callbacks ?? [])]) callback(reason)
  }
}
