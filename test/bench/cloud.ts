import { SANDBOX_SIGN_IN } from '../../src-main/console/sandbox-cloud.ts'
import { paths } from '../../src-shared/protocol/api.ts'
import { Session, TenantToken } from '../../src-shared/protocol/session.ts'
import type { Bench } from './bench.ts'
import type { CloudQuestion } from './cloud-process.ts'
import { startForked, type Forked } from './forked.ts'
import type { PushFigures } from './push.ts'
import type { SeedSize } from './seed.ts'

/** The process that runs the clouds of a bench; started with the first of them. */
export class Clouds {
  readonly #bench: Bench
  readonly #urls = new Map<string, Promise<string>>()
  #process: Forked | null = null

  constructor(bench: Bench) {
    this.#bench = bench
  }

  /** A cloud that holds so much, the same one for the same size. @returns its address */
  cloud(size: SeedSize): Promise<string> {
    const key = JSON.stringify(size)
    const known = this.#urls.get(key)
    if (known) return known
    const { tickets, small } = size
    this.#bench.note(`Filling a cloud: ${tickets.toLocaleString('en')} tickets of one client, ${small} small clients…`)
    const made = this.#ask<string>({ op: 'cloud', size })
    this.#urls.set(key, made)
    return made
  }

  /** Gives every ticket of every client of a cloud another status. @returns by client, its version before */
  changeAll(url: string): Promise<Record<string, number>> {
    return this.#ask({ op: 'change', url })
  }

  /** See {@link measurePush}. */
  push(rounds: number): Promise<PushFigures> {
    return this.#ask({ op: 'push', rounds })
  }

  /** Milliseconds of processor time that the clouds and their Postgres have used; NaN where the system does not tell. */
  usage(): Promise<number> {
    return this.#ask({ op: 'usage' })
  }

  /** Lets the clouds and their Postgres run only when nothing else does, or as usual. @returns whether the system can */
  standAside(aside: boolean): Promise<boolean> {
    return this.#ask({ op: 'aside', aside })
  }

  /** Writes so many rows in the same Postgres, plainly. @returns milliseconds */
  rows(count: number): Promise<number> {
    return this.#ask({ op: 'rows', count })
  }

  #ask<Answer>(question: CloudQuestion): Promise<Answer> {
    this.#process ??= startForked(this.#bench, './cloud-process.ts')
    return this.#process.ask<Answer>(question)
  }
}

/** Signs in as the sandbox's technician. @returns the technician's token */
export async function technicianToken(url: string): Promise<string> {
  return Session.parse(await post(url + paths.session, null, SANDBOX_SIGN_IN)).accessToken
}

/** @returns a token of one client, by default for the sandbox's technician, who signs in for it */
export async function tenantToken(url: string, tenantId: string, technician?: string): Promise<string> {
  const token = technician ?? (await technicianToken(url))
  return TenantToken.parse(await post(url + paths.tenantToken(tenantId), token)).token
}

/** Posts JSON. @throws Error where the answer is not well */
export async function post(address: string, token: string | null, body?: object): Promise<unknown> {
  const response = await fetch(address, {
    method: 'POST',
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(body ? { 'content-type': 'application/json' } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  if (!response.ok) throw new Error(`${address} answered ${response.status}`)
  return response.json()
}
