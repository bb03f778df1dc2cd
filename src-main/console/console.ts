import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { ClientSummary, SessionStatus, Settings } from '../../src-shared/domain/views.ts'
import { problem, problemOf, ProblemError, type Problem } from '../../src-shared/problem.ts'
import { ChangeSet, Watched } from '../channel/subscribe.ts'
import type { Supervisor } from '../supervisor/supervisor.ts'
import type { HostOptions, Sealing } from './host.ts'
import { Keyring, readKeyring, type KeyringFile } from './keyring.ts'
import { openRegistry } from './open-registry.ts'
import type { Owner, Registry } from './registry.ts'
import { SANDBOX_PASSPHRASE, SANDBOX_SIGN_IN, startSandboxCloud, type SandboxCloud } from './sandbox-cloud.ts'
import { newPassphraseParameters, sealWithPassphrase } from './sealing.ts'
import { TechnicianSession } from './technician-session.ts'
import { Workspace } from './workspace.ts'

/** Milliseconds before an embedded cloud that did not start is started again. */
const REVIVE_PAUSE = 3000
/** Clients of the sandbox that are pinned for a newcomer. */
const SANDBOX_PINS = 6

/** The console over all clients of one profile: what state it is in, and how it gets from one to the next. */
export class Console {
  readonly status: Watched<SessionStatus>
  readonly changedClients = new ChangeSet()
  readonly #options: HostOptions
  #workspace: Workspace | null = null
  #cloud: SandboxCloud | null = null
  /** A keyring whose set-up was interrupted; the next set-up goes on with it. */
  #unfinished: Keyring | null = null
  #closed = false

  constructor(options: HostOptions) {
    this.#options = options
    this.status = new Watched<SessionStatus>({ state: 'starting', step: 'Opening the profile…' })
  }

