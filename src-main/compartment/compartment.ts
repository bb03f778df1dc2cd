import { randomUUID } from 'node:crypto'
import type { NewTicket, TicketPatch } from '../../src-shared/domain/ticket.ts'
import type {
  Change,
  Desk,
  FieldChoice,
  InboxItem,
  OutboxEntry,
  Rollup,
  SearchHit,
  SyncReport,
  SyncState,
  TicketCounts,
  TicketDetail,
  TicketFilter,
  TicketOutline,
  TicketPage,
  TicketSort,
} from '../../src-shared/domain/views.ts'
import { ProblemError } from '../../src-shared/problem.ts'
import { Broadcast } from './broadcast.ts'
import { patchedFields, refreshView } from './cache/overlay.ts'
import { Holdings } from './holdings.ts'
import { cancel, dismiss, reopen, resend, resolve } from './ledger/decisions.ts'
import type { OutboxItem } from './ledger/outbox.ts'
import type { Assignment } from './port.ts'
import type { CompartmentApi } from './router.ts'
import { isDamage, isDiskFull } from '../storage/open.ts'
import { Cloud } from './sync/cloud.ts'
import { SyncLoop } from './sync/loop.ts'
import { TokenHolder } from './sync/token.ts'
import { readCounts, readRollup } from './triage/counts.ts'
import { readTicket } from './triage/detail.ts'
import { diagnosticsOf } from './triage/diagnostics.ts'
import { changeOf } from './triage/edit.ts'
import { readInbox, readOutbox, serverValue } from './triage/inbox.ts'
import { readOutline, readPage, type PageRequest } from './triage/page.ts'
import { search, type SearchRequest } from './triage/search.ts'

/** More changed tickets than this are told as `all`. */
const MAX_NAMED = 200
const ROLLUP_DELAY = 200
const ROLLUP_INTERVAL = 60_000

export interface CompartmentEvents {
  tokenWanted(): void
  rollup(rollup: Rollup): void
  syncState(state: SyncState): void
}

/** One tenant's data, opened: what windows ask, and the sync that keeps it in step. It never names its tenant. */
export class Compartment implements CompartmentApi {
  readonly tokens: TokenHolder
  readonly sync: SyncLoop
  readonly #held: Holdings
  readonly #events: CompartmentEvents
  readonly #changes = new Broadcast<Change>(mergeChanges)
  readonly #states = new Broadcast<SyncState>((_, newer) => newer)
  readonly #rollups: NodeJS.Timeout
  #rollupSoon: NodeJS.Timeout | null = null
  #closed = false

