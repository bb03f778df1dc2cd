import { DEFAULT_ATTACHMENT_POLICY } from '../../src-shared/domain/attachment.ts'
import { DEFAULT_VAULT_POLICY } from '../../src-shared/domain/vault.ts'
import { MAX_ROLLUP_DUE, type Rollup } from '../../src-shared/domain/rollup.ts'
import type { Change, Desk, SyncReport, SyncState } from '../../src-shared/domain/views.ts'
import { ProblemError } from '../../src-shared/problem.ts'
import type { MutationBody } from '../../src-shared/protocol/mutation.ts'
import { Attachments } from './attachments/attachments.ts'
import { attachmentCalls } from './attachments/calls.ts'
import type { Bench } from './bench.ts'
import { Broadcast } from './broadcast.ts'
import { refreshViews } from './cache/overlay.ts'
import { rowOf } from './cache/tickets.ts'
import { Holdings } from './holdings.ts'
import { importCalls } from './import/calls.ts'
import type { ImportCalls } from './import/router.ts'
import { ticketsOf } from './ledger/subjects.ts'
import type { Assignment } from './port.ts'
import { Presence } from './presence/presence.ts'
import type { CompartmentApi } from './router.ts'
import { isDamage, isDiskFull } from '../storage/open.ts'
import { settingsCalls } from './settings/calls.ts'
import { selfCheck } from './self-check.ts'
import { Cloud } from './sync/cloud.ts'
import { SyncLoop } from './sync/loop.ts'
import { TokenHolder } from './sync/token.ts'
import { Turns, type TurnPort } from './sync/turns.ts'
import { arrange, readRows } from './triage/arranging.ts'
import { readActivity } from './triage/activity.ts'
import { bulkEdits } from './triage/bulk.ts'
import { contactBook } from './triage/contact-book.ts'
import { drafting } from './triage/drafting.ts'
import { readCounts, readRollup } from './triage/counts.ts'
import { decisions } from './triage/deciding.ts'
import { readTicket } from './triage/detail.ts'
import { diagnosticsOf } from './triage/diagnostics.ts'
import { ticketWrites } from './triage/editing.ts'
import { readOutbox } from './triage/inbox.ts'
import { readIds, readOutline, readPage, readPlace } from './triage/page.ts'
import { carriedColumns, readLayout, savedViews } from './triage/saved-views.ts'
import { timing } from './triage/timing.ts'
import { Waking } from './triage/waking.ts'
import { idsOf } from './triage/rows.ts'
import { search, searchIds, tallyOf } from './triage/search.ts'
import { similarTo } from './triage/similar.ts'
import { CredentialUse } from './vault/use/credential-use.ts'
import { tryOut } from './vault/use/try-out.ts'
import { Vault, type VaultRules } from './vault/vault.ts'

/** More changed tickets than this are told as `all`. */
const MAX_NAMED = 200
const ROLLUP_DELAY = 200
const ROLLUP_INTERVAL = 60_000

export interface CompartmentEvents extends TurnPort {
  tokenWanted(): void
  rollup(rollup: Rollup): void
  syncState(state: SyncState): void
  /** What stands before the cloud asked for so many milliseconds of patience: of everybody. */
  quiet(wait: number): void
}

/** One tenant's data, opened: what windows ask, and the sync that keeps it in step. It never names its tenant. */
export class Compartment {
  readonly api: CompartmentApi
  readonly tokens: TokenHolder
  readonly turns: Turns
  readonly sync: SyncLoop
  readonly files: Attachments
  readonly presence: Presence
  /** For code of the compartment: credentials are used, and nobody sees them. */
  readonly credentials: CredentialUse
  readonly #vault: Vault
  readonly #held: Holdings
  readonly #bench: Bench
  readonly #imports: ImportCalls
  readonly #closing = new AbortController()
  readonly #events: CompartmentEvents
  readonly #changes = new Broadcast<Change>(mergeChanges)
  readonly #states = new Broadcast<SyncState>((_, newer) => newer)
  readonly #waking: Waking
  readonly #rollups: NodeJS.Timeout
  #rollupSoon: NodeJS.Timeout | null = null
  #closed = false

