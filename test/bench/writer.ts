import { randomUUID } from 'node:crypto'
import { paths } from '../../src-shared/protocol/api.ts'
import type { MutationReply } from '../../src-shared/protocol/mutation.ts'
import type { TicketPatch } from '../../src-shared/domain/ticket.ts'

/** Another client of a tenant, without a compartment: it sends one edit after the other. */
export class Writer {
  readonly #url: string
  readonly #token: string
  readonly #clientId = randomUUID()
  #sequence = 0

  /** @param token of one client */
  constructor(url: string, token: string) {
    this.#url = url
    this.#token = token
  }

  /** Resolves when the cloud has committed it. @throws Error where it was not applied */
  async edit(ticketId: string, base: TicketPatch, patch: TicketPatch): Promise<void> {
    const body = { kind: 'ticket.update', ticketId, base, patch }
    const mutations = [{ sequence: ++this.#sequence, schema: 1, at: new Date().toISOString(), body }]
    const response = await fetch(this.#url + paths.mutations, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ clientId: this.#clientId, mutations }),
    })
    const text = await response.text()
    const { results } = (response.ok ? JSON.parse(text) : { results: [] }) as MutationReply
    if (results[0]?.outcome !== 'applied') throw new Error(`an edit was not applied: ${response.status} ${text}`)
  }
}
