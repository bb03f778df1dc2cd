import type { NewClientLaunch } from '../../src-shared/onboarding/launch.ts'
import type { Settings } from '../../src-shared/domain/views.ts'
import type { Clocks } from './idle-lock.ts'

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
  /** Overwrites the key that it holds, where it holds one; it opens and seals nothing afterwards. */
  forget(): void
}

/** A sealing whose key the system keeps. */
export interface Keychain extends Sealing {
  /** Any program of this account can read that key: used only after a person consented. */
  readonly exposed: boolean
}

/** How a host finds its sealing: an OS keychain, or a passphrase that a person or the environment gives. */
export interface SealingSource {
  /** Looks for the system's keychain, each time anew. @returns null where there is none that works now */
  keychain(): Promise<Keychain | null>
  /** From BULKHEAD_PASSPHRASE. Where it is set, a new profile is sealed with it alone. */
  given: string | null
}

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
  /** Has the system ask whether it is the person who sits there (Touch ID); absent where it cannot. */
  presence?: (() => Promise<boolean>) | undefined
  /** In place of the machine's clocks and the milliseconds between two looks, for the lock by itself; for tests. */
  idle?: { clocks: Clocks; interval: number }
  /** Script of the compartment worker. */
  worker: string
  /** A folder of the installation, which has the sample clients' cloud or not; where this code is if absent. */
  installation?: string | undefined
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
  /** A new client is wanted, from a link, the tray or the command line: a window begins with it, once one is open. */
  launch(launch: NewClientLaunch): void
  /** The system was locked or sleeps: locks the console too, where the person wants it to lock by itself. */
  away(): void
  /** Closes every compartment in order, then the registry and the profile's lock. */
  close(): Promise<void>
}
