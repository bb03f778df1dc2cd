import { z } from 'zod'
import { SecretHeader } from './connection.ts'
import { Id, Instant } from './primitives.ts'

/** What kind of secret a credential keeps. */
export const CredentialKind = z.enum(['login', 'api-token', 'oauth', 'ssh-key', 'note', 'totp'])
export type CredentialKind = z.infer<typeof CredentialKind>

/**
 * Names of the secret parts of a credential. A `seed` is never revealed, only its codes are; neither is a `refreshToken`,
 * which only the compartment itself uses.
 */
export const SecretField = z.enum([
  'password',
  'token',
  'clientSecret',
  'accessToken',
  'refreshToken',
  'privateKey',
  'passphrase',
  'text',
  'seed',
])
export type SecretField = z.infer<typeof SecretField>

/** The secret parts that a kind may have, those it must have first. */
export const secretFields = {
  login: { needed: ['password'], optional: ['seed', 'text'] },
  'api-token': { needed: ['token'], optional: ['text'] },
  oauth: { needed: ['refreshToken'], optional: ['clientSecret', 'accessToken'] },
  'ssh-key': { needed: ['privateKey'], optional: ['passphrase'] },
  note: { needed: ['text'], optional: [] },
  totp: { needed: ['seed'], optional: [] },
} as const satisfies Record<CredentialKind, { needed: SecretField[]; optional: SecretField[] }>

/** Secret parts that no act hands out. */
export const neverRevealed: readonly SecretField[] = ['seed', 'refreshToken']

/** Who may: everybody who works for the client, or these technicians. */
export const CredentialAccess = z.union([z.literal('everyone'), z.array(Id).max(500)])
export type CredentialAccess = z.infer<typeof CredentialAccess>

const SecretText = z.string().min(1).max(65_536)

const facts = z.object({
  /** The only thing that search looks at. */
  name: z.string().trim().min(1).max(200),
  username: z.string().max(320).nullable(),
  /** What it is for. Code of the compartment uses it at this origin and nowhere else. */
  url: z.string().max(2000).nullable(),
  /** The request header that an API token goes in; null for `Authorization: Bearer`. */
  header: SecretHeader.nullable(),
  /** Where an OAuth grant is renewed, and as whom. */
  tokenUrl: z.url({ protocol: /^https$/ }).nullable(),
  clientId: z.string().max(500).nullable(),
  expiresAt: Instant.nullable(),
  /** Days after which the secret should be changed. */
  rotateAfterDays: z.number().int().min(1).max(3650).nullable(),
  mayUse: CredentialAccess,
  mayReveal: CredentialAccess,
})

/** What is not secret of a credential, as a technician gives it. It lies in the encrypted file like everything else. */
export const CredentialFacts = facts.extend({
  username: facts.shape.username.default(null),
  url: facts.shape.url.default(null),
  header: facts.shape.header.default(null),
  tokenUrl: facts.shape.tokenUrl.default(null),
  clientId: facts.shape.clientId.default(null),
  expiresAt: facts.shape.expiresAt.default(null),
  rotateAfterDays: facts.shape.rotateAfterDays.default(null),
  mayUse: facts.shape.mayUse.default('everyone'),
  mayReveal: facts.shape.mayReveal.default('everyone'),
})
export type CredentialFacts = z.infer<typeof CredentialFacts>

export const NewCredential = CredentialFacts.extend({
  kind: CredentialKind,
  secrets: z.partialRecord(SecretField, SecretText),
})
export type NewCredential = z.infer<typeof NewCredential>

/** Changes of a credential; null takes an optional secret away. */
export const CredentialPatch = z.object({
  // Not `CredentialFacts`: its defaults would fill in, and so undo, what is not named.
  facts: facts.partial(),
  secrets: z.partialRecord(SecretField, SecretText.nullable()),
})
export type CredentialPatch = z.infer<typeof CredentialPatch>

/** A credential without its secrets. */
export interface CredentialView extends CredentialFacts {
  id: string
  kind: CredentialKind
  /** Which secret parts it has. */
  has: SecretField[]
  version: number
  createdAt: string
  updatedAt: string
  /** When a secret part last changed. */
  rotatedAt: string
  due: 'none' | 'soon' | 'expired' | 'rotate'
  canUse: boolean
  canReveal: boolean
  /** Edit, remove, restore, see versions. */
  canChange: boolean
}

export interface CredentialVersion {
  version: number
  at: string
  /** Name of the technician. */
  by: string
  changed: (SecretField | keyof CredentialFacts)[]
}

/** What a reveal hands out, once. */
export interface Revealed {
  value: string
  /** Seconds after which the clipboard is emptied and the value hidden. */
  forgetAfter: number
}

export interface TotpCode {
  code: string
  /** Seconds that the code is still good for, and that each is. */
  secondsLeft: number
  period: number
}

/** What a client's own rules ask before a secret is shown. */
export const VaultPolicy = z.object({
  reasonNeeded: z.boolean(),
  /** Seconds. */
  forgetAfter: z.number().int().min(5).max(600),
})
export type VaultPolicy = z.infer<typeof VaultPolicy>

/** Where a tenant's configuration says nothing. */
export const DEFAULT_VAULT_POLICY: VaultPolicy = { reasonNeeded: false, forgetAfter: 30 }

/** Characters of an export that can be imported at once. */
export const MAX_IMPORT = 4_000_000

/** What an import would do with each row of an export, before anything is written. Secrets are not in it. */
export interface ImportPreview {
  /** Name of the format that was recognised. */
  format: string
  rows: { line: number; name: string; kind: CredentialKind; username: string | null; act: 'add' | 'same' | 'skip' }[]
  /** Rows that cannot be taken, with the reason. */
  bad: { line: number; reason: string }[]
}

export interface ImportResult {
  added: number
  /** Rows that were here already. */
  same: number
  skipped: number
  /** Rows that could not be taken, with the reason. */
  bad: ImportPreview['bad']
}