  /** Opens the files and starts the sync. @throws ProblemError as {@link Holdings} does */
  constructor(assignment: Assignment, events: CompartmentEvents) {
    this.#held = new Holdings(assignment)
    this.#events = events
    this.tokens = new TokenHolder(() => events.tokenWanted())
    this.turns = new Turns(events)
    const cloud = new Cloud(assignment.cloudUrl, this.tokens, (wait) => events.quiet(wait))
    cloud.quiet(assignment.quiet ?? 0)
    this.files = new Attachments(this.#held, cloud, assignment.online, (ticketId) => this.#changed([ticketId], false))
    this.#imports = importCalls(cloud.beside(), this.#closing.signal)
    this.presence = new Presence(cloud.beside(), this.tokens, assignment)
    this.#vault = new Vault(
      this.#held,
      () => this.#read(readVaultRules),
      () => {
        this.#changes.send({ tickets: [], desk: false, vault: true })
        this.#rollUpSoon()
      },
    )
    this.credentials = new CredentialUse(this.#vault)
    this.sync = new SyncLoop(this.#held, cloud, this.turns, assignment, {
      changed: (tickets, desk) => this.#changed(tickets, desk),
      state: (state) => this.#stateMoved(state),
    })
    this.#bench = {
      held: this.#held,
      read: (work) => this.#read(work),
      ticket: (id) => this.#read((held) => readTicket(held, this.files, id)),
      show: (bodies) => this.#show(bodies),
      tell: ({ tickets, desk }) => this.#changed(tickets, desk),
    }
    this.api = this.#calls(cloud.beside())
    this.#waking = new Waking(
      (work) => this.#read(work),
      (woken) => this.#changed(woken, false),
    )
    this.#rollups = setInterval(() => this.#rollUp(), ROLLUP_INTERVAL)
    this.#rollUpSoon()
  }

  /** One sync; files that wait for it go too, for a while. Resolves when it ended, well or not. */
  async once(): Promise<void> {
    await this.sync.once()
    await this.files.once()
  }

  /** Whether the cloud answers, and where it is from now on. */
  setOnline(online: boolean, cloudUrl: string): void {
    this.sync.setOnline(online, cloudUrl)
    this.presence.setOnline(online)
  }

  /** Ends the sync, then writes everything to the files and closes them. */
  async close(): Promise<void> {
    this.#closed = true
    this.#closing.abort()
    clearInterval(this.#rollups)
    this.#waking.stop()
    if (this.#rollupSoon) clearTimeout(this.#rollupSoon)
    this.tokens.refuse(new ProblemError('cancelled'))
    const left = this.presence.stop()
    await Promise.all([this.sync.stop(), this.files.stop()])
    this.#held.close()
    await left
  }

  /** All that windows can ask, in groups of what belongs together. */
  #calls(beside: Cloud): CompartmentApi {
    const { read, ticket } = this.#bench
    return {
      ...ticketWrites(this.#bench),
      ...bulkEdits(this.#bench),
      ...decisions(this.#bench),
      ...drafting(this.#bench),
      ...timing(this.#bench),
      ...contactBook(this.#bench),
      ...savedViews(this.#bench),
      ...attachmentCalls(this.#bench, this.files),
      vault: this.#vault,
      tryCredential: (id) => tryOut(this.#vault, this.credentials, id),
      imports: this.#imports,
      presence: this.presence,
      settings: settingsCalls(this.#bench, beside, () => this.sync.now()),
      ticket,
      activity: (input) => read((held) => readActivity(held, input)),
      desk: () => read(readDesk),
      page: (input) =>
        read(({ cache, ledger }) =>
          readPage(cache, ledger, { ...input, columns: carriedColumns(ledger, input.columns) }),
        ),
      arrange: (input) => read((held) => arrange(held, input)),
      rows: (input) =>
        read((held) => readRows(held, { ...input, columns: carriedColumns(held.ledger, input.columns) })),
      idsOf: (numbers) => read(({ cache }) => idsOf(cache, numbers.map(rowOf))),
      outline: ({ filter, sort }) => read(({ cache }) => readOutline(cache, filter, sort)),
      place: ({ filter, sort, id }) => read(({ cache }) => readPlace(cache, filter, sort, id)),
      ticketIds: (input) =>
        read((held) =>
          input.text.trim() === ''
            ? readIds(held.cache, input.filter, input.sort, input.limit)
            : searchIds(held, input),
        ),
      counts: () => read(({ cache, technician }) => readCounts(cache, technician.id)),
      tally: (lists) => read((held) => lists.map((list) => tallyOf(held, list))),
      search: (input) =>
        read((held) => search(held, { ...input, columns: carriedColumns(held.ledger, input.columns) })),
      similar: (id) => read((held) => similarTo(held, id)),
      syncState: () => this.sync.state,
      syncNow: () => {
        this.sync.now()
        this.files.now()
      },
      syncReport: () => this.#report(),
      pause: (paused) => this.sync.pause(paused),
      resync: () => {
        this.sync.resync()
        this.#changed('all', true)
      },
      allowDeletes: () => this.sync.allowDeletes(),
      selfCheck: () => this.#read((held) => selfCheck(held, this.#vault, readVaultRules(held).reveals)),
      diagnostics: () => diagnosticsOf(this.#report()),
      changes: (signal) => this.#changes.listen(signal),
      syncStates: (signal) => this.#states.listen(signal, this.sync.state),
    }
  }

  #report(): SyncReport {
    const outbox = this.#read(({ cache, ledger }) => readOutbox(cache, ledger))
    return { ...this.sync.report, outbox, files: this.#held.sizes }
  }

  // The ledger has the writes already. A view that cannot follow now does so when the files are opened next.
  #show(bodies: readonly MutationBody[]): void {
    const { cache, ledger } = this.#held
    try {
      const { tickets, desk } = cache.write(() => {
        const touched = refreshViews(cache, ledger, bodies)
        for (const id of bodies.flatMap(ticketsOf)) {
          const row = cache.tickets.byId(id)
          if (row) cache.tickets.markSeen(row.number)
        }
        return touched
      })
      this.#changed(tickets, desk)
    } catch (error) {
      if (!isDiskFull(error)) throw error
      this.#changed('all', true)
    }
    this.files.edited()
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
    this.files.syncMoved(state)
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
      const counts = this.#read(({ cache, ledger }) => readRollup(cache, ledger))
      this.#events.rollup({ ...counts, vaultFrom: this.#vaultFrom() })
      this.#waking.look()
    } catch (error) {
      // A damaged cache is being loaded again by now; the rollup comes with it.
      if (!(error instanceof ProblemError)) throw error
    }
  }

  #vaultFrom(): number[] {
    try {
      return this.#vault.dueTimes().slice(0, MAX_ROLLUP_DUE)
    } catch (error) {
      // A damaged vault is told to whoever opens it, and keeps no other count back.
      if (error instanceof ProblemError) return []
      throw error
    }
  }
}

function readDesk({ cache, ledger, technician }: Holdings): Desk {
  const { configuration, technicians, former } = cache
  const layout = readLayout(ledger)
  const attachments = configuration.attachments ?? DEFAULT_ATTACHMENT_POLICY
  const left = Object.keys(former).length > 0 ? { former } : {}
  return { attachments, configuration, technicians, ...left, me: technician.id, layout }
}

// Rules that are not known yet, or not any more, may ask for a reason.
function readVaultRules({ cache: { configuration, technicians }, technician }: Holdings): VaultRules {
  // A cloud that says nothing of it knows of no such right.
  const me = technicians.find(({ id }) => id === technician.id)
  const reveals = me?.may?.includes('reveal') ?? true
  if (configuration.statuses.length === 0) return { ...DEFAULT_VAULT_POLICY, reasonNeeded: true, reveals }
  return { ...(configuration.vault ?? DEFAULT_VAULT_POLICY), reveals }
}

function mergeChanges(older: Change, newer: Change): Change {
  const desk = older.desk || newer.desk
  const vault = older.vault || newer.vault ? { vault: true as const } : {}
  if (older.tickets === 'all' || newer.tickets === 'all') return { tickets: 'all', desk, ...vault }
  const tickets = [...new Set([...older.tickets, ...newer.tickets])]
  return { tickets: tickets.length > MAX_NAMED ? 'all' : tickets, desk, ...vault }
}
