import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import type {
  CredentialFacts,
  CredentialKind,
  CredentialVersion,
  SecretField,
} from '../../../src-shared/domain/vault.ts'
import { ProblemError } from '../../../src-shared/problem.ts'
import { migrate } from '../../storage/migrate.ts'
import { closeDatabase, isDamage, isDiskFull, openEncrypted, storageProblem, type Db } from '../../storage/open.ts'
import { sql as genesis } from './migrations/001-genesis.ts'
import { RecordSeal } from './record-seal.ts'

export const VAULT_FILE = 'vault.db'
export const vaultSteps: readonly string[] = [genesis]

/** Secret parts in the clear; they live for one call. */
export type Secrets = Partial<Record<SecretField, string>>

/** One version of a credential, without its secrets. */
export interface Kept {
  id: string
  kind: CredentialKind
  createdAt: string
  removedAt: string | null
  version: number
  at: string
  by: string
  facts: CredentialFacts
  /** The same as the text that secrets are bound to. */
  factsText: string
  changed: CredentialVersion['changed']
  rotatedAt: string
  renewal: boolean
  /** Ms since 1970. */
  accessUntil: number | null
  has: SecretField[]
}

export type NewVersion = Pick<Kept, 'id' | 'kind' | 'version' | 'by' | 'facts' | 'changed' | 'rotatedAt'> &
  Partial<Pick<Kept, 'renewal' | 'accessUntil'>> & { at: string }

type Row = Omit<Kept, 'facts' | 'changed' | 'has' | 'renewal'> & { changed: string; has: string; renewal: number }

const SELECT = `
  SELECT c.id, c.kind, c.created_at AS createdAt, c.removed_at AS removedAt, v.version, v.at, v.by,
    v.facts AS factsText, v.changed, v.rotated_at AS rotatedAt, v.renewal, v.access_until AS accessUntil,
    (SELECT json_group_array(s.field) FROM secret s WHERE s.credential = v.credential AND s.version = v.version) AS has
  FROM credential c JOIN version v ON v.credential = c.id`
const NEWEST = 'v.version = (SELECT max(n.version) FROM version n WHERE n.credential = c.id)'

/** The file of a client's credentials: encrypted like the others, and each secret sealed again. Never discarded. */
export class VaultStore {
  readonly #db: Db
  readonly #file: string
  readonly #seal: RecordSeal

  private constructor(db: Db, file: string, seal: RecordSeal) {
    this.#db = db
    this.#file = file
    this.#seal = seal
  }

  static exists(folder: string): boolean {
    return existsSync(join(folder, VAULT_FILE))
  }

  /**
   * Opens the file, makes it where there is none, and migrates it.
   * @param keys 32 bytes each; they belong to the caller
   * @throws ProblemError `file-damaged`, `file-newer`, `disk-full`
   */
  static open(
    folder: string,
    keys: { vault: Buffer; vaultRecords: Buffer },
    binding: Uint8Array,
    maxPages?: number,
  ): VaultStore {
    const file = join(folder, VAULT_FILE)
    try {
      const db = openEncrypted({
        file,
        key: keys.vault,
        synchronous: 'FULL',
        pageSize: 4096,
        cacheKiB: 1000,
        maxPages,
      })
      try {
        db.pragma('foreign_keys = ON')
        db.pragma('secure_delete = ON')
        migrate(db, file, vaultSteps)
        return new VaultStore(db, file, new RecordSeal(keys.vaultRecords, binding))
      } catch (error) {
        db.close()
        throw error
      }
    } catch (error) {
      const told = storageProblem(error, file)
      // The ledger opened with a key of the same root: it is the file.
      if (told instanceof ProblemError && told.problem.code === 'key-wrong') throw damaged(file, error)
      throw told
    }
  }

  /** The versions in force, of what was taken away or of what was not. */
  all(removed: boolean): Kept[] {
    const where = `${NEWEST} AND c.removed_at IS ${removed ? 'NOT NULL' : 'NULL'}`
    return this.#run(() => this.#db.prepare<[], Row>(`${SELECT} WHERE ${where}`).all().map(keptOf))
  }

  /** The version in force, also of what was taken away. */
  newest(id: string): Kept | undefined {
    const row = this.#run(() => this.#db.prepare<[string], Row>(`${SELECT} WHERE c.id = ? AND ${NEWEST}`).get(id))
    return row && keptOf(row)
  }

