import type { IncomingMessage } from 'node:http'
import { expect } from 'vitest'
import type { Sql } from '../../src-cloud/database/connect.ts'
import { hashOf } from '../../src-cloud/mutations/content.ts'
import type { FieldChoice, InboxItem, OutboxEntry } from '../../src-shared/domain/views.ts'
import { CallFailed, Driven, temporaryFolder, type Inputs, type Outputs } from '../compartment/driver.ts'
import { serverContacts, serverTickets, serverViews, settled, viewOf } from '../faults/equal.ts'
import { readLedger } from '../faults/ledger-file.ts'
import { FaultProxy, type FaultOptions } from '../faults/proxy.ts'
import { pushed } from '../support/cloud.ts'
import { CLIENTS, CONTESTED, type Action, type Outage } from './actions.ts'
import { everyEditHasOneFate } from './fates.ts'

const AWAY = 'http://127.0.0.1:9'
/** Where a history takes place. */
export interface Place {
  /** A cloud without faults. */
  url: string
  owner: Sql
  tenant: string
  /** Lets the operator in. */
  operatorToken: string
  /** A token of the tenant, at each call one that can be used. */
  token(): string
  me: string
  /** Does something to the cloud; it answers again when this resolves. */
  outage?(mode: Outage): Promise<void>
  /** Looks at every request, and may answer or redirect it; `good` once nothing more shall go wrong. */
  treat?(request: IncomingMessage, proxy: FaultProxy, good: boolean): number | null
}

/** How often something happened that is not possible at every time. */
export type Counts = Record<(typeof COUNTED)[number], number>
const COUNTED = [
  ...(['created', 'deleted', 'decided', 'reopened', 'cancelled', 'refused', 'contacts', 'views'] as const),
  ...(['link', 'unlink', 'merge', 'unmerge', 'split'] as const),
]

/** One history: what technicians do, what the network does to it, and then a good network. */
export async function history(
  place: Place,
  actions: readonly Action[],
  seed: number,
  faults: FaultOptions,
): Promise<Counts> {
  const world = new World(place, await FaultProxy.start(place.url, seed, faults))
  try {
    await world.begin()
    for (const [step, what] of actions.entries()) await world.act(what, step)
    await world.end()
    return world.counts
  } finally {
    await world.close()
  }
}

class World {
  readonly counts = Object.fromEntries(COUNTED.map((name) => [name, 0])) as Counts
  readonly #place: Place
  readonly #proxy: FaultProxy
  readonly #folders = Array.from({ length: CLIENTS }, temporaryFolder)
  readonly #clients: Driven[] = []
  readonly #away = new Set<number>()
  readonly #tag = crypto.randomUUID().slice(0, 8)
  readonly #tickets: string[] = []
  readonly #contacts: string[] = []
  /** Tickets that the operator took away, with the version of that. */
  readonly #deleted = new Map<string, number>()
  readonly #notes = new Map<string, { ticketId: string; withdrawn: boolean }>()
  /** Of each client, the decision that it made last. */
  readonly #decided = new Map<number, string>()
  #before: Awaited<ReturnType<typeof serverTickets>> = []
  /** Earlier histories may have left some. */
  #viewsBefore: Awaited<ReturnType<typeof serverViews>> = []
  #outage = Promise.resolve()
  #good = false

