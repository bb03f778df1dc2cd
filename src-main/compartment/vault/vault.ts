import { randomUUID } from 'node:crypto'
import type {
  CredentialFacts,
  CredentialPatch,
  CredentialVersion,
  CredentialView,
  ImportPreview,
  ImportResult,
  NewCredential,
  Revealed,
  SecretField,
  TotpCode,
  VaultPolicy,
} from '../../../src-shared/domain/vault.ts'
import { ProblemError } from '../../../src-shared/problem.ts'
import { fold } from '../cache/fold.ts'
import type { Holdings } from '../holdings.ts'
import type { AuditDetail } from '../ledger/audit.ts'
import { readExport } from './import/read-export.ts'
import { planImport } from './import/plan.ts'
import type { VaultCalls } from './router.ts'
import {
  canChange,
  canReveal,
  canUse,
  checkRevealed,
  checkSecrets,
  dueFrom,
  dueOf,
  invalid,
  neededAnew,
  type Person,
} from './rules.ts'
import type { Kept, Secrets, VaultStore } from './store.ts'
import { codeOf } from './totp.ts'

/** Milliseconds that what was taken away can be brought back. */
const KEPT_REMOVED = 30 * 86_400_000

/** A row of the audit trail: an action about a credential. */
/** The client's own rules, for one technician. */
export type VaultRules = VaultPolicy & { reveals: boolean }

type Audited = [action: string, id: string, detail: AuditDetail]

/**
 * The credentials of one client, as windows see them. Every act has its audit row: a change is not kept without one, and
 * a secret is opened only after its row is on the disk.
 */
export class Vault implements VaultCalls {
  readonly #held: Holdings
  readonly #policy: () => VaultRules
  readonly #moved: () => void
  #tidied = false

  /**
   * @param policy the client's own rules, and whether this technician may reveal anything here
   * @param moved what windows see of credentials has changed
   */
  constructor(held: Holdings, policy: () => VaultRules, moved: () => void) {
    this.#held = held
    this.#policy = policy
    this.#moved = moved
  }

  policy(): VaultPolicy {
    const { reasonNeeded, forgetAfter } = this.#policy()
    return { reasonNeeded, forgetAfter }
  }

  list({ text, removed }: { text: string; removed: boolean }): CredentialView[] {
    const words = fold(text).split(/\s+/)
    return this.#store
      .all(removed)
      .filter(({ facts }) => words.every((word) => fold(facts.name).includes(word)))
      .map((kept) => this.#view(kept))
      .sort((x, y) => x.name.localeCompare(y.name) || (x.id < y.id ? -1 : 1))
  }

  get(id: string): CredentialView {
    return this.#view(this.#find(id))
  }

  versions(id: string): CredentialVersion[] {
    this.#findChangeable(id, true)
    return this.#store.versions(id).map(({ version, at, by, changed }) => ({ version, at, by, changed }))
  }

  /** From when on credentials want attention (ms since 1970), soonest first; of those that never do, nothing. */
  dueTimes(): number[] {
    if (!this.#held.hasVault) return []
    return this.#store
      .all(false)
      .map(dueFrom)
      .filter(Number.isFinite)
      .sort((a, b) => a - b)
  }

  create(credential: NewCredential): CredentialView {
    const id = this.#change(() => {
      const made = this.#add(credential)
      return [made, [['vault.create', made, { kind: credential.kind }]]]
    })
    return this.get(id)
  }

