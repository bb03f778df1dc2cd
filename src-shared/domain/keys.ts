import { z } from 'zod'
import type { ProblemCode } from '../problem.ts'

/** Length of a passphrase that a person chooses. */
export const Passphrase = z.string().min(8, { error: 'needs at least 8 characters' }).max(1000)

/** A passphrase that was chosen before, as a person types it. */
export const TypedPassphrase = z.string().min(1).max(1000)

/** Characters of a recovery file: some thousand clients. */
export const MAX_RECOVERY_FILE = 2_000_000

/** What a person can do where the keys of a profile cannot be opened. */
export type KeyRemedy =
  /** The keychain was locked or away: ask it again. */
  | 'retry'
  /** Give the recovery file and its passphrase. */
  | 'recovery-file'
  /** Start the clients' files again from the cloud; what was not sent is set aside unreadable, never deleted. */
  | 'start-again'
  /** Seal with a keychain that any program of this account can read, after the consequence was told. */
  | 'consent'
  /** Seal with a passphrase in place of the keychain. */
  | 'passphrase'

/**
 * What can be done about a problem with keys, the gentlest first; nothing for any other problem. It holds for a whole
 * profile, and for one client whose files do not open.
 */
export function remediesFor(code: ProblemCode): KeyRemedy[] {
  switch (code) {
    case 'keychain-exposed':
      return ['passphrase', 'consent', 'retry']
    case 'passphrase-wrong':
    case 'passphrase-needed':
      return ['recovery-file', 'start-again']
    case 'sealing-changed':
    case 'keychain-changed':
    case 'keyring-missing':
    case 'profile-unreadable':
    case 'key-wrong':
    case 'key-missing':
      return ['retry', 'recovery-file', 'start-again']
    default:
      return []
  }
}

/** How a locked console is opened: by what a person knows, by the system's own question, or (sample clients) by asking. */
export type UnlockBy = 'passphrase' | 'system' | 'nothing'

/** What protects the keys of an open profile, for the settings page. */
export interface KeyReport {
  backend: string
  /** Whether a passphrase is asked for at start or after a lock. */
  passphrase: boolean
  /** When a recovery file was last written; null for never. */
  recoveryAt: string | null
  /** Clients whose keys it does not have as they are now: made or changed since, or not to be opened then. */
  notInRecovery: number
  /** When a person accepted a keychain that any program of this account can read; null for a real one. */
  consentedAt: string | null
  /** How a lock would be opened; null where there is nothing to lock with until a passphrase is set. */
  unlockBy: UnlockBy | null
}

/** A recovery file, to be saved where the profile is not. */
export interface RecoveryFile {
  /** Proposed name. */
  name: string
  text: string
  /** Names of clients whose files are here and whose keys are not in it: those keys do not open, or are gone. */
  missing: string[]
}

/** What came of taking keys from a recovery file. */
export interface RecoveryResult {
  restored: number
  /** Keys that were the same here already. */
  same: number
  /** Clients here that the file knows nothing of. */
  missing: number
}
