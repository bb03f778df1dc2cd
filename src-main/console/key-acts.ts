import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { KeyRemedy, KeyReport, RecoveryFile, RecoveryResult, UnlockBy } from '../../src-shared/domain/keys.ts'
import type { SessionStatus } from '../../src-shared/domain/session-status.ts'
import { ProblemError } from '../../src-shared/problem.ts'
import type { ReportedCheck } from '../../src-shared/protocol/onboarding.ts'
import type { SealingSource } from './host.ts'
import { Keyring, readKeyring } from './keyring.ts'
import { CONSOLE_KEY, fitsRegistry } from './open-registry.ts'
import { readRecoveryFile, writeRecoveryFile } from './recovery-file.ts'
import { newSealing, sealingOf, withPassphrase } from './sealing-choice.ts'
import { PASSPHRASE } from './sealing.ts'
import { keepKeyring, setProfileAside, tenantFolders } from './set-aside.ts'
import type { Workspace } from './workspace.ts'

/** The keys of an open profile, and who works with them. */
interface OpenKeys {
  keyring: Keyring
  workspace: Workspace
  /** Its passphrase is the sample clients'. */
  public: boolean
}

/** The profile at hand, and what acts on its keys need of the console. */
export interface KeyDesk {
  readonly source: SealingSource
  /** Folder of the profile that is open, locked or cannot be opened. */
  profile(): string
  /** Null where its keys are not in memory. */
  open(): OpenKeys | null
  status(): SessionStatus
  unlockBy(): UnlockBy | null
  /** A passphrase was set or taken away. */
  passphraseSet(): void
  /** Opens the profile again after a remedy. */
  reopen(passphrase: string | null): Promise<void>
}

export interface Import {
  file: string
  passphrase: string
  /** Seals the restored keys, where there is no keychain that could. */
  newPassphrase?: string | undefined
  /** A client whose key is replaced by the file's although it opens: its files do not open with it. */
  tenantId?: string | undefined
  dryRun: boolean
}

export type Remedy =
  | { remedy: 'retry' | 'consent' }
  | { remedy: 'start-again'; tenantId?: string | undefined }
  | { remedy: 'passphrase'; passphrase: string }

/** What a person does with the keys of a profile. Passphrases and keys are in no problem and no log. */
export class KeyActs {
  readonly #desk: KeyDesk

  constructor(desk: KeyDesk) {
    this.#desk = desk
  }

  report(): KeyReport {
    return this.#reportOf(this.#mustBeOpen())
  }

