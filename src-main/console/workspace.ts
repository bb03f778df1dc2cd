import { randomBytes, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { initialsOf } from '../../src-shared/domain/tenant.ts'
import { atRiskCount, credentialsDue, openCount } from '../../src-shared/domain/rollup.ts'
import type { SessionStatus } from '../../src-shared/domain/session-status.ts'
import type { ClientsChange, ClientSummary, SyncState } from '../../src-shared/domain/views.ts'
import { problem, ProblemError, type Problem } from '../../src-shared/problem.ts'
import { BackgroundSync } from '../supervisor/background-sync.ts'
import { Supervisor } from '../supervisor/supervisor.ts'
import { Awareness } from './awareness.ts'
import { clientDiagnostics } from './client-diagnostics.ts'
import { CloudWatch } from './cloud-watch.ts'
import type { DepartedDesk } from './departed.ts'
import { ROOT_KEY_BYTES, type Keyring } from './keyring.ts'
import { Defaults } from './defaults-router.ts'
import { Offboardings } from './offboardings.ts'
import { Onboardings } from './onboardings.ts'
import type { KnownTenant, Owner, Registry } from './registry.ts'
import { setTenantAside } from './set-aside.ts'
import type { TechnicianSession } from './technician-session.ts'

export interface WorkspaceParts {
  profile: string
  worker: string
  keyring: Keyring
  registry: Registry
  session: TechnicianSession
  owner: Owner
  /** Minutes after which a client that nobody looked at is let go of; null for never. */
  restAfter?: () => number | null
  /** Called when the session status changed. */
  onStatus(): void
  /** Called with the ids of clients whose summary changed. */
  onClients(tenantIds: string[]): void
  /** Milliseconds between two looks at what no event tells, a minute where absent; for tests. */
  minute?: number
}

/** Milliseconds that syncs in the background leave to a client that opens, and after connecting to whoever opens one. */
const OPENING = 500
const BEGINNING = 1000
const MINUTE = 60_000
/** Milliseconds that a sign-in which is being renewed gets, so that its new token is kept. */
const LAST_TOKEN = 3_000

/** An unlocked profile at work: its clients, their compartments, and the way to the cloud. */
export class Workspace {
  readonly supervisor: Supervisor
  readonly onboardings: Onboardings
  readonly offboardings: Offboardings
  readonly defaults: Defaults
  readonly #parts: WorkspaceParts
  readonly #watch: CloudWatch
  readonly #background: BackgroundSync
  readonly #awareness = new Awareness()
  readonly #syncStates = new Map<string, SyncState>()
  /** Why compartments ended or did not open. */
  readonly #stopped = new Map<string, Problem>()
  readonly #minute: NodeJS.Timeout
  #offlineSince: string | null = null
  #listing: 'once' | 'again' | null = null
  #closed = false

  constructor(parts: WorkspaceParts) {
    this.#parts = parts
    const console = randomUUID()
    this.#watch = new CloudWatch(parts.session, { console })
    const { session, registry, owner } = parts
    this.defaults = new Defaults(session, registry.settingsDraft)
    this.offboardings = new Offboardings(session)
    this.onboardings = new Onboardings({ session, registry, watch: this.#watch, email: owner.technician.email })
    this.supervisor = new Supervisor({
      worker: parts.worker,
      folder: join(parts.profile, 'tenants'),
      tenants: () => parts.registry.all().filter(({ left }) => !left).length,
      rootKey: (id) => this.#rootKey(id),
      token: (id) => parts.session.tenantToken(id),
      assignment: () => ({
        cloudUrl: parts.session.url,
        technician: this.#parts.owner.technician,
        online: this.#watch.online,
        console,
      }),
      rollup: (id, rollup) => {
        parts.registry.setRollup(id, rollup)
        parts.onClients([id])
      },
      syncState: (id, state) => this.#setSyncState(id, state),
      crashed: (id, found) => {
        this.#stopped.set(id, found)
        parts.onClients([id])
      },
      opened: (id) => {
        if (this.#stopped.delete(id)) parts.onClients([id])
      },
    })
    this.#background = new BackgroundSync({
      sync: (id) => this.supervisor.syncInBackground(id),
      slow: (id) => this.supervisor.mayHibernate(id),
    })
    this.#watch.on('connected', () => void this.#onConnected())
    this.#watch.on('disconnected', () => this.#onDisconnected())
    this.#watch.on('tenants', () => void this.#listClients())
    this.#watch.on('presence', ({ tenant, present }) => this.supervisor.tellPresence(tenant, present))
    this.#watch.on('unheard', () => this.supervisor.forgetPresence())
    this.#watch.on('version', ({ tenant, version }) => this.#onVersion(tenant, version))
    parts.session.on('sign-in-needed', parts.onStatus)
    parts.session.on('signed-in', parts.onStatus)
    parts.session.on('quiet', (wait) => this.supervisor.quiet(wait))
    this.#awareness.on('moved', () => this.#onMoved())
    this.#minute = setInterval(() => this.#everyMinute(), parts.minute ?? MINUTE)
  }

  get session(): TechnicianSession {
    return this.#parts.session
  }

  get owner(): Owner {
    return this.#parts.owner
  }

  /** Goes to the cloud, or goes there again at once. */
  connect(): void {
    this.#watch.start()
  }

  /** Says that the cloud is away although nobody asked it yet. */
  reportAway(found: Problem): void {
    this.#watch.problem = found
    this.#onDisconnected()
  }

  status(): SessionStatus {
    const { owner, session } = this.#parts
    return {
      state: 'open',
      sandbox: owner.sandbox,
      organisation: owner.organisation.name,
      technician: owner.technician,
      role: session.role,
      cloudUrl: session.url,
      online: this.#watch.online,
      offlineSince: this.#offlineSince,
      signInNeeded: session.signInNeeded,
      problem: this.#watch.problem,
    }
  }

  clients(): ClientSummary[] {
    return this.#parts.registry.all().map((known) => this.#summary(known))
  }

  /** For what is decided about the files of clients that left. */
  get departed(): DepartedDesk {
    const { profile, keyring, registry } = this.#parts
    return { profile, keyring, departed: registry.departed, supervisor: this.supervisor }
  }

  /** What clients are called, by name; those that are not in the list any more as one. */
  namesOf(tenantIds: string[]): string[] {
    const name = (id: string) => this.#parts.registry.get(id)?.tenant.name ?? 'clients that left your list'
    return [...new Set(tenantIds.map(name))].sort((a, b) => a.localeCompare(b, 'en'))
  }

  /** The summaries of those that (still) exist, and the names of those that do not. */
  changeOf(tenantIds: string[]): ClientsChange {
    const known = tenantIds.flatMap((id) => this.#parts.registry.get(id) ?? [])
    const gone = tenantIds.filter((id) => !this.#parts.registry.get(id))
    return { changed: known.map((one) => this.#summary(one)), gone }
  }

  /**
   * Opens a client under a scope that the window chose.
   * @throws ProblemError `not-found`, or what keeps the compartment from opening
   */
  async openClient(scope: string, tenantId: string, window: symbol): Promise<void> {
    this.#mustKnow(tenantId)
    if (!this.supervisor.isAwake(tenantId)) this.#background.giveWay(OPENING)
    await this.supervisor.open(scope, tenantId, window)
    // Written after the window has its answer, so that a switch does not wait for the disk.
    setImmediate(() => this.#setOpened(tenantId))
  }

  /**
   * Gives a client's files another root key; see {@link Supervisor.rotate}. What it waits to send is kept.
   * @throws ProblemError `not-found`, `key-wrong`, `key-missing`, `rotation-failed`, `disk-full`
   */
  async rotate(tenantId: string): Promise<void> {
    this.#mustKnow(tenantId)
    const { keyring } = this.#parts
    const next = new Uint8Array(randomBytes(ROOT_KEY_BYTES))
    const kept = Uint8Array.from(next)
    try {
      const key = await this.#rootKey(tenantId)
      await this.supervisor.rotate(tenantId, key, next, () => keyring.setSecret(tenantId, kept))
    } finally {
      next.fill(0)
      kept.fill(0)
    }
  }

  /** Sets a client's files aside; they are loaded again from the cloud, under a new key. */
  async startAgain(tenantId: string): Promise<void> {
    this.#mustKnow(tenantId)
    const { profile, keyring } = this.#parts
    await this.supervisor.whileClosed(tenantId, () => setTenantAside(profile, keyring, tenantId))
    this.#background.request(tenantId)
  }

  /** What support needs to know of a client, without data of it. @throws ProblemError `not-found` */
  async diagnostics(tenantId: string): Promise<string> {
    const known = this.#parts.registry.get(tenantId)
    if (!known) throw new ProblemError('not-found', { what: 'This client' })
    return clientDiagnostics({
      folder: join(this.#parts.profile, 'tenants', tenantId),
      sync: this.#summary(known).sync,
      awake: this.supervisor.isAwake(tenantId),
      failures: this.supervisor.failures(tenantId),
    })
  }

  pin(tenantId: string, pinned: boolean): void {
    this.#parts.onClients(this.#parts.registry.pin(tenantId, pinned))
  }

  async close(): Promise<void> {
    this.#closed = true
    clearInterval(this.#minute)
    this.#awareness.stop()
    this.#watch.stop()
    this.onboardings.close()
    this.offboardings.close()
    this.#background.pause(true)
    await this.supervisor.close()
    this.#parts.registry.close()
    await this.#parts.session.close(LAST_TOKEN)
    await this.#parts.keyring.close()
  }

  async #onConnected(): Promise<void> {
    this.#offlineSince = null
    this.#parts.onStatus()
    this.supervisor.setOnline(true, this.#parts.session.url)
    // The client that is opened first goes before all that have news.
    this.#background.giveWay(BEGINNING)
    this.#background.pause(false)
    await this.#listClients()
  }

  /** Asks the cloud which clients there are, and brings them up to date. What comes while it asks makes it ask once more. */
  async #listClients(): Promise<void> {
    if (this.#listing !== null) return void (this.#listing = 'again')
    do {
      this.#listing = 'once'
      await this.#listOnce()
    } while ((this.#listing as 'once' | 'again') === 'again' && !this.#closed)
    this.#listing = null
  }

  async #listOnce(): Promise<void> {
    try {
      const { role } = this.#parts.session
      const { tenants } = await this.#parts.session.tenants()
      if (this.#closed) return
      if (this.#parts.session.role !== role) this.#parts.onStatus()
      this.#keepPending()
      const { changed, gone } = this.#parts.registry.replaceTenants(tenants)
      for (const id of gone) this.#closeClient(id)
      this.#parts.onClients(changed)
      this.supervisor.keepReady()
      for (const known of this.#parts.registry.all()) this.#bringUpToDate(known)
    } catch {
      // The stream will break for the same reason and be followed by another `connected`; else the next minute lists.
    }
  }

  /** A rollup comes a moment after the edit that it counts: too late for a client that leaves in that moment. */
  #keepPending(): void {
    for (const [id, { pending, failed }] of this.#syncStates) {
      const rollup = this.#parts.registry.get(id)?.rollup
      if (rollup && (rollup.pending !== pending || rollup.failed !== failed))
        this.#parts.registry.setRollup(id, { ...rollup, pending, failed })
    }
  }

  /** It is not the cloud's any more: its compartment is closed in order, its files stay until a person decides. */
  #closeClient(tenantId: string): void {
    this.#syncStates.delete(tenantId)
    this.supervisor.scopes.revokeTenant(tenantId)
    void this.supervisor.hibernate(tenantId)
  }

  #mustKnow(tenantId: string): void {
    if (!this.#parts.registry.get(tenantId)) throw new ProblemError('not-found', { what: 'This client' })
  }

  #rootKey(tenantId: string): Promise<Uint8Array> {
    const { profile, keyring } = this.#parts
    return keyring.rootKey(tenantId, existsSync(join(profile, 'tenants', tenantId, 'ledger.db')))
  }

  #everyMinute(): void {
    const rest = this.#parts.restAfter?.() ?? null
    if (rest !== null) this.supervisor.scopes.rest(rest * MINUTE)
    // Time alone moves tickets to "at risk".
    this.#parts.onClients(this.#parts.registry.all().map((k) => k.tenant.id))
    // An event tells it at once; a long poll, and a cloud before that event, do not.
    if (this.#watch.online) void this.#listClients()
  }

  #onMoved(): void {
    this.supervisor.resumed()
    if (!this.#parts.session.signInNeeded) this.connect()
  }

  #onDisconnected(): void {
    this.#offlineSince ??= new Date().toISOString()
    this.#background.pause(true)
    this.supervisor.setOnline(false, this.#parts.session.url)
    this.#parts.onStatus()
  }

  #onVersion(tenantId: string, version: number): void {
    this.#parts.registry.setHead(tenantId, version)
    const known = this.#parts.registry.get(tenantId)
    if (known) this.#bringUpToDate(known)
    // An event about a client that was not here: it was added.
    else void this.#listClients()
  }

  #bringUpToDate({ tenant, rollup, left }: KnownTenant): void {
    if (left) return
    if (rollup && rollup.version >= tenant.head && rollup.pending === 0) return
    if (!this.supervisor.poke(tenant.id, tenant.head)) this.#background.request(tenant.id)
  }

  #setOpened(tenantId: string): void {
    if (this.#closed) return
    this.#parts.registry.setOpened(tenantId, new Date().toISOString())
    this.#parts.onClients([tenantId])
  }

  #setSyncState(tenantId: string, state: SyncState): void {
    // The cloud knows first that the technician works for a client no longer.
    if (state.problem?.code === 'not-allowed' && this.#syncStates.get(tenantId)?.problem?.code !== 'not-allowed')
      void this.#listClients()
    this.#syncStates.set(tenantId, state)
    this.#parts.onClients([tenantId])
  }

  #summary({ tenant, rollup, pin, lastOpenedAt, left }: KnownTenant): ClientSummary {
    const stopped = left ? problem('client-left') : this.#stopped.get(tenant.id)
    const sync: SyncState = this.#syncStates.get(tenant.id) ?? {
      phase: 'idle',
      lastSuccessAt: null,
      pending: rollup?.pending ?? 0,
      failed: rollup?.failed ?? 0,
      progress: null,
      problem: null,
    }
    return {
      id: tenant.id,
      name: tenant.name,
      shortName: tenant.shortName,
      initials: initialsOf(tenant.name),
      colour: tenant.colour,
      ...(tenant.logo && { logo: tenant.logo }),
      domains: tenant.domains,
      aliases: tenant.aliases,
      industry: tenant.industry,
      timeZone: tenant.timeZone,
      ...(tenant.onboarding && { onboarding: true as const }),
      pin,
      lastOpenedAt,
      open: rollup ? openCount(rollup, Date.now()) : 0,
      unread: rollup?.unread ?? 0,
      atRisk: rollup ? atRiskCount(rollup, Date.now()) : 0,
      credentialsDue: rollup ? credentialsDue(rollup, Date.now()) : 0,
      timers: rollup?.timers ?? [],
      sync: stopped ? { ...sync, phase: 'stopped', progress: null, problem: stopped } : sync,
      known: rollup !== null,
    }
  }
}
