import { EventEmitter } from 'node:events'
import type { z } from 'zod'
import { ProblemError } from '../../src-shared/problem.ts'
import { paths } from '../../src-shared/protocol/api.ts'
import { Session, TenantList, TenantToken, type Role } from '../../src-shared/protocol/session.ts'
import { askCloud, CloudBusy, requestCloud, type CloudRequest } from './cloud-api.ts'
import { REFRESH_TOKEN, type Keyring } from './keyring.ts'

/** Seconds before its end that an access token counts as ended. */
const MARGIN = 30

/**
 * The technician's sign-in at one cloud: the access token in memory, the refresh token sealed in the keyring.
 * Emits `sign-in-needed` when the cloud ends it, and `quiet` with the milliseconds of patience that it asked for: these
 * routes are the organisation's, so it asked everybody.
 */
export class TechnicianSession extends EventEmitter<{ 'sign-in-needed': []; 'signed-in': []; quiet: [number] }> {
  readonly #keyring: Keyring
  url: string
  signInNeeded = false
  /** What the technician is in the organisation; null where the cloud has not said. */
  role: Role | null = null
  #access: { token: string; until: number } | null = null
  #refreshing: Promise<string> | null = null
  /** Nothing goes out before (monotonic ms). */
  #quietUntil = 0

  constructor(url: string, keyring: Keyring) {
    super()
    this.url = url
    this.#keyring = keyring
  }

  /**
   * @param owner the technician whose profile it is, where it is somebody's
   * @throws ProblemError `sign-in-wrong`, `sign-in-throttled`, `sign-in-other`, or what keeps the cloud from answering
   */
  async signIn(email: string, password: string, owner?: { id: string; name: string }): Promise<Session> {
    const session = await askCloud(this.url, paths.session, Session, { method: 'POST', body: { email, password } })
    if (owner && session.technician.id !== owner.id) throw new ProblemError('sign-in-other', { name: owner.name })
    await this.#accept(session)
    return session
  }

  async signOut(): Promise<void> {
    const token = this.#access?.token
    this.#access = null
    this.#needSignIn()
    if (this.#keyring.has(REFRESH_TOKEN)) await this.#keyring.removeSecret(REFRESH_TOKEN)
    if (token) await requestCloud(this.url, paths.session, { method: 'DELETE', token }).catch(() => undefined)
  }

  /** Forgets the access token, after a refresh that is under way has kept what it was given, or for so many ms. */
  async close(patience: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, patience)
    await Promise.race([this.#refreshing?.catch(() => undefined), promise])
    clearTimeout(timer)
    this.#access = null
  }

  async tenants(): Promise<TenantList> {
    const list = await this.ask(paths.tenants, TenantList)
    this.role = list.role ?? null
    return list
  }

  /** Sends nothing for so many milliseconds. A sign-in, which a person waits for, goes out all the same. */
  quiet(wait: number): void {
    this.#quietUntil = Math.max(this.#quietUntil, performance.now() + wait)
  }

  /** A short-lived token for one tenant. */
  async tenantToken(tenantId: string): Promise<TenantToken> {
    return this.ask(paths.tenantToken(tenantId), TenantToken, { method: 'POST' })
  }

  /** Asks an organisation route; a refused access token is refreshed once. */
  async ask<Schema extends z.ZodType>(
    path: string,
    schema: Schema,
    request: CloudRequest = {},
  ): Promise<z.infer<Schema>> {
    return this.#withToken((token) => askCloud(this.url, path, schema, { ...request, token }))
  }

  /** The bytes of an organisation route. */
  async bytes(path: string): Promise<ArrayBuffer> {
    return this.#withToken(async (token) => (await requestCloud(this.url, path, { token })).arrayBuffer())
  }

  /** Opens an organisation route as a stream. */
  async stream(path: string, signal: AbortSignal): Promise<Response> {
    return this.#withToken((token) => requestCloud(this.url, path, { token, signal, timeout: false }))
  }

  async #withToken<T>(use: (token: string) => Promise<T>): Promise<T> {
    try {
      return await this.#refreshedOnce(use)
    } catch (error) {
      // Not where it was this side that refused: that ends when it ends.
      if (error instanceof CloudBusy && performance.now() + error.wait > this.#quietUntil + 100) {
        this.quiet(error.wait)
        this.emit('quiet', error.wait)
      }
      throw error
    }
  }

  async #refreshedOnce<T>(use: (token: string) => Promise<T>): Promise<T> {
    const left = this.#quietUntil - performance.now()
    if (left > 0) throw new CloudBusy(left)
    const token = await this.#accessToken()
    try {
      return await use(token)
    } catch (error) {
      if (!(error instanceof ProblemError) || error.problem.code !== 'sign-in-expired') throw error
      if (this.#access?.token === token) this.#access = null
      return use(await this.#accessToken())
    }
  }

  async #accessToken(): Promise<string> {
    if (this.#access && performance.now() < this.#access.until) return this.#access.token
    this.#refreshing ??= this.#refresh().finally(() => (this.#refreshing = null))
    return this.#refreshing
  }

  async #refresh(): Promise<string> {
    const sealed = this.signInNeeded ? null : await this.#keyring.secret(REFRESH_TOKEN)
    if (!sealed) {
      this.#needSignIn()
      throw new ProblemError('sign-in-expired')
    }
    const refreshToken = Buffer.from(sealed).toString('utf8')
    try {
      const session = await askCloud(this.url, paths.refresh, Session, { method: 'POST', body: { refreshToken } })
      await this.#accept(session)
      return session.accessToken
    } catch (error) {
      if (error instanceof ProblemError && error.problem.code === 'sign-in-expired') this.#needSignIn()
      throw error
    }
  }

  async #accept(session: Session): Promise<void> {
    await this.#keyring.setSecret(REFRESH_TOKEN, Buffer.from(session.refreshToken, 'utf8'))
    this.#access = { token: session.accessToken, until: performance.now() + (session.expiresIn - MARGIN) * 1000 }
    this.signInNeeded = false
    this.role = session.technician.role ?? null
    this.emit('signed-in')
  }

  #needSignIn(): void {
    if (this.signInNeeded) return
    this.signInNeeded = true
    this.emit('sign-in-needed')
  }
}
