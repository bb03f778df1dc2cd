import { ProblemError } from '../../src-shared/problem.ts'

interface Scope {
  tenantId: string
  window: symbol
  onRevoke: Set<() => void>
}

/** Unguessable handles for open compartments, each bound to the window that opened it. */
export class Scopes {
  readonly #scopes = new Map<string, Scope>()

  /**
   * Gives a window a scope under the handle that it chose.
   * @throws ProblemError `invalid-input` where the handle is in use
   */
  open(scope: string, tenantId: string, window: symbol): void {
    if (this.#scopes.has(scope)) throw new ProblemError('invalid-input', { reason: 'This scope is in use.' })
    this.#scopes.set(scope, { tenantId, window, onRevoke: new Set() })
  }

  /** The tenant behind a scope, null where it is unknown, revoked or another window's. */
  tenantOf(scope: string, window: symbol): string | null {
    const found = this.#scopes.get(scope)
    return found?.window === window ? found.tenantId : null
  }

  /** Calls back when the scope is revoked. @returns a function that takes the callback away */
  onRevoke(scope: string, callback: () => void): () => void {
    const callbacks = this.#scopes.get(scope)?.onRevoke
    callbacks?.add(callback)
    return () => callbacks?.delete(callback)
  }

  has(tenantId: string): boolean {
    for (const scope of this.#scopes.values()) if (scope.tenantId === tenantId) return true
    return false
  }

  revoke(scope: string, window: symbol): void {
    if (this.#scopes.get(scope)?.window === window) this.#revoke(scope)
  }

  revokeWindow(window: symbol): void {
    for (const [key, scope] of this.#scopes) if (scope.window === window) this.#revoke(key)
  }

  revokeTenant(tenantId: string): void {
    for (const [key, scope] of this.#scopes) if (scope.tenantId === tenantId) this.#revoke(key)
  }

  revokeAll(): void {
    for (const key of this.#scopes.keys()) this.#revoke(key)
  }

  #revoke(key: string): void {
    const callbacks = this.#scopes.get(key)?.onRevoke
    this.#scopes.delete(key)
    for (const callback of [...(callbacks ?? [])]) callback()
  }
}