  /** The workspace. @throws ProblemError `not-signed-in` where none is open */
  get workspace(): Workspace {
    if (!this.#workspace) throw new ProblemError('not-signed-in')
    return this.#workspace
  }

  get hasWorkspace(): boolean {
    return this.#workspace !== null
  }

  /** A window's call to the compartment behind a scope. @returns a function that stops it */
  supervisorCall(...call: Parameters<Supervisor['call']>): () => void {
    if (this.#workspace) return this.#workspace.supervisor.call(...call)
    call[5]('error', JSON.stringify(problem('scope-closed')))
    return () => undefined
  }

  /** See {@link Workspace.openClient}; the scope is there when this returns, before it resolves. */
  async openClient(scope: string, tenantId: string, window: symbol): Promise<void> {
    await this.workspace.openClient(scope, tenantId, window)
  }

  clients(): ClientSummary[] {
    return this.#workspace?.clients() ?? []
  }

  settings(): Settings {
    return this.#options.settings.read()
  }

  changeSettings(change: Partial<Settings>): Settings {
    return this.#options.settings.change(change)
  }

  /** Opens what the profile holds; whatever goes wrong becomes the status. */
  async start(): Promise<void> {
    await this.#orBroken(async () => {
      if (this.#options.sandbox) return void (await this.trySandbox())
      const file = readKeyring(this.#options.profile)
      if (file) return this.#unlock(this.#options.profile, file, this.#givenPassphrase)
      if (existsSync(join(this.#sandboxProfile, 'keyring.json'))) return void (await this.trySandbox())
      this.#welcome(null)
    })
  }

  /** The sample clients: starts their cloud, signs in, opens the sandbox profile. */
  async trySandbox(): Promise<SessionStatus> {
    await this.#closeWorkspace()
    const file = readKeyring(this.#sandboxProfile)
    if (file) {
      await this.#unlock(this.#sandboxProfile, file, this.#givenPassphrase ?? SANDBOX_PASSPHRASE)
      return this.status.get()
    }
    this.status.set({ state: 'starting', step: 'Starting a cloud with sample clients on this machine…' })
    try {
      const url = await this.#sandboxCloudUrl()
      const { sealing, parameters } = await this.#newSealing(this.#givenPassphrase ?? SANDBOX_PASSPHRASE)
      await this.#setUp(this.#sandboxProfile, sealing, parameters, { url, sandbox: true, ...SANDBOX_SIGN_IN })
    } catch (error) {
      await this.#closeWorkspace()
      this.#welcome(problemOf(error))
      throw error
    }
    return this.status.get()
  }

  /** Signs in to a cloud and makes this profile its own. Nothing is written before the cloud has said yes. */
  async connect(input: {
    url: string
    email: string
    password: string
    passphrase?: string | undefined
  }): Promise<SessionStatus> {
    if (this.status.get().state !== 'welcome')
      throw new ProblemError('invalid-input', { reason: 'This profile already belongs to a cloud.' })
    const { sealing, parameters } = await this.#newSealing(this.#givenPassphrase ?? input.passphrase ?? null)
    await this.#setUp(this.#options.profile, sealing, parameters, {
      ...input,
      url: input.url.replace(/\/+$/, ''),
      sandbox: false,
    })
    return this.status.get()
  }

  async unlock(passphrase: string): Promise<SessionStatus> {
    const file = readKeyring(this.#options.profile)
    if (!file || this.#workspace) return this.status.get()
    await this.#unlock(this.#options.profile, file, passphrase)
    const now = this.status.get()
    if (now.state === 'locked' && now.problem) throw new ProblemError(now.problem.code)
    return now
  }

  async signIn(password: string): Promise<SessionStatus> {
    const { session, owner } = this.workspace
    await session.signIn(owner.technician.email, password)
    this.workspace.connect()
    return this.status.get()
  }

  /** Ends the sign-in. The clients stay readable; leaving the sample clients goes back to the start. */
  async signOut(): Promise<SessionStatus> {
    if (this.workspace.owner.sandbox) {
      await this.#closeWorkspace()
      this.#welcome(null)
    } else await this.workspace.session.signOut()
    return this.status.get()
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#closeWorkspace()
  }

  get #sandboxProfile(): string {
    return this.#options.sandbox ? this.#options.profile : join(this.#options.profile, 'sandbox')
  }

  get #givenPassphrase(): string | null {
    return this.#options.sealing.kind === 'passphrase' ? this.#options.sealing.given : null
  }

  async #unlock(profile: string, file: KeyringFile, passphrase: string | null): Promise<void> {
    let keyring: Keyring
    try {
      keyring = await Keyring.open(profile, await this.#sealingOf(file, passphrase), file)
    } catch (error) {
      const found = problemOf(error)
      if (found.code !== 'passphrase-wrong' && found.code !== 'passphrase-needed') throw error
      return this.status.set({ state: 'locked', problem: found.code === 'passphrase-wrong' ? found : null })
    }
    const registry = await openRegistry(profile, keyring)
    const owner = registry.owner()
    if (!owner) {
      // The set-up was interrupted before it knew whose profile this is: begin again on the same keyring.
      registry.close()
      if (profile === this.#sandboxProfile) return this.#resumeSandbox(profile, keyring)
      this.#unfinished = keyring
      return this.#welcome(null)
    }
    this.#work(profile, keyring, registry, new TechnicianSession(owner.cloudUrl, keyring), owner)
    if (owner.sandbox) void this.#reviveSandboxCloud()
    else this.workspace.connect()
  }

  async #sealingOf(file: KeyringFile, passphrase: string | null): Promise<Sealing> {
    if (file.passphrase) {
      if (passphrase === null) throw new ProblemError('passphrase-needed')
      return sealWithPassphrase(passphrase, file.passphrase)
    }
    const source = this.#options.sealing
    if (source.kind !== 'keychain')
      throw new ProblemError('sealing-changed', { was: file.backend, now: 'a passphrase' })
    return source.sealing
  }

  async #newSealing(passphrase: string | null): Promise<{ sealing: Sealing; parameters: KeyringFile['passphrase'] }> {
    const source = this.#options.sealing
    if (source.kind === 'keychain' && passphrase !== SANDBOX_PASSPHRASE)
      return { sealing: source.sealing, parameters: undefined }
    if (passphrase === null) throw new ProblemError('passphrase-needed')
    const parameters = newPassphraseParameters()
    return { sealing: await sealWithPassphrase(passphrase, parameters), parameters }
  }

  async #setUp(
    profile: string,
    sealing: Sealing,
    parameters: KeyringFile['passphrase'],
    sign: { url: string; email: string; password: string; sandbox: boolean },
  ): Promise<void> {
    mkdirSync(profile, { recursive: true, mode: 0o700 })
    const keyring = this.#unfinished ?? Keyring.create(profile, sealing, parameters)
    await this.#signInAndWork(profile, keyring, sign)
  }

  async #resumeSandbox(profile: string, keyring: Keyring): Promise<void> {
    this.status.set({ state: 'starting', step: 'Starting a cloud with sample clients on this machine…' })
    const url = await this.#sandboxCloudUrl()
    await this.#signInAndWork(profile, keyring, { url, sandbox: true, ...SANDBOX_SIGN_IN })
  }

  async #signInAndWork(
    profile: string,
    keyring: Keyring,
    sign: { url: string; email: string; password: string; sandbox: boolean },
  ): Promise<void> {
    const session = new TechnicianSession(sign.url, keyring)
    const { organisation, technician } = await session.signIn(sign.email, sign.password)
    const owner: Owner = {
      cloudUrl: sign.url,
      sandbox: sign.sandbox,
      organisation,
      technician: { id: technician.id, name: technician.name, email: technician.email },
    }
    const { tenants } = await session.tenants()
    const registry = await openRegistry(profile, keyring)
    registry.replaceTenants(tenants)
    if (sign.sandbox) for (const { tenant } of registry.all().slice(0, SANDBOX_PINS)) registry.pin(tenant.id, true)
    registry.setOwner(owner)
    this.#work(profile, keyring, registry, session, owner)
    this.workspace.connect()
  }

