import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { remediesFor, type UnlockBy } from '../../src-shared/domain/keys.ts'
import type { SessionStatus } from '../../src-shared/domain/session-status.ts'
import type { ClientSummary, Settings } from '../../src-shared/domain/views.ts'
import { problem, problemOf, ProblemError, type Problem } from '../../src-shared/problem.ts'
import { ChangeSet, Watched } from '../channel/subscribe.ts'
import type { Supervisor } from '../supervisor/supervisor.ts'
import { EmbeddedCloud } from './embedded-cloud.ts'
import type { HostOptions } from './host.ts'
import { IdleLock } from './idle-lock.ts'
import { KeyActs, type KeyDesk } from './key-acts.ts'
import { KeyTurns } from './key-turns.ts'
import { Keyring, KEYRING_FILE, readKeyring, type KeyringFile } from './keyring.ts'
import { openRegistry } from './open-registry.ts'
import { profileDiagnostics } from './profile-diagnostics.ts'
import { SANDBOX_PASSPHRASE, SANDBOX_SIGN_IN } from './sandbox-cloud.ts'
import { newSealing, sealingOf, sealingOffered, withPassphrase, type Chosen } from './sealing-choice.ts'
import { holdsFiles } from './set-aside.ts'
import { signInFirst, type Account, type Opened, type SignIn } from './set-up.ts'
import { TechnicianSession } from './technician-session.ts'
import { Workspace } from './workspace.ts'

/** Milliseconds before an embedded cloud that did not start is started again. */
const REVIVE_PAUSE = 3000
/** What there is for somebody who forgot the passphrase. */
const FORGOTTEN = remediesFor('passphrase-needed')

/** The console over all clients of one profile: what state it is in, and how it gets from one to the next. */
export class Console {
  readonly status: Watched<SessionStatus>
  readonly changedClients = new ChangeSet()
  /** What a person does with the keys of the profile. */
  readonly keys: KeyActs
  /** In which acts on keys, and the end of a profile, come one after the other. */
  readonly turns = new KeyTurns()
  readonly #options: HostOptions
  readonly #idle: IdleLock
  readonly #cloud: EmbeddedCloud
  /** The profile at hand: the person's own, or the sample clients'. */
  #profile: string
  #keyring: Keyring | null = null
  #passphraseIsPublic = false
  #workspace: Workspace | null = null
  /** A keyring whose set-up was interrupted; the next set-up goes on with it. */
  #unfinished: Keyring | null = null
  #closed = false

