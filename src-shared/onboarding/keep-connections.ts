import type { Connection } from './answers.ts'

/** A connection with its secret, as the command reads it on the computer where it runs. */
export interface SecretConnection extends Pick<Connection, 'name' | 'url' | 'as'> {
  /** Of `basic`. */
  username: string | null
  secret: string
}

/** Into whose vault: that of a console's profile, as one technician of a cloud. */
export interface VaultPlace {
  /** Folder of the profile; made where there is none. */
  profile: string
  /** Opens the profile where no keychain does; null where none was given. */
  passphrase: string | null
  cloudUrl: string
  email: string
  password: string
  tenantId: string
}

/** What came of one: kept and accepted, or a sentence that says what is in the way. */
export interface KeptConnection {
  name: string
  accepted: boolean
  sentence: string
}

/**
 * Keeps credentials in the client's vault of a profile, and tries each out.
 * @throws ProblemError or its like, where the profile, its keys or the client cannot be had
 */
export type KeepConnections = (place: VaultPlace, connections: SecretConnection[]) => Promise<KeptConnection[]>