  /** Newest first. */
  versions(id: string): Kept[] {
    const select = `${SELECT} WHERE c.id = ? ORDER BY v.version DESC`
    return this.#run(() => this.#db.prepare<[string], Row>(select).all(id).map(keptOf))
  }

  /** A secret in the clear. @throws ProblemError `secret-unreadable` */
  open(kept: Kept, field: SecretField): string {
    const sealed = this.#run(() =>
      this.#db
        .prepare<[string, number, string], Buffer>(
          'SELECT sealed FROM secret WHERE credential = ? AND version = ? AND field = ?',
        )
        .pluck()
        .get(kept.id, kept.version, field),
    )
    if (!sealed) throw new ProblemError('not-found', { what: 'This secret' })
    return this.#seal.open(sealed, { ...kept, facts: kept.factsText, field })
  }

  /**
   * All secrets of a version.
   * @param mayLack which are left out where they cannot be opened
   * @throws ProblemError `secret-unreadable`
   */
  openAll(kept: Kept, mayLack: (field: SecretField) => boolean = () => false): Secrets {
    const secrets: Secrets = {}
    for (const field of kept.has) {
      try {
        secrets[field] = this.open(kept, field)
      } catch (error) {
        if (!mayLack(field) || !(error instanceof ProblemError)) throw error
      }
    }
    return secrets
  }

  /** Several writes as one; on the disk when it returns. @throws ProblemError `disk-full`, `file-damaged` */
  change<Result>(work: () => Result): Result {
    return this.#run(() => this.#db.transaction(work).immediate())
  }

  add(id: string, kind: CredentialKind, at: string): void {
    this.#db.prepare('INSERT INTO credential VALUES (?, ?, ?, NULL)').run(id, kind, at)
  }

  /** Writes a version with all its secrets, sealed for it. Belongs inside {@link VaultStore.change}. */
  put(version: NewVersion, secrets: Secrets): void {
    const facts = JSON.stringify(version.facts)
    this.#db
      .prepare(
        `INSERT INTO version VALUES (@id, @version, @at, @by, @facts, @changed, @rotatedAt, @renewal, @accessUntil)`,
      )
      .run({
        ...version,
        facts,
        changed: JSON.stringify(version.changed),
        renewal: version.renewal ? 1 : 0,
        accessUntil: version.accessUntil ?? null,
      })
    const insert = this.#db.prepare('INSERT INTO secret VALUES (?, ?, ?, ?)')
    for (const [name, text] of Object.entries(secrets)) {
      const field = name as SecretField
      insert.run(version.id, version.version, field, this.#seal.seal(text, { ...version, facts, field }))
    }
  }

  /** Takes a version and its secrets out of the history. */
  dropVersion(id: string, version: number): void {
    this.#db.prepare('DELETE FROM secret WHERE credential = ? AND version = ?').run(id, version)
    this.#db.prepare('DELETE FROM version WHERE credential = ? AND version = ?').run(id, version)
  }

  /** @param at when it was taken away; null brings it back */
  setRemoved(id: string, at: string | null): void {
    this.#db.prepare('UPDATE credential SET removed_at = ? WHERE id = ?').run(at, id)
  }

  /** Deletes a credential for good. */
  erase(id: string): void {
    for (const { version } of this.versions(id)) this.dropVersion(id, version)
    this.#db.prepare('DELETE FROM credential WHERE id = ?').run(id)
  }

  close(): void {
    closeDatabase(this.#db)
  }

  #run<Result>(work: () => Result): Result {
    try {
      return work()
    } catch (error) {
      if (isDiskFull(error)) throw new ProblemError('disk-full', {}, { cause: error })
      if (isDamage(error)) throw damaged(this.#file, error)
      throw error
    }
  }
}

function damaged(file: string, cause: unknown): ProblemError {
  const remedy = 'Restore it from a backup; it was left as it is.'
  return new ProblemError('file-damaged', { file: basename(file), remedy }, { cause })
}

function keptOf({ changed, has, renewal, ...row }: Row): Kept {
  return {
    ...row,
    // Those from before there were headers name none.
    facts: { header: null, ...(JSON.parse(row.factsText) as Omit<CredentialFacts, 'header'>) },
    changed: JSON.parse(changed) as Kept['changed'],
    renewal: renewal === 1,
    has: (JSON.parse(has) as SecretField[]).sort(),
  }
}
