import { sql as genesis } from './migrations/001-genesis.ts'
import { sql as identity } from './migrations/002-identity.ts'
import { sql as uploads } from './migrations/003-uploads.ts'
import { sql as bound } from './migrations/004-bound.ts'
import { sql as drafts } from './migrations/005-drafts.ts'
import { sql as timers } from './migrations/006-timers.ts'

/** How the file of a ledger came to be as it is, one version after the other. */
export const ledgerSteps: readonly string[] = [genesis, identity, uploads, bound, drafts, timers]
