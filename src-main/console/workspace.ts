import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { initialsOf } from '../../src-shared/domain/tenant.ts'
import { atRiskCount, type ClientSummary, type SessionStatus, type SyncState } from '../../src-shared/domain/views.ts'
import { ProblemError, type Problem } from '../../src-shared/problem.ts'
import { BackgroundSync } from '../supervisor/background-sync.ts'
import { Supervisor } from '../supervisor/supervisor.ts'
import { CloudWatch } from './cloud-watch.ts'
import type { Keyring } from './keyring.ts'
import type { KnownTenant, Owner, Registry } from './registry.ts'
import type { TechnicianSession } from './technician-session.ts'

export interface WorkspaceParts {
  profile: string
  worker: string
  keyring: Keyring
  registry: Registry
  session: TechnicianSession
  owner: Owner
  /** Called when the session status changed. */
  onStatus(): void
  /** Called with the ids of clients whose summary changed. */
  onClients(tenantIds: string[]): void
}

const MINUTE = 60_000

/** An unlocked profile at work: its clients, their compartments, and the way to the cloud. */
export class Workspace {
  readonly supervisor: Supervisor
  readonly #parts: WorkspaceParts
  readonly #watch: CloudWatch
  readonly #background: BackgroundSync
  readonly #syncStates = new Map<string, SyncState>()
  readonly #minute: NodeJS.Timeout
  #offlineSince: string | null = null
  #closed = false

  constructor(parts: WorkspaceParts) {
    this.#parts = parts
    this.#watch = new CloudWatch(parts.session)
    this.supervisor = new Supervisor({
      worker: parts.worker,
      folder: join(parts.profile, 'tenants'),
      rootKey: (id) => parts.keyring.rootKey(id, existsSync(join(parts.profile, 'tenants', id, 'ledger.db'))),
      token: (id) => parts.session.tenantToken(id),
      assignment: () => ({
        cloudUrl: parts.session.url,
        technician: this.#parts.owner.technician,
        online: this.#watch.online,
      }),
      rollup: (id, rollup) => {
        parts.registry.setRollup(id, rollup)
        parts.onClients([id])
      },
      syncState: (id, state) => this.#setSyncState(id, state),
      crashed: (id, found) => {
        const known = parts.registry.get(id)
        if (known)
          this.#setSyncState(id, { ...this.#summary(known).sync, phase: 'stopped', progress: null, problem: found })
      },
    })
    this.#background = new BackgroundSync((id) => this.supervisor.syncInBackground(id))
    this.#watch.on('connected', () => void this.#onConnected())
    this.#watch.on('disconnected', () => this.#onDisconnected())
    this.#watch.on('version', ({ tenant, version }) => this.#onVersion(tenant, version))
    parts.session.on('sign-in-needed', parts.onStatus)
    parts.session.on('signed-in', parts.onStatus)
    // Time alone moves tickets to "at risk".
    this.#minute = setInterval(() => parts.onClients(parts.registry.all().map((k) => k.tenant.id)), MINUTE)
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

  /** The summaries of those that (still) exist. */
  clientsOf(tenantIds: string[]): ClientSummary[] {
    return tenantIds.flatMap((id) => {
      const known = this.#parts.registry.get(id)
      return known ? [this.#summary(known)] : []
    })
  }

  /**
   * Opens a client under a scope that the window chose.
   * @throws ProblemError `not-found`, or what keeps the compartment from opening
   */
  async openClient(scope: string, tenantId: string, window: symbol): Promise<void> {
    if (!this.#parts.registry.get(tenantId)) throw new ProblemError('not-found', { what: 'This client' })
    await this.supervisor.open(scope, tenantId, window)
    // Written after the window has its answer, so that a switch does not wait for the disk.
    setImmediate(() => this.#setOpened(tenantId))
  }

  pin(tenantId: string, pinned: boolean): void {
    this.#parts.onClients(this.#parts.registry.pin(tenantId, pinned))
  }

  async close(): Promise<void> {
    this.#closed = true
    clearInterval(this.#minute)
    this.#watch.stop()
    this.#background.clear()
    await this.supervisor.close()
    this.#parts.registry.close()
  }

  async #onConnected(): Promise<void> {
    this.#offlineSince = null
    this.#parts.onStatus()
    this.supervisor.setOnline(true, this.#parts.session.url)
    this.#background.pause(false)
    try {
      const { tenants } = await this.#parts.session.tenants()
      this.#parts.onClients(this.#parts.registry.replaceTenants(tenants))
      for (const known of this.#parts.registry.all()) this.#bringUpToDate(known)
    } catch {
      // The stream will break for the same reason and be followed by another `connected`.
    }
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
  }

  #bringUpToDate({ tenant, rollup }: KnownTenant): void {
    if (rollup && rollup.version >= tenant.head && rollup.pending === 0) return
    if (!this.supervisor.poke(tenant.id, tenant.head)) this.#background.request(tenant.id)
  }

  #setOpened(tenantId: string): void {
    if (this.#closed) return
    this.#parts.registry.setOpened(tenantId, new Date().toISOString())
    this.#parts.onClients([tenantId])
  }

  #setSyncState(tenantId: string, state: SyncState): void {
    this.#syncStates.set(tenantId, state)
    this.#parts.onClients([tenantId])
  }

  #summary({ tenant, rollup, pin, lastOpenedAt }: KnownTenant): ClientSummary {
    return {
      id: tenant.id,
      name: tenant.name,
      shortName: tenant.shortName,
      initials: initialsOf(tenant.name),
      colour: tenant.colour,
      domains: tenant.domains,
      aliases: tenant.aliases,
      industry: tenant.industry,
      timeZone: tenant.timeZone,
      pin,
      lastOpenedAt,
      open: rollup?.open ?? 0,
      unread: rollup?.unread ?? 0,
      atRisk: rollup ? atRiskCount(rollup, Date.now()) : 0,
      sync: this.#syncStates.get(tenant.id) ?? {
        phase: 'idle',
        lastSuccessAt: null,
        pending: rollup?.pending ?? 0,
        failed: rollup?.failed ?? 0,
        progress: null,
        problem: null,
      },
      known: rollup !== null,
    }
  }
}
