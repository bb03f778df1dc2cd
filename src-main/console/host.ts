import type { Settings } from '../../src-shared/domain/views.ts'

/**
 * Seals small secrets (root keys, the refresh token) with something that this machine or person holds.
 * Sealed values are one line of base64.
 */
export interface Sealing {
  /** Recorded in keyring.json; another name later is a typed problem, never a new key. */
  readonly backend: string
  seal(secret: Uint8Array): Promise<string>
  /** @throws ProblemError `key-wrong` where the value was not sealed by this backend and key */
  open(sealed: string): Promise<Uint8Array>
}

/** How a host finds its sealing: an OS keychain, or a passphrase that a person or the environment gives. */
export type SealingSource =
  | { kind: 'keychain'; backend: string; sealing: Sealing }
  | { kind: 'passphrase'; /** from BULKHEAD_PASSPHRASE */ given: string | null }

/** settings.json of a profile. */
export interface SettingsStore {
  read(): Settings
  change(change: Partial<Settings>): Settings
}

export interface HostOptions {
  /** Folder of the profile; made if missing. */
  profile: string
  sealing: SealingSource
  settings: SettingsStore
  /** Script of the compartment worker. */
  worker: string
  /** Start with the sample clients, without asking. */
  sandbox: boolean
  /** Offered on the connect screen, or null. */
  cloudUrl: string | null
}

/** One window's end of the channel. */
export interface WindowChannel {
  receive(frame: string): void
  /** The window is gone: its calls are stopped and its scopes revoked. */
  close(): void
}

export interface Host {
  /** Attaches a window; frames for it go to `send`. */
  attach(send: (frame: string) => void): WindowChannel
  /** Closes every compartment in order, then the registry and the profile's lock. */
  close(): Promise<void>
}
