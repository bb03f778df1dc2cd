import { writeFile } from 'node:fs/promises'
import { SANDBOX_SIGN_IN } from '../../src-main/console/sandbox-cloud.ts'
import { paths } from '../../src-shared/protocol/api.ts'
import { Session, TenantToken } from '../../src-shared/protocol/session.ts'
import type { Bench } from './bench.ts'
import type { CloudQuestion } from './cloud-process.ts'
import { startForked, type Forked } from './forked.ts'
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
    const made = this.#ask({ op: 'cloud', size })
    this.#urls.set(key, made)
    return made
  }

  /** Serves a file from that process. @returns its address */
  serve(file: string): Promise<string> {
    return this.#ask({ op: 'serve', file })
  }

  #ask(question: CloudQuestion): Promise<string> {
    this.#process ??= startForked(this.#bench, './cloud-process.ts')
    return this.#process.ask<string>(question)
  }
}

/** Signs in as the sandbox's technician. @returns a token of one client */
export async function tenantToken(url: string, tenantId: string): Promise<string> {
  const post = async (path: string, token: string | null, body?: object): Promise<unknown> => {
    const response = await fetch(url + path, {
      method: 'POST',
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    if (!response.ok) throw new Error(`${path} answered ${response.status}`)
    return response.json()
  }
  const { accessToken } = Session.parse(await post(paths.session, null, SANDBOX_SIGN_IN))
  return TenantToken.parse(await post(paths.tenantToken(tenantId), accessToken)).token
}

/** Writes a client's whole feed to a file. @returns its bytes */
export async function saveFeed(url: string, token: string, file: string): Promise<number> {
  const response = await fetch(`${url}${paths.changes}?after=0`, { headers: { authorization: `Bearer ${token}` } })
  const bytes = Buffer.from(await response.arrayBuffer())
  await writeFile(file, bytes)
  return bytes.length
}
