import type { CredentialKind, SecretField } from '../../../src-shared/domain/vault.ts'
import type { Db } from '../../storage/open.ts'
import { RecordSeal, type SecretPlace } from './record-seal.ts'

interface Row {
  id: string
  kind: CredentialKind
  version: number
  facts: string
  field: SecretField
  sealed: Buffer
}

const SELECT = `
  SELECT s.credential AS id, c.kind, s.version, v.facts, s.field, s.sealed
  FROM secret s JOIN credential c ON c.id = s.credential
    JOIN version v ON v.credential = s.credential AND v.version = s.version`

/**
 * Seals every secret of a vault under another key, in one transaction. What the old key does not open stays as it is,
 * and does not open under the new one either.
 * @param from and `to`, 32 bytes each; they belong to the caller
 */
export function resealSecrets(db: Db, from: Buffer, to: Buffer, binding: Uint8Array): void {
  const [before, after] = [new RecordSeal(from, binding), new RecordSeal(to, binding)]
  const update = db.prepare('UPDATE secret SET sealed = ? WHERE credential = ? AND version = ? AND field = ?')
  db.pragma('secure_delete = ON')
  db.transaction(() => {
    for (const { sealed, ...place } of db.prepare<[], Row>(SELECT).all()) {
      const text = openOrNull(before, sealed, place)
      if (text !== null) update.run(after.seal(text, place), place.id, place.version, place.field)
    }
  }).immediate()
}

function openOrNull(seal: RecordSeal, sealed: Buffer, place: SecretPlace): string | null {
  try {
    return seal.open(sealed, place)
  } catch {
    return null
  }
}
