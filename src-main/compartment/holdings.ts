import { randomBytes } from 'node:crypto'
import { mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { SecretField } from '../../src-shared/domain/vault.ts'
import { ProblemError } from '../../src-shared/problem.ts'
import { FileStore } from './attachments/file-store.ts'
import { CACHE_FILE, deleteCache, openCache, type Cache } from './cache/cache.ts'
import { refreshAllViews } from './cache/overlay.ts'
import { deriveKeys, zeroKeys, type CompartmentKeys } from './keys.ts'
import { Ledger, LEDGER_FILE } from './ledger/ledger.ts'
import { salvageLedger } from './ledger/salvage.ts'
import type { Assignment } from './port.ts'
import { settleRotation } from './rotation/settle.ts'
import { VaultStore } from './vault/store.ts'
import { isDamage, isDiskFull, opensWith } from '../storage/open.ts'

/** The open files of a compartment. `cache` is another object after {@link Holdings.resetCache}. */
export class Holdings {
  readonly ledger: Ledger
  readonly files: FileStore
  readonly technician: Assignment['technician']
  readonly #folder: string
  readonly #keys: CompartmentKeys
  readonly #limits: Assignment['maxPages']
  readonly #binding: Uint8Array
  #cache: Cache
  #vault: VaultStore | null = null

  /**
   * Opens the files, and makes those that are missing. The root key is filled with zeros whatever happens.
   * @throws ProblemError `key-wrong`, `file-newer`, `file-damaged`, `disk-full`
   */
  constructor({ folder, rootKey, binding, technician, maxPages, maxBytes }: Assignment) {
    this.technician = technician
    this.#binding = binding
    this.#folder = folder
    this.#limits = maxPages
    const root = new Uint8Array(rootKey)
    this.#keys = deriveKeys(root)
    root.fill(0)
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      settleRotation(folder, this.#keys)
      this.ledger = this.#openLedger()
      try {
        this.#cache = openCache(folder, this.#keys.cache, maxPages?.cache)
        this.#refreshViews()
        this.files = new FileStore(folder, this.#keys.files, this.#keys.fileNames, maxBytes)
      } catch (error) {
        this.ledger.close()
        throw error
      }
    } catch (error) {
      zeroKeys(this.#keys)
      throw error
    }
  }

  get cache(): Cache {
    return this.#cache
  }

  /**
   * The file of credentials, opened or made when it is first needed: damage to it stops nothing else.
   * @throws ProblemError `file-damaged`, `file-newer`, `disk-full`
   */
  get vault(): VaultStore {
    this.#vault ??= VaultStore.open(this.#folder, this.#keys, this.#binding, this.#limits?.vault)
    return this.#vault
  }

  /** Whether there are, or were, credentials. */
  get hasVault(): boolean {
    return this.#vault !== null || VaultStore.exists(this.#folder)
  }

  /** Empties the cache: damaged, or of another epoch of the cloud. The ledger is not touched. */
  resetCache(): void {
    try {
      this.#cache.db.close()
    } finally {
      deleteCache(this.#folder)
      this.#cache = openCache(this.#folder, this.#keys.cache, this.#limits?.cache)
    }
  }

  /**
   * For a check: whether the file of edits opens with any other key, and whether a secret opens with the right key where
   * it is taken for another client's.
   */
  opensOtherwise(id: string, field: SecretField): { withOtherKey: boolean; elsewhere: boolean } {
    const withOtherKey = opensWith(join(this.#folder, LEDGER_FILE), randomBytes(this.#keys.ledger.length))
    const elsewhere = VaultStore.open(this.#folder, this.#keys, randomBytes(this.#binding.length))
    try {
      const kept = elsewhere.newest(id)
      return { withOtherKey, elsewhere: kept !== undefined && elsewhere.open(kept, field) !== '' }
    } catch (error) {
      if (error instanceof ProblemError && error.problem.code === 'secret-unreadable')
        return { withOtherKey, elsewhere: false }
      throw error
    } finally {
      elsewhere.close()
    }
  }

  /** Bytes on the disk, write-ahead logs included. */
  get sizes(): { cacheBytes: number; ledgerBytes: number } {
    const size = (file: string): number =>
      ['', '-wal'].reduce((sum, suffix) => {
        const found = statSync(join(this.#folder, file + suffix), { throwIfNoEntry: false })
        return sum + (found?.size ?? 0)
      }, 0)
    return { cacheBytes: size(CACHE_FILE), ledgerBytes: size(LEDGER_FILE) }
  }

  #openLedger(): Ledger {
    const open = (): Ledger => Ledger.open(this.#folder, this.#keys.ledger, this.technician.id, this.#limits?.ledger)
    try {
      return open()
    } catch (error) {
      const code = error instanceof ProblemError ? error.problem.code : null
      if (code !== 'key-wrong' && code !== 'file-damaged') throw error
      if (salvageLedger(this.#folder, this.#keys.ledger)) return open()
      // Unreadable with a key whose sibling opens the other file: it is the file.
      if (!opensWith(join(this.#folder, CACHE_FILE), this.#keys.cache)) throw error
      const remedy = 'Restore it from a backup; it was left as it is.'
      throw new ProblemError('file-damaged', { file: LEDGER_FILE, remedy }, { cause: error })
    }
  }

  #refreshViews(): void {
    try {
      refreshAllViews(this.#cache, this.ledger)
    } catch (error) {
      if (isDamage(error)) this.resetCache()
      // On a full disk the views follow with the next pull.
      else if (!isDiskFull(error)) throw error
    }
  }

  /** Checkpoints and closes the files, and forgets the keys. */
  close(): void {
    try {
      this.#cache.close()
    } finally {
      try {
        this.#vault?.close()
      } finally {
        this.ledger.close()
        zeroKeys(this.#keys)
      }
    }
  }
}