  #work(profile: string, keyring: Keyring, registry: Registry, session: TechnicianSession, owner: Owner): void {
    const workspace: Workspace = new Workspace({
      profile,
      worker: this.#options.worker,
      keyring,
      registry,
      session,
      owner,
      onStatus: () => this.#workspace === workspace && this.status.set(workspace.status()),
      onClients: (ids) => this.changedClients.add(ids),
    })
    this.#workspace = workspace
    this.status.set(workspace.status())
    this.changedClients.add(registry.all().map((known) => known.tenant.id))
  }

  /** The sample clients are readable at once; their cloud follows in a moment. */
  async #reviveSandboxCloud(): Promise<void> {
    const { workspace } = this
    try {
      workspace.session.url = await this.#sandboxCloudUrl()
      await workspace.session.signIn(SANDBOX_SIGN_IN.email, SANDBOX_SIGN_IN.password)
    } catch (error) {
      if (this.#workspace !== workspace) return
      workspace.reportAway(problemOf(error))
      // An embedded cloud is started until it stands; one that was given comes back by itself.
      if (!this.#cloud && !this.#options.cloudUrl)
        setTimeout(() => this.#reviveUnlessLeft(workspace), REVIVE_PAUSE).unref()
    }
    if (this.#workspace === workspace) workspace.connect()
  }

  #reviveUnlessLeft(workspace: Workspace): void {
    if (this.#workspace === workspace && !this.#closed) void this.#reviveSandboxCloud()
  }

  /** Where the sample clients' cloud answers: the given one, else an embedded one, started here. */
  async #sandboxCloudUrl(): Promise<string> {
    if (this.#options.sandbox && this.#options.cloudUrl) return this.#options.cloudUrl
    const cloud = await startSandboxCloud(this.#sandboxProfile)
    if (this.#closed) {
      await cloud.close()
      throw new ProblemError('cancelled')
    }
    this.#cloud = cloud
    void cloud.ended.then(() => this.#onCloudEnded(cloud))
    return cloud.url
  }

  /** An embedded cloud that ended by itself is started again, where its clients are still open. */
  #onCloudEnded(cloud: SandboxCloud): void {
    if (this.#cloud !== cloud) return
    this.#cloud = null
    if (this.#workspace) void this.#reviveSandboxCloud()
  }

  #welcome(found: Problem | null): void {
    const sealing = this.#options.sealing.kind === 'keychain' || this.#givenPassphrase ? 'keychain' : 'passphrase'
    this.status.set({ state: 'welcome', sealing, cloudUrl: this.#options.cloudUrl, problem: found })
  }

  async #closeWorkspace(): Promise<void> {
    const [workspace, cloud] = [this.#workspace, this.#cloud]
    this.#workspace = null
    this.#cloud = null
    await workspace?.close()
    await cloud?.close()
  }

  async #orBroken(open: () => Promise<void>): Promise<void> {
    try {
      await open()
    } catch (error) {
      if (this.status.get().state !== 'welcome') this.status.set({ state: 'broken', problem: problemOf(error) })
    }
  }
}
