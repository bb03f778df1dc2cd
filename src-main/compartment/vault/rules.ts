import {
  neverRevealed,
  secretFields,
  type CredentialAccess,
  type CredentialFacts,
  type CredentialKind,
  type CredentialView,
  type SecretField,
} from '../../../src-shared/domain/vault.ts'
import { ProblemError } from '../../../src-shared/problem.ts'
import type { Kept, Secrets } from './store.ts'
import { checkSeed } from './totp.ts'

const DAY = 86_400_000
/** Before a credential expires, or is to be changed, this long. */
const SOON = 14 * DAY

/** Who acts. Who may reveal nothing at this client sees no secret, whomever a credential names. */
export interface Person {
  id: string
  reveals: boolean
}

export function canUse({ facts }: Kept, me: Person): boolean {
  return includes(facts.mayUse, me.id)
}

export function canReveal({ facts }: Kept, me: Person): boolean {
  return me.reveals && includes(facts.mayReveal, me.id)
}

/** Who may see it may change it. What nobody may see, those change who may use it: else nobody ever could. */
export function canChange(kept: Kept, me: Person): boolean {
  const nobody = kept.facts.mayReveal !== 'everyone' && kept.facts.mayReveal.length === 0
  return canReveal(kept, me) || (nobody && canUse(kept, me))
}

/**
 * Secrets that must be given anew with a change, because they would get to whom, or where, they could not get before:
 * who may not see them would learn them by the change. Refresh tokens and client secrets go wherever the grant is
 * renewed, and nobody may see those.
 */
export function neededAnew(kept: Kept, next: CredentialFacts, me: Person): SecretField[] {
  const { facts, has } = kept
  const moved = (...names: (keyof CredentialFacts)[]): boolean =>
    names.some((name) => JSON.stringify(facts[name]) !== JSON.stringify(next[name]))
  if (!canReveal(kept, me) && moved('mayUse', 'mayReveal', 'url', 'header', 'tokenUrl', 'clientId')) return has
  if (moved('tokenUrl')) return has.filter((field) => field === 'refreshToken' || field === 'clientSecret')
  return []
}

/** Checks that a credential of this kind can have these secrets. @throws ProblemError `invalid-input` */
export function checkSecrets(kind: CredentialKind, secrets: Secrets): void {
  const { needed, optional } = secretFields[kind]
  const known: readonly SecretField[] = [...needed, ...optional]
  const missing = needed.find((field) => secrets[field] === undefined)
  if (missing) throw invalid(`A credential of this kind needs its ${missing}.`)
  const foreign = (Object.keys(secrets) as SecretField[]).find((field) => !known.includes(field))
  if (foreign) throw invalid(`A credential of this kind has no ${foreign}.`)
  if (secrets.seed !== undefined) checkSeed(secrets.seed)
}

/** @throws ProblemError `invalid-input` where no act hands this out */
export function checkRevealed(field: SecretField): void {
  if (neverRevealed.includes(field)) throw invalid('This is never shown; it is only used.')
}

/** Whether a credential wants attention: its time is up, or comes soon. */
export function dueOf(kept: Kept, now: number): CredentialView['due'] {
  const { expires, rotates } = timesOf(kept)
  if (expires <= now) return 'expired'
  if (rotates <= now) return 'rotate'
  return dueFrom(kept) <= now ? 'soon' : 'none'
}

/** From when on a credential wants attention (ms since 1970); infinite where it never does. */
export function dueFrom(kept: Kept): number {
  const { expires, rotates } = timesOf(kept)
  return Math.min(expires, rotates) - SOON
}

function timesOf({ facts, rotatedAt }: Kept): { expires: number; rotates: number } {
  return {
    expires: facts.expiresAt === null ? Infinity : Date.parse(facts.expiresAt),
    rotates: facts.rotateAfterDays === null ? Infinity : Date.parse(rotatedAt) + facts.rotateAfterDays * DAY,
  }
}

export function invalid(reason: string): ProblemError {
  return new ProblemError('invalid-input', { reason })
}

function includes(access: CredentialAccess, me: string): boolean {
  return access === 'everyone' || access.includes(me)
}