  constructor(options: HostOptions) {
    this.#options = options
    this.#profile = options.profile
    const revive = () => this.#workspace && void this.#reviveSandboxCloud()
    this.#cloud = new EmbeddedCloud(this.#sandboxProfile, options, revive)
    this.keys = new KeyActs(this.#keyDesk())
    this.#idle = new IdleLock(
      () => (this.#workspace && this.#unlockBy() !== null ? this.settings().lockAfterMinutes : null),
      () => void this.lock(),
      options.idle,
    )
    this.status = new Watched<SessionStatus>({ state: 'starting', step: 'Opening the profile…' })
  }

  /** @throws ProblemError `locked`, `not-signed-in` where no workspace is open */
  get workspace(): Workspace {
    if (!this.#workspace) throw new ProblemError(this.status.get().state === 'locked' ? 'locked' : 'not-signed-in')
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

  /** What support needs of the profile, as text; also where it does not open. */
  diagnostics(): Promise<string> {
    const now = this.status.get()
    return profileDiagnostics(this.#profile, now.state, 'problem' in now ? now.problem : null)
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
    if (this.#options.sandbox) await this.#orShut(() => this.#openSandbox())
    else await this.#openProfile(this.#options.profile, this.#options.sealing.given)
  }

  /**
   * The sample clients: starts their cloud, signs in, opens the sandbox profile.
   * @throws ProblemError `locked` where another profile is open or waits for its keys
   */
  async trySandbox(): Promise<SessionStatus> {
    const now = this.status.get()
    const other = now.state === 'open' ? !now.sandbox : now.state === 'locked' || now.state === 'keys'
    if (other) throw new ProblemError('locked')
    await this.#leave()
    await this.#openSandbox()
    return this.status.get()
  }

  /** Signs in to a cloud and makes this profile its own. Nothing is written before the cloud has said yes. */
  async connect(input: Account): Promise<SessionStatus> {
    if (this.status.get().state !== 'welcome' || (!this.#unfinished && readKeyring(this.#options.profile)))
      throw new ProblemError('invalid-input', { reason: 'This profile already belongs to a cloud.' })
    this.#profile = this.#options.profile
    const { passphrase = null, consent = false } = input
    const chosen = await newSealing(this.#options.sealing, { passphrase, consent })
    const url = input.url.replace(/\/+$/, '')
    await this.#setUp(this.#profile, chosen, { ...input, url, sandbox: false })
    return this.status.get()
  }

  /**
   * Opens a locked profile. Guesses come one after the other, and each costs what argon2id costs.
   * @param passphrase null where the system asks, or nobody has to
   * @throws ProblemError `passphrase-wrong`, `passphrase-needed`, `unlock-refused`
   */
  async unlock(passphrase: string | null): Promise<SessionStatus> {
    return this.turns.take(async () => {
      const before = this.status.get()
      if (before.state !== 'locked') return before
      if (before.by === 'passphrase' && passphrase === null) throw new ProblemError('passphrase-needed')
      if (before.by === 'system' && !(await this.#options.presence?.())) throw new ProblemError('unlock-refused')
      const typed = { passphrase, system: null, nothing: SANDBOX_PASSPHRASE }[before.by]
      await this.#openProfile(this.#profile, typed)
      const now = this.status.get()
      if (now.state === 'locked' && now.problem) throw new ProblemError(now.problem.code)
      return now
    })
  }

  /**
   * Closes every client and forgets every key. The status says so at once, and no window reaches a client from then on;
   * resolves when it is so, which an act on keys that is under way delays.
   * @throws ProblemError `lock-needs-passphrase` where nothing could open it again
   */
  async lock(): Promise<SessionStatus> {
    if (this.#workspace) {
      const by = this.#unlockBy()
      if (by === null) throw new ProblemError('lock-needs-passphrase')
      this.status.set({ state: 'locked', by, problem: null, remedies: by === 'passphrase' ? FORGOTTEN : [] })
      await this.#leave()
    } else await this.turns.idle()
    return this.status.get()
  }

  /** Locks where that is wanted without being asked: the person is away. */
  away(): void {
    if (this.settings().lockAfterMinutes === null || !this.#workspace || this.#unlockBy() === null) return
    void this.lock()
  }

  /** The person is there. */
  touch(): void {
    this.#idle.touch()
  }

  /** @throws ProblemError `sign-in-wrong`, `sign-in-other`, or what keeps the cloud from answering */
  async signIn(password: string): Promise<SessionStatus> {
    const { session, owner, supervisor } = this.workspace
    await session.signIn(owner.technician.email, password, owner.technician)
    // What was opened under the sign-in of before ends with it.
    supervisor.scopes.revokeAll()
    this.workspace.connect()
    return this.status.get()
  }

  /** Ends the sign-in. The clients stay readable; leaving the sample clients goes back to the start. */
  async signOut(): Promise<SessionStatus> {
    this.workspace.supervisor.scopes.revokeAll()
    if (this.workspace.owner.sandbox) {
      await this.#leave()
      await this.#cloud.close()
      await this.#welcome(null)
    } else await this.workspace.session.signOut()
    return this.status.get()
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#idle.stop()
    await this.#leave()
    // An unlock that was under way has opened it again.
    await this.#leave()
    await this.#cloud.close()
  }

  get #sandboxProfile(): string {
    return this.#options.sandbox ? this.#options.profile : join(this.#options.profile, 'sandbox')
  }

  /** Whether the open profile is sealed with the sample clients' passphrase, which everybody knows. */
  get #public(): boolean {
    return this.#profile === this.#sandboxProfile && this.#passphraseIsPublic
  }

  /** The passphrase that nobody has to type. */
  get #given(): string | null {
    return this.#options.sealing.given ?? (this.#profile === this.#sandboxProfile ? SANDBOX_PASSPHRASE : null)
  }

  #unlockBy(): UnlockBy | null {
    if (this.#public) return 'nothing'
    if (this.#keyring?.sealedBy.passphrase) return 'passphrase'
    return this.#options.presence ? 'system' : null
  }

  #keyDesk(): KeyDesk {
    return {
      source: this.#options.sealing,
      profile: () => this.#profile,
      open: () =>
        this.#workspace && this.#keyring
          ? { keyring: this.#keyring, workspace: this.#workspace, public: this.#public }
          : null,
      status: () => this.status.get(),
      unlockBy: () => this.#unlockBy(),
      passphraseSet: () => (this.#passphraseIsPublic = false),
      reopen: (passphrase) => this.#openProfile(this.#profile, passphrase ?? this.#given),
    }
  }

  /** Opens a profile, or says why not: a passphrase is missing, its keys do not open, or there is none yet. */
  async #openProfile(profile: string, passphrase: string | null): Promise<void> {
    this.#profile = profile
    await this.#orShut(async () => {
      const file = readKeyring(profile)
      if (file) return this.#unlock(profile, file, passphrase)
      if (holdsFiles(profile)) throw new ProblemError('keyring-missing')
      if (profile === this.#sandboxProfile || existsSync(join(this.#sandboxProfile, KEYRING_FILE)))
        return this.#openSandbox()
      await this.#welcome(null)
    })
  }

  async #openSandbox(): Promise<void> {
    await this.#cloud.close()
    this.#profile = this.#sandboxProfile
    const passphrase = this.#given ?? SANDBOX_PASSPHRASE
    const file = readKeyring(this.#profile)
    if (file) return this.#unlock(this.#profile, file, passphrase)
    if (holdsFiles(this.#profile)) throw new ProblemError('keyring-missing')
    this.status.set({ state: 'starting', step: 'Starting a cloud with sample clients on this machine…' })
    try {
      const url = await this.#cloud.url()
      this.#passphraseIsPublic = passphrase === SANDBOX_PASSPHRASE
      const chosen = await withPassphrase(null, passphrase)
      await this.#setUp(this.#profile, chosen, { url, sandbox: true, ...SANDBOX_SIGN_IN })
    } catch (error) {
      await this.#cloud.close()
      await this.#welcome(problemOf(error))
      throw error
    }
  }

  async #unlock(profile: string, file: KeyringFile, passphrase: string | null): Promise<void> {
    let keyring: Keyring
    try {
      keyring = await Keyring.open(profile, await sealingOf(file, this.#options.sealing, passphrase), file)
    } catch (error) {
      const found = problemOf(error)
      if (found.code !== 'passphrase-wrong' && found.code !== 'passphrase-needed') throw error
      const told = found.code === 'passphrase-wrong' && passphrase !== SANDBOX_PASSPHRASE ? found : null
      return this.status.set({ state: 'locked', by: 'passphrase', problem: told, remedies: FORGOTTEN })
    }
    this.#passphraseIsPublic = passphrase === SANDBOX_PASSPHRASE
    const registry = await openRegistry(profile, keyring)
    const owner = registry.owner()
    if (!owner) {
      // The set-up was interrupted before it knew whose profile this is: begin again on the same keyring.
      registry.close()
      if (profile === this.#sandboxProfile) return this.#resumeSandbox(profile, keyring)
      this.#unfinished = keyring
      return this.#welcome(null)
    }
    this.#work(profile, keyring, { registry, session: new TechnicianSession(owner.cloudUrl, keyring), owner })
    if (owner.sandbox) void this.#reviveSandboxCloud()
    else this.workspace.connect()
  }

  async #setUp(profile: string, { sealing, by }: Chosen, sign: SignIn): Promise<void> {
    mkdirSync(profile, { recursive: true, mode: 0o700 })
    const keyring = this.#unfinished ?? Keyring.create(profile, sealing, by)
    if (this.#unfinished) await keyring.reseal(sealing, by)
    await this.#signInAndWork(profile, keyring, sign)
  }

  async #resumeSandbox(profile: string, keyring: Keyring): Promise<void> {
    this.status.set({ state: 'starting', step: 'Starting a cloud with sample clients on this machine…' })
    const url = await this.#cloud.url()
    await this.#signInAndWork(profile, keyring, { url, sandbox: true, ...SANDBOX_SIGN_IN })
  }

  async #signInAndWork(profile: string, keyring: Keyring, sign: SignIn): Promise<void> {
    try {
      this.#work(profile, keyring, await signInFirst(profile, keyring, sign))
    } catch (error) {
      // Keys that were written already are gone on with.
      if (existsSync(join(profile, KEYRING_FILE))) this.#unfinished = keyring
      throw error
    }
    this.workspace.connect()
  }

  #work(profile: string, keyring: Keyring, { registry, session, owner }: Opened): void {
    const workspace: Workspace = new Workspace({
      profile,
      worker: this.#options.worker,
      keyring,
      registry,
      session,
      owner,
      restAfter: () => this.settings().restAfterMinutes,
      onStatus: () => this.#workspace === workspace && this.status.set(workspace.status()),
      onClients: (ids) => this.changedClients.add(ids),
    })
    this.#workspace = workspace
    this.#keyring = keyring
    this.#unfinished = null
    this.#idle.touch()
    this.status.set(workspace.status())
    this.changedClients.add(registry.all().map((known) => known.tenant.id))
  }

  /** The sample clients are readable at once; their cloud follows in a moment. */
  async #reviveSandboxCloud(): Promise<void> {
    const { workspace } = this
    try {
      workspace.session.url = await this.#cloud.url()
      await workspace.session.signIn(SANDBOX_SIGN_IN.email, SANDBOX_SIGN_IN.password)
    } catch (error) {
      if (this.#workspace !== workspace) return
      workspace.reportAway(problemOf(error))
      // An embedded cloud is started until it stands; one that was given comes back by itself.
      if (!this.#cloud.running && !this.#options.cloudUrl)
        setTimeout(() => this.#reviveUnlessLeft(workspace), REVIVE_PAUSE).unref()
    }
    if (this.#workspace === workspace) workspace.connect()
  }

  #reviveUnlessLeft(workspace: Workspace): void {
    if (this.#workspace === workspace && !this.#closed) void this.#reviveSandboxCloud()
  }

  async #welcome(found: Problem | null): Promise<void> {
    const offered = await sealingOffered(this.#options.sealing)
    const samples = this.#cloud.available
    this.status.set({ state: 'welcome', ...offered, cloudUrl: this.#options.cloudUrl, samples, problem: found })
  }

  /**
   * Takes the open profile away from every window, and closes it once the act on its keys that is under way has ended:
   * that one seals and writes with what a closed keyring has forgotten.
   */
  #leave(): Promise<void> {
    const workspace = this.#workspace
    this.#workspace = null
    this.#keyring = null
    workspace?.supervisor.scopes.revokeAll()
    return this.turns.leave(() => workspace?.close())
  }

  /** A problem of keys has remedies, and a screen of its own. */
  async #orShut(open: () => Promise<void>): Promise<void> {
    try {
      await open()
    } catch (error) {
      if (this.status.get().state === 'welcome') return
      const found = problemOf(error)
      const remedies = remediesFor(found.code)
      if (remedies.length > 0) this.status.set({ state: 'keys', problem: found, remedies })
      else this.status.set({ state: 'broken', problem: found })
    }
  }
}