  #reportOf({ keyring, public: known }: OpenKeys): KeyReport {
    const { passphrase, consent } = keyring.sealedBy
    const saved = new Set(keyring.recovery?.names)
    return {
      backend: keyring.backend,
      passphrase: passphrase !== undefined && !known,
      recoveryAt: keyring.recovery?.at ?? null,
      notInRecovery: this.#tenantsOf(keyring).filter((name) => !saved.has(name)).length,
      consentedAt: consent ?? null,
      unlockBy: this.#desk.unlockBy(),
    }
  }

  /**
   * Puts all root keys in a file. A key that does not open is left out, and whose it is is said.
   * @param current the profile's passphrase, where it has one: whoever finds the console open must not take the keys
   * @throws ProblemError `passphrase-needed`, `passphrase-wrong`
   */
  async exportRecovery(passphrase: string, current: string | null): Promise<RecoveryFile> {
    const open = this.#mustBeOpen()
    const { keyring, workspace } = open
    await this.#check(open, current)
    const keys = new Map<string, Uint8Array>()
    try {
      for (const name of keyring.rootKeyNames) {
        const key = await keyring.secret(name).catch(() => null)
        if (key) keys.set(name, key)
      }
      const text = await writeRecoveryFile(keys, workspace.owner.organisation.name, passphrase)
      await keyring.setRecovery([...keys.keys()])
      const missing = workspace.namesOf(this.#tenantsOf(keyring).filter((name) => !keys.has(name)))
      return { name: `bulkhead-recovery-${new Date().toISOString().slice(0, 10)}.json`, text, missing }
    } finally {
      zero(keys)
    }
  }

  /**
   * Makes a recovery file of all root keys in memory, with a passphrase that nobody learns, and reads it back: says whether
   * this client's key came back as it is. No file is written, and none counts as saved.
   */
  async checkRecovery(tenantId: string): Promise<Pick<ReportedCheck, 'state' | 'detail'>> {
    const { keyring, workspace } = this.#mustBeOpen()
    const [keys, back] = [new Map<string, Uint8Array>(), new Map<string, Uint8Array>()]
    try {
      for (const name of keyring.rootKeyNames) {
        const key = await keyring.secret(name).catch(() => null)
        if (key) keys.set(name, key)
      }
      const passphrase = randomBytes(24).toString('base64')
      const text = await writeRecoveryFile(keys, workspace.owner.organisation.name, passphrase)
      for (const [name, key] of await readRecoveryFile(text, passphrase)) back.set(name, key)
      if (!keys.has(tenantId)) return { state: 'failed', detail: 'The key of this client does not open here.' }
      const lost = [...keys].filter(([name, key]) => !sameKey(key, back.get(name))).length
      if (lost > 0) return { state: 'failed', detail: `${lost} of ${keys.size} keys did not come back as they were.` }
      const saved = keyring.recovery?.names.includes(tenantId) ?? false
      const next = saved
        ? 'The file that you saved has it too.'
        : 'The file that you saved has it not yet: save a new one.'
      return { state: 'passed', detail: `All ${keys.size} keys came back, with that of this client. ${next}` }
    } finally {
      zero(keys)
      zero(back)
    }
  }

  /**
   * Takes keys from a recovery file: all of them where the profile does not open, and then opens it; else those that are
   * missing or do not open. The keyring of before is kept under a dated name.
   * @throws ProblemError `recovery-damaged`, `recovery-passphrase-wrong`, `recovery-foreign`, `file-newer`,
   * `passphrase-needed` where there is no keychain and no new passphrase
   */
  async importRecovery(given: Import): Promise<RecoveryResult> {
    const open = this.#desk.open()
    if (!open && !this.#remedies().includes('recovery-file')) throw new ProblemError('not-signed-in')
    const keys = await readRecoveryFile(given.file, given.passphrase)
    try {
      return open ? await this.#fillIn(open.keyring, keys, given) : await this.#restore(keys, given)
    } finally {
      zero(keys)
    }
  }

  /** @throws ProblemError as {@link Workspace.rotate} */
  async rotate(tenantId: string): Promise<void> {
    await this.#mustBeOpen().workspace.rotate(tenantId)
  }

  /**
   * Sets, changes or takes away the passphrase that everything is sealed with beside the keychain, or alone.
   * @param next null takes it away: the keychain alone seals then
   * @throws ProblemError `passphrase-needed`, `passphrase-wrong`, `keychain-missing`, `keychain-exposed`
   */
  async setPassphrase(current: string | null, next: string | null): Promise<KeyReport> {
    const open = this.#mustBeOpen()
    const { keyring } = open
    await this.#check(open, current)
    const { consent } = keyring.sealedBy
    const alone = keyring.backend === PASSPHRASE
    if (next !== null) {
      const keychain = alone ? null : await this.#sameKeychain(keyring.backend)
      const { sealing, by } = await withPassphrase(keychain, next)
      await keyring.reseal(sealing, { ...by, consent })
    } else {
      const keychain = await this.#desk.source.keychain()
      if (!keychain) throw new ProblemError('keychain-missing', { store: 'none' })
      if (keychain.exposed && !consent) throw new ProblemError('keychain-exposed', { store: keychain.backend })
      await keyring.reseal(keychain, { consent })
    }
    this.#desk.passphraseSet()
    return this.#reportOf({ ...open, public: false })
  }

  /** Does what a person chose where keys do not open. @throws ProblemError `invalid-input` where it does not apply */
  async remedy(given: Remedy): Promise<void> {
    if (given.remedy === 'start-again' && given.tenantId !== undefined)
      return this.#mustBeOpen().workspace.startAgain(given.tenantId)
    if (!this.#remedies().includes(given.remedy))
      throw new ProblemError('invalid-input', { reason: 'There is nothing to put right in this way.' })
    const profile = this.#desk.profile()
    if (given.remedy === 'start-again') setProfileAside(profile)
    if (given.remedy === 'consent') await this.#sealAnew(profile, null)
    if (given.remedy === 'passphrase') await this.#sealAnew(profile, given.passphrase)
    await this.#desk.reopen(given.remedy === 'passphrase' ? given.passphrase : null)
  }

  /** What can be done where the profile does not open. */
  #remedies(): KeyRemedy[] {
    const now = this.#desk.status()
    if (now.state === 'broken') return ['retry']
    return now.state === 'keys' || now.state === 'locked' ? now.remedies : []
  }

  /** With a keychain that hides nothing: seals with a passphrase instead, or notes that a person accepted it. */
  async #sealAnew(profile: string, passphrase: string | null): Promise<void> {
    const [file, keychain] = [readKeyring(profile), await this.#desk.source.keychain()]
    if (!file || keychain?.backend !== file.backend) throw new ProblemError('keychain-changed')
    const keyring = await Keyring.open(profile, keychain, file)
    if (passphrase === null) await keyring.reseal(keychain, { consent: new Date().toISOString() })
    else {
      const { sealing, by } = await withPassphrase(null, passphrase)
      await keyring.reseal(sealing, by)
    }
    await keyring.close()
  }

  async #restore(keys: Map<string, Uint8Array>, given: Import): Promise<RecoveryResult> {
    const profile = this.#desk.profile()
    const registry = keys.get(CONSOLE_KEY)
    if (!registry || !fitsRegistry(profile, registry)) throw new ProblemError('recovery-foreign')
    const missing = tenantFolders(profile).filter((id) => !keys.has(id)).length
    const result = { restored: keys.size - 1, same: 0, missing }
    if (given.dryRun) return result
    const passphrase = given.newPassphrase ?? null
    const { sealing, by } = await newSealing(this.#desk.source, { passphrase })
    keepKeyring(profile)
    const keyring = Keyring.create(profile, sealing, by)
    await keyring.setSecrets(keys)
    await keyring.setRecovery([...keys.keys()])
    await keyring.close()
    await this.#desk.reopen(this.#desk.source.given ?? passphrase)
    return result
  }

  async #fillIn(keyring: Keyring, keys: Map<string, Uint8Array>, given: Import): Promise<RecoveryResult> {
    const profile = this.#desk.profile()
    const taken = new Map<string, Uint8Array>()
    let same = 0
    for (const [name, key] of keys) {
      const own = await keyring.secret(name).catch(() => null)
      const equal = own !== null && sameKey(own, key)
      own?.fill(0)
      if (name === CONSOLE_KEY && !equal) throw new ProblemError('recovery-foreign')
      if (equal) same += name === CONSOLE_KEY ? 0 : 1
      else if (own === null || name === given.tenantId) taken.set(name, key)
    }
    const missing = tenantFolders(profile).filter((id) => !keys.has(id)).length
    const result = { restored: taken.size, same, missing }
    if (given.dryRun || taken.size === 0) return result
    keepKeyring(profile)
    await keyring.setSecrets(taken)
    return result
  }

  /** Clients that have a key here, or files that need one. */
  #tenantsOf(keyring: Keyring): string[] {
    const all = new Set([...keyring.rootKeyNames, ...tenantFolders(this.#desk.profile())])
    return [...all].filter((name) => name !== CONSOLE_KEY)
  }

  /** Whether it is the person who set the passphrase. A guess costs what an unlock costs. */
  async #check({ keyring, public: known }: OpenKeys, current: string | null): Promise<void> {
    if (!keyring.sealedBy.passphrase || known) return
    if (current === null) throw new ProblemError('passphrase-needed')
    const file = readKeyring(this.#desk.profile())
    if (!file) throw new ProblemError('keyring-missing')
    const again = await Keyring.open(this.#desk.profile(), await sealingOf(file, this.#desk.source, current), file)
    await again.close()
  }

  async #sameKeychain(backend: string) {
    const keychain = await this.#desk.source.keychain()
    if (keychain?.backend !== backend)
      throw new ProblemError('sealing-changed', { was: backend, now: keychain?.backend ?? 'a passphrase' })
    return keychain
  }

  /** An act takes this once, as it begins: a lock that comes meanwhile waits for it. */
  #mustBeOpen(): OpenKeys {
    const open = this.#desk.open()
    if (!open) throw new ProblemError(this.#desk.status().state === 'locked' ? 'locked' : 'not-signed-in')
    return open
  }
}

function sameKey(one: Uint8Array, other: Uint8Array | undefined): boolean {
  return other !== undefined && one.length === other.length && timingSafeEqual(one, other)
}

function zero(keys: ReadonlyMap<string, Uint8Array>): void {
  for (const key of keys.values()) key.fill(0)
}