  /** Opens the files and starts the sync. @throws ProblemError as {@link Holdings} does */
  constructor(assignment: Assignment, events: CompartmentEvents) {
    this.#held = new Holdings(assignment)
    this.#events = events
    this.tokens = new TokenHolder(() => events.tokenWanted())
    this.sync = new SyncLoop(this.#held, new Cloud(assignment.cloudUrl, this.tokens), assignment.online, {
      changed: (tickets, desk) => this.#changed(tickets, desk),
      state: (state) => this.#stateMoved(state),
    })
    this.#rollups = setInterval(() => this.#rollUp(), ROLLUP_INTERVAL)
    this.#rollUpSoon()
  }

  desk(): Desk {
    return this.#read(({ cache, technician }) => ({
      configuration: cache.configuration,
      technicians: cache.technicians,
      me: technician.id,
    }))
  }

  page(input: PageRequest): TicketPage {
    return this.#read(({ cache, ledger }) => readPage(cache, ledger, input))
  }

  outline(input: { filter: TicketFilter; sort: TicketSort }): TicketOutline {
    return this.#read(({ cache }) => readOutline(cache, input.filter, input.sort))
  }

  counts(): TicketCounts {
    return this.#read(({ cache, technician }) => readCounts(cache, technician.id))
  }

  search(input: SearchRequest): SearchHit[] {
    return this.#read(({ cache, ledger }) => search(cache, ledger, input))
  }

  ticket(id: string): TicketDetail {
    return this.#read(({ cache, ledger, technician }) => readTicket(cache, ledger, technician, id))
  }

  edit({ id, patch }: { id: string; patch: TicketPatch }): TicketDetail {
    const { ticket } = this.ticket(id)
    const change = changeOf(ticket, patch)
    if (change) {
      const body = { kind: 'ticket.update' as const, ticketId: id, ...change }
      this.#held.ledger.append(body, { fields: patchedFields(change.patch) })
      this.#show(id)
    }
    return this.ticket(id)
  }

  addEntry({ ticketId, kind, body }: { ticketId: string; kind: 'note' | 'reply'; body: string }): TicketDetail {
    this.ticket(ticketId)
    const entryId = randomUUID()
    this.#held.ledger.append(
      { kind: 'entry.create', ticketId, entryId, entryKind: kind, body },
      { entry: entryId, entryKind: kind },
    )
    this.#show(ticketId)
    return this.ticket(ticketId)
  }

  create(ticket: NewTicket): TicketDetail {
    const ticketId = randomUUID()
    this.#held.ledger.append({ kind: 'ticket.create', ticketId, ticket }, { fields: patchedFields(ticket) })
    this.#show(ticketId)
    return this.ticket(ticketId)
  }

  inbox(): InboxItem[] {
    return this.#read(({ cache, ledger }) => readInbox(cache, ledger))
  }

  resolve({ id, choices }: { id: string; choices: FieldChoice[] }): InboxItem[] {
    return this.#decided(resolve(this.#held.ledger, id, choices))
  }

  resend({ id, ...mend }: { id: string; text?: string | undefined; patch?: TicketPatch | undefined }): InboxItem[] {
    const { ledger } = this.#held
    const ticketId = ledger.find(id)?.body.ticketId ?? ''
    const seen = (field: string): unknown => this.#read(({ cache }) => serverValue(cache, ticketId, field))
    return this.#decided(resend(ledger, id, mend, seen))
  }

  dismiss(id: string): InboxItem[] {
    return this.#decided(dismiss(this.#held.ledger, id))
  }

  reopen(id: string): InboxItem[] {
    return this.#decided(reopen(this.#held.ledger, id))
  }

  outbox(): OutboxEntry[] {
    return this.#read(({ cache, ledger }) => readOutbox(cache, ledger))
  }

  cancel(id: string): OutboxEntry[] {
    this.#show(cancel(this.#held.ledger, id).body.ticketId)
    return this.outbox()
  }

  markSeen(id: string): void {
    const seen = this.#read(({ cache }) => {
      const row = cache.tickets.byId(id)
      return row !== undefined && row.seen < row.version && cache.write(() => cache.tickets.markSeen(row.number))
    })
    if (seen) this.#changed([id], false)
  }

  syncState(): SyncState {
    return this.sync.state
  }

  syncNow(): void {
    this.sync.now()
  }

  syncReport(): SyncReport {
    return { ...this.sync.report, outbox: this.outbox(), files: this.#held.sizes }
  }

  pause(paused: boolean): void {
    this.sync.pause(paused)
  }

  resync(): void {
    this.sync.resync()
    this.#changed('all', true)
  }

  allowDeletes(): void {
    this.sync.allowDeletes()
  }

  diagnostics(): string {
    return diagnosticsOf(this.syncReport())
  }

  changes(signal: AbortSignal | undefined): AsyncIterable<Change> {
    return this.#changes.listen(signal)
  }

  syncStates(signal: AbortSignal | undefined): AsyncIterable<SyncState> {
    return this.#states.listen(signal, this.sync.state)
  }

  /** Ends the sync, then writes everything to the files and closes them. */
  async close(): Promise<void> {
    this.#closed = true
    clearInterval(this.#rollups)
    if (this.#rollupSoon) clearTimeout(this.#rollupSoon)
    this.tokens.refuse(new ProblemError('cancelled'))
    await this.sync.stop()
    this.#held.close()
  }

  #decided({ body }: OutboxItem): InboxItem[] {
    this.#show(body.ticketId)
    return this.inbox()
  }

  // The ledger has the write already. A view that cannot follow now does so when the files are opened next.
  #show(ticketId: string): void {
    const { cache, ledger } = this.#held
    try {
      cache.write(() => {
        refreshView(cache, ledger, ticketId)
        const row = cache.tickets.byId(ticketId)
        if (row) cache.tickets.markSeen(row.number)
      })
    } catch (error) {
      if (!isDiskFull(error)) throw error
    }
    this.#changed([ticketId], false)
    this.sync.edited()
  }

  #read<Result>(work: (held: Holdings) => Result): Result {
    try {
      return work(this.#held)
    } catch (error) {
      if (isDiskFull(error)) throw new ProblemError('disk-full', {}, { cause: error })
      if (!isDamage(error)) throw error
      this.#held.resetCache()
      this.#changed('all', true)
      this.sync.now()
      throw new ProblemError(
        'file-damaged',
        { file: 'cache.db', remedy: 'It is loaded again from the cloud; your unsent edits stay.' },
        { cause: error },
      )
    }
  }

  #changed(tickets: Iterable<string> | 'all', desk: boolean): void {
    const named = tickets === 'all' ? 'all' : [...tickets]
    if (named !== 'all' && named.length === 0 && !desk) return
    this.#changes.send({ tickets: named === 'all' || named.length > MAX_NAMED ? 'all' : named, desk })
    this.#rollUpSoon()
  }

  #stateMoved(state: SyncState): void {
    this.#states.send(state)
    this.#events.syncState(state)
    this.#rollUpSoon()
  }

  #rollUpSoon(): void {
    if (this.#closed) return
    this.#rollupSoon ??= setTimeout(() => this.#rollUp(), ROLLUP_DELAY)
  }

  #rollUp(): void {
    this.#rollupSoon = null
    if (this.#closed) return
    // Without indexes the counts cost a pass over everything; they come when the first load has ended.
    if (!this.#held.cache.loaded) return
    try {
      this.#events.rollup(this.#read(({ cache, ledger }) => readRollup(cache, ledger)))
    } catch (error) {
      // A damaged cache is being loaded again by now; the rollup comes with it.
      if (!(error instanceof ProblemError)) throw error
    }
  }
}

function mergeChanges(older: Change, newer: Change): Change {
  const desk = older.desk || newer.desk
  if (older.tickets === 'all' || newer.tickets === 'all') return { tickets: 'all', desk }
  const tickets = [...new Set([...older.tickets, ...newer.tickets])]
  return { tickets: tickets.length > MAX_NAMED ? 'all' : tickets, desk }
}
