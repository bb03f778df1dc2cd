import { EventEmitter } from 'node:events'
import type { z } from 'zod'
import { ProblemError } from '../../src-shared/problem.ts'
import { paths } from '../../src-shared/protocol/api.ts'
import { Session, TenantList, TenantToken } from '../../src-shared/protocol/session.ts'
import { askCloud, requestCloud, type CloudRequest } from './cloud-api.ts'
import type { Keyring } from './keyring.ts'

const REFRESH_TOKEN = 'refresh-token'
/** Seconds before its end that an access token counts as ended. */
const MARGIN = 30

/**
 * The technician's sign-in at one cloud: the access token in memory, the refresh token sealed in the keyring.
 * Emits `sign-in-needed` when the cloud ends it.
 */
export class TechnicianSession extends EventEmitter<{ 'sign-in-needed': []; 'signed-in': [] }> {
  readonly #keyring: Keyring
  url: string
  signInNeeded = false
  #access: { token: string; until: number } | null = null
  #refreshing: Promise<string> | null = null

  constructor(url: string, keyring: Keyring) {
    super()
    this.url = url
    this.#keyring = keyring
  }

  /** @throws ProblemError `sign-in-wrong`, `sign-in-throttled`, or what keeps the cloud from answering */
  async signIn(email: string, password: string): Promise<Session> {
    const session = await askCloud(this.url, paths.session, Session, { method: 'POST', body: { email, password } })
    await this.#accept(session)
    return session
  }

  async signOut(): Promise<void> {
    const token = this.#access?.token
    this.#access = null
    if (this.#keyring.has(REFRESH_TOKEN)) this.#keyring.removeSecret(REFRESH_TOKEN)
    this.#needSignIn()
    if (token) await requestCloud(this.url, paths.session, { method: 'DELETE', token }).catch(() => undefined)
  }

  async tenants(): Promise<TenantList> {
    return this.ask(paths.tenants, TenantList)
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

  /** Opens an organisation route as a stream. */
  async stream(path: string, signal: AbortSignal): Promise<Response> {
    return this.#withToken((token) => requestCloud(this.url, path, { token, signal, timeout: false }))
  }

  async #withToken<T>(use: (token: string) => Promise<T>): Promise<T> {
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
    this.emit('signed-in')
  }

  #needSignIn(): void {
    if (this.signInNeeded) return
    this.signInNeeded = true
    this.emit('sign-in-needed')
  }
}