  constructor(place: Place, proxy: FaultProxy) {
    this.#place = place
    this.#proxy = proxy
    proxy.status = (request) => place.treat?.(request, proxy, this.#good) ?? null
  }

  async begin(): Promise<void> {
    const { url, owner, tenant } = this.#place
    const ids = Array.from({ length: CONTESTED }, () => crypto.randomUUID())
    this.#tickets.push(...ids)
    const fields = { subject: 'Contested', description: '', status: 'open', priority: 'p2', type: null, queue: 'desk' }
    const ticket = { ...fields, requesterId: null, assigneeId: null, tags: [], customFields: { site: 'Harbour' } }
    const bodies = ids.map((ticketId) => ({ kind: 'ticket.create' as const, ticketId, ticket }))
    await pushed(url, this.#place.operatorToken, crypto.randomUUID(), 1, bodies)
    for (let i = 0; i < CLIENTS; i++) {
      const driven = await this.#open(i, url)
      await driven.sync()
      driven.post({ op: 'online', online: true, cloudUrl: this.#proxy.url })
    }
    this.#before = await serverTickets(owner, tenant)
    this.#viewsBefore = await serverViews(owner, tenant)
  }

  async act(what: Action, step: number): Promise<void> {
    if (!('client' in what)) return this.#begins(what.do)
    const driven = this.#client(what.client)
    const value = `${this.#tag} ${step}`
    const id = 'ticket' in what ? (this.#tickets[what.ticket % this.#tickets.length] ?? '') : ''
    const edit = (patch: Inputs['tickets']['edit']['patch']): Promise<unknown> => unless(driven.edit(id, patch))
    switch (what.do) {
      case 'subject':
        return void (await edit({ subject: value }))
      case 'site':
        return void (await edit({ customFields: { site: value } }))
      case 'seats':
        return void (await edit({ customFields: { seats: what.pick % 3 } }))
      case 'status':
        return void (await edit({ status: ['new', 'vendor', 'done'][what.pick % 3] ?? 'new' }))
      case 'priority':
        return void (await edit({ priority: what.pick % 2 === 0 ? 'p1' : 'p2' }))
      case 'note':
        return this.#note(driven, id, value)
      case 'link':
      case 'unlink':
        return this.#link(driven, id, what.do, what.pick)
      case 'contact':
        return this.#contact(driven, what.ticket, what.pick, value)
      case 'view':
        return this.#view(driven, what.pick, value)
      case 'merge':
      case 'unmerge':
        return this.#merge(driven, id, what.do, what.pick)
      case 'split':
        return this.#split(driven, id, value)
      case 'create': {
        const draft = { subject: value, description: '', status: 'new', priority: 'p2' }
        const { ticket } = await driven.call<{ ticket: { id: string } }>('mutation', 'tickets.create', draft)
        this.counts.created += 1
        return void this.#tickets.push(ticket.id)
      }
      case 'delete':
        return this.#delete(id)
      case 'decide':
        return this.#decide(what.client, what.pick, value)
      case 'reopen':
        return this.#reopen(what.client)
      case 'cancel':
        return this.#cancel(driven, what.pick)
      case 'pause':
      case 'resume':
        return driven.call('mutation', 'sync.pause', { paused: what.do === 'pause' })
      case 'resync':
        return driven.call('mutation', 'sync.resync')
      case 'sync':
        return driven.sync()
      case 'restart':
      case 'forget':
        await driven.close()
        if (what.do === 'forget') this.#folders[what.client]?.removeFile('cache.db')
        return void (await this.#open(what.client, this.#away.has(what.client) ? AWAY : this.#proxy.url))
      case 'leave':
        this.#away.add(what.client)
        return driven.post({ op: 'online', online: false, cloudUrl: AWAY })
      case 'return':
        this.#away.delete(what.client)
        return driven.post({ op: 'online', online: true, cloudUrl: this.#proxy.url })
    }
  }

  /** The network is good again: everyone ends with the same, and that is what was done. */
  async end(): Promise<void> {
    await this.#outage
    const { owner, tenant } = this.#place
    this.#good = true
    this.#proxy.good()
    for (const driven of this.#clients) {
      await driven.call('mutation', 'sync.pause', { paused: false })
      driven.post({ op: 'online', online: true, cloudUrl: this.#proxy.url })
    }
    await settled(this.#clients)
    const after = await serverTickets(owner, tenant)
    for (const driven of this.#clients) {
      expect(await viewOf(driven, after)).toEqual(after)
      for (const id of this.#deleted.keys()) await expect(driven.ticket(id)).rejects.toThrow('not-found')
    }
    await this.#checkNotes()
    const contacts = await serverContacts(owner, tenant)
    for (const driven of this.#clients)
      for (const one of contacts)
        expect(await driven.call('query', 'contacts.get', { id: one.id })).toEqual({ ...one, pending: false })
    const views = await serverViews(owner, tenant)
    const shown = views.map((view) => ({ ...view, pending: false }))
    for (const driven of this.#clients) expect(await viewsOf(driven)).toEqual(shown)
    const { arrived } = this.#proxy
    const refused = await everyEditHasOneFate({
      ...{
        arrived,
        owner,
        tenant,
        before: this.#before,
        viewsBefore: this.#viewsBefore,
        after,
        others: [...contacts, ...views],
      },
      deleted: this.#deleted,
    })
    this.counts.refused += refused.length
    for (const driven of this.#clients) await driven.close()
    // What was refused waits for a person, or was decided by one; all of it, and nothing else.
    const kept = this.#folders.flatMap(({ folder }) => {
      const { broken, outbox } = readLedger(folder)
      expect(broken).toBeNull()
      return outbox.flatMap(({ body, outcome }) => {
        const refusal = outcome?.outcome === 'conflict' || outcome?.outcome === 'rejected' ? outcome : null
        // What hung on one that was refused was never sent.
        return refusal && !('code' in refusal && refusal.code === 'not-created') ? [{ body, outcome: refusal }] : []
      })
    })
    const sorted = (items: object[]): string[] => items.map((item) => hashOf(item)).sort()
    expect(sorted(kept)).toEqual(sorted(refused))
  }

  async close(): Promise<void> {
    await this.#outage.catch(() => undefined)
    for (const driven of this.#clients) await driven.close()
    await this.#proxy.close()
    for (const { remove } of this.#folders) remove()
  }

  #client(index: number): Driven {
    const driven = this.#clients[index]
    if (!driven) throw new Error('no such client')
    return driven
  }

  async #open(index: number, cloudUrl: string): Promise<Driven> {
    const { token, me } = this.#place
    const folder = this.#folders[index]?.folder ?? ''
    const driven = await Driven.open({ folder, cloudUrl, token, me, online: false })
    this.#clients[index] = driven
    return driven
  }

  /** One outage after the other; the technicians go on meanwhile. */
  #begins(mode: Outage): void {
    this.#outage = this.#outage.then(() => this.#place.outage?.(mode))
  }

  async #note(driven: Driven, ticketId: string, body: string): Promise<void> {
    const taken = await unless(driven.call('mutation', 'tickets.addEntry', { ticketId, kind: 'note', body }))
    if (taken) this.#notes.set(body, { ticketId, withdrawn: false })
  }

  async #link(driven: Driven, id: string, act: 'link' | 'unlink', pick: number): Promise<void> {
    const otherId = this.#tickets[pick % this.#tickets.length] ?? ''
    if (otherId === id) return
    const relation = pick % 2 === 0 ? 'related' : 'blocks'
    const done = await unless(driven.call('mutation', `tickets.${act}`, { id, otherId, relation }))
    if (done) this.counts[act] += 1
  }

  async #merge(driven: Driven, id: string, act: 'merge' | 'unmerge', pick: number): Promise<void> {
    const intoId = this.#tickets[pick % this.#tickets.length] ?? ''
    if (intoId === id) return
    const status = pick % 2 === 0 ? null : act === 'merge' ? 'done' : 'open'
    const input = act === 'merge' ? { id, intoId, status } : { id, status }
    // Merged already, or the other way round.
    const done = await unless(driven.call('mutation', `tickets.${act}`, input), 'invalid-input')
    if (done) this.counts[act] += 1
  }

  async #split(driven: Driven, fromId: string, subject: string): Promise<void> {
    const detail = await unless(driven.ticket(fromId))
    const entryIds = ownOf(detail).flatMap(({ id }, i) => (i % 2 === 0 ? [id] : []))
    if (entryIds.length === 0) return
    const ticket = { subject, description: '', status: 'new', priority: 'p2' }
    const split = await driven.call<{ ticket: { id: string } }>('mutation', 'tickets.split', {
      ...{ fromId, entryIds, ticket },
    })
    this.counts.split += 1
    this.#tickets.push(split.ticket.id)
  }

  /** A list that everybody sees: kept, given other names and columns, and removed. */
  async #view(driven: Driven, pick: number, name: string): Promise<void> {
    this.counts.views += 1
    const views = await viewsOf(driven)
    const { id } = views[pick % CONTESTED] ?? {}
    if (id === undefined) {
      const sort = { by: 'updated', direction: 'descending' }
      return void (await driven.call('mutation', 'views.create', { name, ownerId: null, filter: {}, sort }))
    }
    if (pick % 5 === 0) return void (await driven.call('mutation', 'views.remove', { id }))
    const patch = pick % 2 === 0 ? { name } : { columns: ['subject', `customFields.${name}`] }
    await driven.call('mutation', 'views.edit', { id, patch })
  }

  /** A person of the client: made, or one that others may change too. */
  async #contact(driven: Driven, which: number, pick: number, value: string): Promise<void> {
    this.counts.contacts += 1
    const id = this.#contacts[which % CONTESTED]
    if (id === undefined) {
      const made = await driven.call<{ id: string }>('mutation', 'contacts.create', { name: value })
      return void this.#contacts.push(made.id)
    }
    const patch = pick % 2 === 0 ? { phone: value } : { title: value }
    await unless(driven.call('mutation', 'contacts.edit', { id, patch }))
  }

  async #delete(id: string): Promise<void> {
    await this.#outage
    const { owner, tenant } = this.#place
    const [row] = await owner<{ version: number | null }[]>`
      select bulkhead.delete_ticket(${tenant}, ${id}) as version`
    if (!row?.version) return
    this.#deleted.set(id, row.version)
    this.counts.deleted += 1
  }

  async #decide(index: number, pick: number, value: string): Promise<void> {
    const driven = this.#client(index)
    const items = await driven.call<InboxItem[]>('query', 'inbox.list')
    const item = items[pick % items.length]
    if (!item) return
    const { id } = item
    this.#decided.set(index, id)
    this.counts.decided += 1
    if (item.kind === 'conflict') {
      const choices = item.fields.map(({ field }, i) => choiceOf(field, pick + i, value))
      return driven.call('mutation', 'inbox.resolve', { id, choices })
    }
    return driven.call('mutation', pick % 2 === 0 ? 'inbox.resend' : 'inbox.dismiss', { id })
  }

  async #reopen(index: number): Promise<void> {
    const id = this.#decided.get(index)
    if (id === undefined) return
    if ((await unless(this.#client(index).call('mutation', 'inbox.reopen', { id }))) !== null) this.counts.reopened += 1
  }

  async #cancel(driven: Driven, pick: number): Promise<void> {
    const entries = await driven.call<OutboxEntry[]>('query', 'outbox.list')
    const entry = entries[pick % entries.length]
    const ticketId = entry?.ticket?.id
    if (!entry || ticketId === undefined) return
    const bodies = async (): Promise<string[]> =>
      ownOf(await unless(driven.ticket(ticketId))).flatMap(({ body, copiedFrom }) => (copiedFrom ? [] : [body]))
    const before = await bodies()
    if ((await unless(driven.call('mutation', 'outbox.cancel', { id: entry.id }))) === null) return
    this.counts.cancelled += 1
    const after = await bodies()
    for (const body of before.filter((text) => !after.includes(text))) {
      const note = this.#notes.get(body)
      if (note) note.withdrawn = true
    }
  }

  async #checkNotes(): Promise<void> {
    const { owner, tenant } = this.#place
    const found = await owner<{ body: string }[]>`
      select e.data ->> 'body' as body from entry e
      join ticket t on t.tenant_id = e.tenant_id and t.id = e.ticket_id and not t.deleted
      where e.tenant_id = ${tenant} and not e.deleted and e.data ->> 'copiedFrom' is null
        and starts_with(e.data ->> 'body', ${this.#tag})`
    const wanted = [...this.#notes].filter(([, { ticketId, withdrawn }]) => !withdrawn && !this.#deleted.has(ticketId))
    expect(found.map(({ body }) => body).sort()).toEqual(wanted.map(([body]) => body).sort())
  }
}

/** The entries that are a ticket's own, and not of one that was merged into it. */
function ownOf(detail: Outputs['tickets']['get'] | null): Outputs['tickets']['get']['entries'] {
  return (detail?.entries ?? []).filter(({ from }) => from === null)
}

async function viewsOf(driven: Driven): Promise<{ id: string }[]> {
  const views = await driven.call<{ id: string }[]>('query', 'views.list')
  return views.sort((a, b) => (a.id < b.id ? -1 : 1))
}

function choiceOf(field: string, pick: number, text: string): FieldChoice {
  const third: Record<string, unknown> = { status: 'open', priority: 'p1', 'customFields.seats': 7 }
  if (pick % 3 === 0) return { field, choice: 'mine' }
  if (pick % 3 === 1) return { field, choice: 'theirs' }
  return { field, choice: 'other', value: third[field] ?? text }
}

/** What was asked for, or null where there is nothing (any more) to do it to. */
async function unless<Value>(work: Promise<Value>, also?: string): Promise<Value | null> {
  try {
    return await work
  } catch (error) {
    const code = error instanceof CallFailed ? error.problem.code : ''
    if (!['not-found', 'edit-sent', 'edit-under-way', also].includes(code)) throw error
    return null
  }
}
