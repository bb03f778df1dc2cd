import type { z } from 'zod'
import { problem, ProblemError, problems, type ProblemCode } from '../../src-shared/problem.ts'
import { API_HEADER, API_VERSION, paths } from '../../src-shared/protocol/api.ts'
import { Session } from '../../src-shared/protocol/session.ts'

/** Milliseconds that one answer may take. */
const PATIENCE = 60_000

/** A refusal of the cloud in its own sentence. */
export class Refused extends Error {
  readonly code: string
  constructor(code: string, message: string) {
    super(message)
    this.name = 'Refused'
    this.code = code
  }
}

/** A cloud as a command asks it: one sign-in, renewed where it ends. */
export class CommandCloud {
  readonly url: string
  #session: Session | null = null

  constructor(url: string) {
    this.url = url.replace(/\/+$/, '')
  }

  /** @throws Refused `sign-in-wrong`; ProblemError `cloud-unreachable`, `cloud-not-bulkhead`, `cloud-version` */
  async signIn(email: string, password: string): Promise<Session> {
    this.#session = Session.parse(await this.#send(paths.session, { email, password }))
    return this.#session
  }

  /** Asks an organisation route; a body makes it a POST. @throws as {@link signIn} */
  async ask<Schema extends z.ZodType>(path: string, schema: Schema, body?: unknown): Promise<z.output<Schema>> {
    try {
      return schema.parse(await this.#send(path, body, this.#session?.accessToken))
    } catch (error) {
      if (!(error instanceof Refused) || error.code !== 'sign-in-expired' || !this.#session) throw error
      this.#session = Session.parse(await this.#send(paths.refresh, { refreshToken: this.#session.refreshToken }))
      return schema.parse(await this.#send(path, body, this.#session.accessToken))
    }
  }

  /** The bytes of an organisation route, as they come. @throws as {@link signIn} */
  async bytes(path: string): Promise<ReadableStream<Uint8Array>> {
    const answer = await this.#fetch(path, undefined, this.#session?.accessToken)
    if (!answer.ok || !answer.body)
      throw refusedOf(((await answer.json().catch(() => null)) as Answer | null)?.error, answer.status)
    return answer.body as ReadableStream<Uint8Array>
  }

  /** A text of a route with a token of its own. */
  async textAs(token: string, path: string): Promise<string> {
    return String(await this.#send(path, undefined, token))
  }

  /** Asks a route with a token of its own, such as a tenant's; bytes are put there. */
  async askAs<Schema extends z.ZodType>(
    token: string,
    path: string,
    schema: Schema,
    body?: unknown,
  ): Promise<z.output<Schema>> {
    return schema.parse(await this.#send(path, body, token))
  }

  async #fetch(path: string, body: unknown, token: string | undefined): Promise<Response> {
    const bytes = body instanceof Uint8Array ? new Uint8Array(body) : null
    const response = await fetch(this.url + path, {
      method: bytes ? 'PUT' : body === undefined ? 'GET' : 'POST',
      redirect: 'error',
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': bytes ? 'application/octet-stream' : 'application/json' }),
      },
      ...(body === undefined ? {} : { body: bytes ?? JSON.stringify(body) }),
      signal: AbortSignal.timeout(PATIENCE),
    }).catch((cause: unknown) => {
      throw new ProblemError('cloud-unreachable', { url: this.url }, { cause })
    })
    const theirs = response.headers.get(API_HEADER)
    if (theirs === null) throw new ProblemError('cloud-not-bulkhead', { url: this.url })
    if (theirs !== String(API_VERSION)) throw new ProblemError('cloud-version', { theirs, ours: API_VERSION })
    return response
  }

  async #send(path: string, body?: unknown, token?: string): Promise<unknown> {
    const response = await this.#fetch(path, body, token)
    if (response.ok && response.headers.get('content-type')?.startsWith('text/')) return response.text()
    const answer = (await response.json().catch(() => null)) as Answer | null
    if (response.ok) return answer
    throw refusedOf(answer?.error, response.status)
  }
}

interface Answer {
  error?: { code: string; message: string }
}

function refusedOf(error: { code: string; message: string } | undefined, status: number): Refused {
  if (!error) return new Refused('cloud-failed', problem('cloud-failed', { status }).message)
  return new Refused(error.code in problems ? (error.code as ProblemCode) : 'internal', error.message)
}