  /** @throws ProblemError `credential-refused`, `invalid-input` where secrets have to be given anew with the change */
  edit({ id, patch }: { id: string; patch: CredentialPatch }): CredentialView {
    const kept = this.#findChangeable(id)
    const given = Object.entries(patch.facts).filter(([, value]) => value !== undefined)
    const facts = { ...kept.facts, ...(Object.fromEntries(given) as Partial<CredentialFacts>) }
    const anew = neededAnew(kept, facts, this.#me).filter((field) => typeof patch.secrets[field] !== 'string')
    if (anew.length > 0) throw invalid(`Enter anew with this change: ${anew.join(', ')}. It would go to somebody else.`)
    this.#change(() => {
      // What cannot be opened any more can be entered anew.
      const before = this.#store.openAll(kept, (field) => patch.secrets[field] !== undefined)
      const secrets = withChanges(before, patch.secrets)
      checkSecrets(kept.kind, secrets)
      const fields = changedNames(before, secrets)
      const changed = [...changedNames(kept.facts, facts), ...fields]
      if (changed.length === 0) return [undefined, []]
      this.#put(kept, facts, secrets, changed, fields.length > 0)
      return [undefined, [['vault.edit', id, { version: kept.version + 1, changed }]]]
    })
    return this.get(id)
  }

  remove(id: string): void {
    const { version } = this.#findChangeable(id)
    this.#change(() => {
      this.#store.setRemoved(id, new Date().toISOString())
      return [undefined, [['vault.remove', id, { version }]]]
    })
  }

  /** Takes a credential away for good, at once. */
  erase(id: string): void {
    const { version } = this.#findChangeable(id, true)
    this.#change(() => {
      this.#store.erase(id)
      return [undefined, [['vault.erase', id, { version }]]]
    })
  }

  restore({ id, version }: { id: string; version: number }): CredentialView {
    const kept = this.#findChangeable(id, true)
    const wanted = this.#store.versions(id).find((one) => one.version === version)
    if (!wanted) throw new ProblemError('not-found', { what: 'This version' })
    // An earlier version brings back its own secrets and rules.
    if (wanted.version !== kept.version && !canReveal(kept, this.#me)) throw this.#refused('restore', id)
    this.#change(() => {
      this.#store.setRemoved(id, null)
      if (wanted.version !== kept.version) {
        const before = this.#store.openAll(kept, () => true)
        const secrets = this.#store.openAll(wanted)
        const fields = changedNames(before, secrets)
        const changed = [...changedNames(kept.facts, wanted.facts), ...fields]
        this.#put(kept, wanted.facts, secrets, changed, fields.length > 0)
      }
      return [undefined, [['vault.restore', id, { from: version }]]]
    })
    return this.get(id)
  }

  /**
   * Hands a secret to the window. First the rules, then the audit row on the disk, and only then the secret is opened: no
   * row, no value.
   * @throws ProblemError `reason-needed`, `credential-refused`, `disk-full`, `file-damaged`, `secret-unreadable`
   */
  reveal({ id, field, purpose, reason }: Parameters<VaultCalls['reveal']>[0]): Revealed {
    const { reasonNeeded, forgetAfter } = this.#policy()
    const kept = this.#find(id)
    checkRevealed(field)
    if (!canReveal(kept, this.#me)) throw this.#refused('see', id)
    if (!kept.has.includes(field)) throw new ProblemError('not-found', { what: 'This secret' })
    if (reasonNeeded && !reason) throw new ProblemError('reason-needed')
    this.#audit(['vault.reveal', id, { field, purpose, version: kept.version, reason: reason || null }])
    return { value: this.#store.open(kept, field), forgetAfter }
  }

  /** The code of now; the seed stays inside. Audited like a reveal. */
  code(id: string): TotpCode {
    const kept = this.#usable(id)
    if (!kept.has.includes('seed')) throw new ProblemError('not-found', { what: 'A code of this credential' })
    this.#audit(['vault.code', id, { version: kept.version }])
    return codeOf(this.#store.open(kept, 'seed'))
  }

  importPreview({ csv, skip }: { csv: string; skip: number[] }): ImportPreview {
    const { format, bad, rows } = planImport(readExport(csv), new Set(skip), this.#store)
    const shown = rows.map(({ line, name, kind, username, act }) => ({ line, name, kind, username, act }))
    return { format, rows: shown, bad }
  }

  /** All rows that can be taken, or none. */
  import({ csv, skip }: { csv: string; skip: number[] }): ImportResult {
    const { format, bad, rows } = planImport(readExport(csv), new Set(skip), this.#store)
    const count = (act: (typeof rows)[number]['act']): number => rows.filter((row) => row.act === act).length
    const result = { added: count('add'), same: count('same'), skipped: count('skip'), bad }
    this.#change(() => {
      const rowsOfAudit = rows
        .filter(({ act }) => act === 'add')
        .map(({ credential }): Audited => [
          'vault.create',
          this.#add(credential),
          { kind: credential.kind, imported: 1 },
        ])
      const { added, same, skipped } = result
      return [
        undefined,
        [['vault.import', 'import', { format, added, same, skipped, bad: bad.length }], ...rowsOfAudit],
      ]
    })
    return result
  }

  /** A credential for use inside, after the rules; see `use/`. @throws ProblemError `credential-refused` */
  forUse(id: string, detail: AuditDetail): { kept: Kept; secrets: Secrets } {
    const kept = this.#usable(id)
    this.#audit(['vault.use', id, { version: kept.version, ...detail }])
    return { kept, secrets: this.#store.openAll(kept) }
  }

  /** The credential as it is now, without an act. @throws ProblemError `not-found`, `credential-refused` */
  peek(id: string): Kept {
    return this.#usable(id)
  }

  /**
   * Keeps the tokens of a renewed grant. They take the place of those of the renewal before, which are worth nothing now.
   * @param used the refresh token that they were given for
   * @returns false where another was entered meanwhile: then these are dropped
   */
  keepRenewed(
    id: string,
    used: string,
    tokens: { accessToken: string; refreshToken: string },
    until: number | null,
  ): boolean {
    const kept = this.#usable(id)
    const secrets = this.#store.openAll(kept)
    if (secrets.refreshToken !== used) return false
    this.#change(() => {
      const next = { ...secrets, ...tokens }
      const changed = changedNames(secrets, next)
      if (kept.renewal) this.#store.dropVersion(id, kept.version)
      const at = new Date().toISOString()
      const { kind, facts, rotatedAt, version } = kept
      const made = { id, kind, facts, rotatedAt, version: version + 1, changed, at, by: 'renewal' }
      this.#store.put({ ...made, renewal: true, accessUntil: until }, next)
      return [undefined, [['vault.renew', id, { version: version + 1, changed }]]]
    })
    return true
  }

  get #me(): Person {
    return { id: this.#held.technician.id, reveals: this.#policy().reveals }
  }

  get #store(): VaultStore {
    const store = this.#held.vault
    if (!this.#tidied) {
      this.#tidied = true
      const old = new Date(Date.now() - KEPT_REMOVED).toISOString()
      const gone = store.all(true).filter(({ removedAt }) => removedAt !== null && removedAt < old)
      if (gone.length > 0)
        this.#change(() => [undefined, gone.map(({ id }): Audited => (store.erase(id), ['vault.erase', id, {}]))])
    }
    return store
  }

  #add(credential: NewCredential): string {
    const { kind, secrets, ...facts } = credential
    checkSecrets(kind, secrets)
    const id = randomUUID()
    const at = new Date().toISOString()
    this.#store.add(id, kind, at)
    const by = this.#held.technician.name
    this.#store.put({ id, kind, version: 1, at, by, facts, changed: [], rotatedAt: at }, secrets)
    return id
  }

  #put(kept: Kept, facts: CredentialFacts, secrets: Secrets, changed: Kept['changed'], rotated: boolean): void {
    const { id, kind, version } = kept
    const at = new Date().toISOString()
    const rotatedAt = rotated ? at : kept.rotatedAt
    const accessUntil = rotated ? null : kept.accessUntil
    const by = this.#held.technician.name
    this.#store.put({ id, kind, version: version + 1, at, by, facts, changed, rotatedAt, accessUntil }, secrets)
  }

  /** Writes and audits, both or neither; a write that fails after its rows are on the disk gets a row that says so. */
  #change<Result>(work: () => [Result, Audited[]]): Result {
    let rows: Audited[] = []
    try {
      const result = this.#held.vault.change(() => {
        const [made, audited] = work()
        this.#audit(...audited)
        rows = audited
        return made
      })
      if (rows.length > 0) this.#moved()
      return result
    } catch (error) {
      const [first] = rows
      if (first) this.#tryAudit(['vault.failed', first[1], { action: first[0] }])
      throw error
    }
  }

  #audit(...rows: Audited[]): void {
    if (rows.length === 0) return
    this.#held.ledger.change(({ audit }) => {
      for (const [action, id, detail] of rows) audit(action, `credential ${id}`, detail)
    })
  }

  #refused(act: string, id: string): ProblemError {
    this.#tryAudit(['vault.refused', id, { act }])
    return new ProblemError('credential-refused', { act })
  }

  // For rows without which nothing more is given away.
  #tryAudit(row: Audited): void {
    try {
      this.#audit(row)
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error
    }
  }

  #find(id: string, removedToo = false): Kept {
    const kept = this.#store.newest(id)
    if (!kept || (kept.removedAt !== null && !removedToo))
      throw new ProblemError('not-found', { what: 'This credential' })
    return kept
  }

  #findChangeable(id: string, removedToo = false): Kept {
    const kept = this.#find(id, removedToo)
    if (!canChange(kept, this.#me)) throw this.#refused('change', id)
    return kept
  }

  #usable(id: string): Kept {
    const kept = this.#find(id)
    if (!canUse(kept, this.#me)) throw this.#refused('use', id)
    return kept
  }

  #view(kept: Kept): CredentialView {
    const { id, kind, facts, has, version, createdAt, at, rotatedAt } = kept
    return {
      ...facts,
      id,
      kind,
      has,
      version,
      createdAt,
      updatedAt: at,
      rotatedAt,
      due: dueOf(kept, Date.now()),
      canUse: canUse(kept, this.#me),
      canReveal: canReveal(kept, this.#me),
      canChange: canChange(kept, this.#me),
    }
  }
}

function withChanges(before: Secrets, changes: CredentialPatch['secrets']): Secrets {
  const after: Secrets = { ...before }
  for (const [name, value] of Object.entries(changes)) {
    const field = name as SecretField
    if (value === null) delete after[field]
    else if (value !== undefined) after[field] = value
  }
  return after
}

function changedNames<Of extends object>(before: Of, after: Of): (keyof Of)[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]) as Set<keyof Of>
  return [...names].filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]))
}
