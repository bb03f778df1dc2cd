import { hkdfSync } from 'node:crypto'

/** The keys of one compartment's files, 32 bytes each. The owner fills them with zeros when it closes. */
export interface CompartmentKeys {
  cache: Buffer
  ledger: Buffer
  vault: Buffer
  /** Of the secrets in the vault, each sealed by itself. */
  vaultRecords: Buffer
  /** Of the contents of files, and of the names that they have on the disk. */
  files: Buffer
  fileNames: Buffer
}

/** Derives one key per file from the root key (RFC 5869, HKDF-SHA-256, no salt, one label per file). */
export function deriveKeys(rootKey: Uint8Array): CompartmentKeys {
  const vault = derive(rootKey, 'bulkhead/vault/1')
  return {
    cache: derive(rootKey, 'bulkhead/cache/1'),
    ledger: derive(rootKey, 'bulkhead/ledger/1'),
    vault,
    vaultRecords: derive(vault, 'bulkhead/vault-records/1'),
    files: derive(rootKey, 'bulkhead/files/1'),
    fileNames: derive(rootKey, 'bulkhead/file-names/1'),
  }
}

/** Overwrites the keys with zeros; they are useless afterwards. */
export function zeroKeys(keys: CompartmentKeys): void {
  for (const key of Object.values<Buffer>({ ...keys })) key.fill(0)
}

function derive(rootKey: Uint8Array, label: string): Buffer {
  return Buffer.from(hkdfSync('sha256', rootKey, Buffer.alloc(0), label, 32))
}
