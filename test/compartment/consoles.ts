import { afterAll, afterEach, beforeAll, beforeEach, expect, vi } from 'vitest'
import { withCloud, type TestCloud } from '../support/cloud.ts'
import { sampleClient, sampleOrganisation, uuid } from '../support/sample.ts'
import { Driven, temporaryFolder, type Start } from './driver.ts'
import { attachment, bytesOf } from './files.ts'
import { PassingProxy } from './passing-proxy.ts'

/** The client of {@link Consoles}, and two of its tickets. */
export const ACME = uuid('tenant', 'Acme')
export const TICKET = uuid('Acme', 'ticket', 1)
export const OTHER = uuid('Acme', 'ticket', 2)

/** Consoles that work on one client of a real cloud; the first one behind a proxy. Ended after each test. */
export class Consoles {
  /** Changes with each test: the cloud keeps the contents that it has. */
  word = 0
  readonly #cloud: { now?: TestCloud; proxy?: PassingProxy } = {}
  readonly #open: Driven[] = []
  #places: ReturnType<typeof temporaryFolder>[] = []

  constructor() {
    beforeAll(async () => {
      this.#cloud.now = await withCloud([sampleOrganisation('Alpha', [sampleClient('Acme', 12)])])
    })
    beforeEach(async () => {
      this.proxy = await PassingProxy.start(this.cloud.url)
      this.#places = [temporaryFolder()]
      this.word += 1
    })
    afterEach(async () => {
      for (const driven of this.#open.splice(0)) if (!driven.closed) await driven.close()
      await this.proxy.close()
      for (const place of this.#places) place.remove()
    })
    afterAll(() => this.cloud.close())
  }

  get cloud(): TestCloud {
    if (!this.#cloud.now) throw new Error('not started')
    return this.#cloud.now
  }

  get proxy(): PassingProxy {
    if (!this.#cloud.proxy) throw new Error('not started')
    return this.#cloud.proxy
  }

  set proxy(proxy: PassingProxy) {
    this.#cloud.proxy = proxy
  }

  /** Of the first console. */
  folder(): string {
    return this.#places[0]?.folder ?? ''
  }

  anotherFolder(): string {
    const place = temporaryFolder()
    this.#places.push(place)
    return place.folder
  }

  removeFile(database: string): void {
    this.#places[0]?.removeFile(database)
  }

  async start(more: Partial<Start> = {}): Promise<Driven> {
    const token = await this.cloud.tenantToken()
    const [folder, cloudUrl] = [this.folder(), this.proxy.url]
    const driven = await Driven.open({ folder, cloudUrl, online: false, token: () => token, ...more })
    this.#open.push(driven)
    return driven
  }

  async synced(more: Partial<Start> = {}): Promise<Driven> {
    const driven = await this.start(more)
    await driven.sync()
    return driven
  }

  /** Another technician's console. */
  other(): Promise<Driven> {
    return this.synced({ folder: this.anotherFolder(), cloudUrl: this.cloud.url })
  }

  /** Bytes of this test. */
  content(size: number): Buffer {
    return bytesOf(`content ${this.word}`, size)
  }

  /** Syncs until the cloud has all of a file. */
  async sent(driven: Driven, ticketId: string, id: string): Promise<void> {
    await vi.waitFor(async () => {
      await driven.sync()
      expect(await attachment(driven, ticketId, id)).toMatchObject({ available: true, upload: null })
    })
  }
}
