import type { Problem } from '../problem.ts'
import type { Role } from '../protocol/session.ts'
import type { KeyRemedy, UnlockBy } from './keys.ts'

/** What state the console is in, and with it which screen its windows show. */
export type SessionStatus =
  /** Nothing is set up: sample clients or connect. */
  | {
      state: 'welcome'
      /** With `passphrase` the person has to choose one to connect: there is no keychain. */
      sealing: 'keychain' | 'passphrase'
      /** Proposed for the connect form. */
      cloudUrl: string | null
      /**
       * Says what it means where the only keychain is one that any program of this account can read: a person may
       * `consent` to it instead of choosing a passphrase. Null where there is a real one, or none at all.
       */
      exposed: Problem | null
      /** Whether there are sample clients to look around in: a packaged app has none. */
      samples: boolean
      problem: Problem | null
    }
  /** Something takes a moment; `step` says what. */
  | { state: 'starting'; step: string }
  /** Keys are not in memory: the console was locked, or the profile's passphrase was not given yet. */
  | { state: 'locked'; by: UnlockBy; problem: Problem | null; remedies: KeyRemedy[] }
  /** The keys of this profile cannot be opened; nothing was changed, and nothing is until a person chooses a remedy. */
  | { state: 'keys'; problem: Problem; remedies: KeyRemedy[] }
  /** At work. With `signInNeeded` the sign-in has ended; the clients stay readable and editable. */
  | {
      state: 'open'
      sandbox: boolean
      organisation: string
      technician: { id: string; name: string; email: string }
      /** What they are in the organisation; null where the cloud has not said (yet). */
      role: Role | null
      cloudUrl: string
      online: boolean
      /** since when the cloud has not answered */ offlineSince: string | null
      signInNeeded: boolean
      problem: Problem | null
    }
  /** The profile cannot be used as it is. */
  | { state: 'broken'; problem: Problem }
