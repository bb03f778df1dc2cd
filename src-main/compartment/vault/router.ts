import { initTRPC } from '@trpc/server'
import { z } from 'zod'
import { Id } from '../../../src-shared/domain/primitives.ts'
import {
  CredentialPatch,
  MAX_IMPORT,
  NewCredential,
  SecretField,
  type CredentialVersion,
  type CredentialView,
  type ImportPreview,
  type ImportResult,
  type Revealed,
  type TotpCode,
  type VaultPolicy,
} from '../../../src-shared/domain/vault.ts'

/** What windows can do with credentials. What code of the compartment does with them is not here. */
export interface VaultCalls {
  policy(): VaultPolicy
  /** By name. `text`: all its words are in the name. */
  list(input: { text: string; removed: boolean }): CredentialView[]
  get(id: string): CredentialView
  versions(id: string): CredentialVersion[]
  create(credential: NewCredential): CredentialView
  edit(input: { id: string; patch: CredentialPatch }): CredentialView
  /** Takes a credential away; for a while it can be restored. */
  remove(id: string): void
  /** Makes an earlier version the newest, and brings back what was taken away. */
  restore(input: { id: string; version: number }): CredentialView
  reveal(input: z.infer<typeof RevealInput>): Revealed
  code(id: string): TotpCode
  importPreview(input: z.infer<typeof ImportInput>): ImportPreview
  import(input: z.infer<typeof ImportInput>): ImportResult
}

const RevealInput = z.object({
  id: Id,
  field: SecretField,
  purpose: z.enum(['show', 'copy']),
  reason: z.string().trim().max(500).nullable().default(null),
})
const ImportInput = z.object({
  csv: z.string().max(MAX_IMPORT),
  /** Lines of rows that the person does not want. */
  skip: z.array(z.number().int().positive()).max(10_000).default([]),
})

const t = initTRPC.context<{ vault: VaultCalls }>().create()

/**
 * Credentials of the one client. Everything that carries a secret, or an export full of them, is a mutation: windows
 * keep the answers of queries.
 */
export const vaultRouter = t.router({
  policy: t.procedure.query(({ ctx }) => ctx.vault.policy()),
  list: t.procedure
    .input(z.object({ text: z.string().max(200), removed: z.boolean().default(false) }))
    .query(({ ctx, input }) => ctx.vault.list(input)),
  get: t.procedure.input(z.object({ id: Id })).query(({ ctx, input }) => ctx.vault.get(input.id)),
  versions: t.procedure.input(z.object({ id: Id })).query(({ ctx, input }) => ctx.vault.versions(input.id)),
  create: t.procedure.input(NewCredential).mutation(({ ctx, input }) => ctx.vault.create(input)),
  edit: t.procedure
    .input(z.object({ id: Id, patch: CredentialPatch }))
    .mutation(({ ctx, input }) => ctx.vault.edit(input)),
  remove: t.procedure.input(z.object({ id: Id })).mutation(({ ctx, input }) => ctx.vault.remove(input.id)),
  restore: t.procedure
    .input(z.object({ id: Id, version: z.number().int().positive() }))
    .mutation(({ ctx, input }) => ctx.vault.restore(input)),
  reveal: t.procedure.input(RevealInput).mutation(({ ctx, input }) => ctx.vault.reveal(input)),
  code: t.procedure.input(z.object({ id: Id })).mutation(({ ctx, input }) => ctx.vault.code(input.id)),
  importPreview: t.procedure.input(ImportInput).mutation(({ ctx, input }) => ctx.vault.importPreview(input)),
  import: t.procedure.input(ImportInput).mutation(({ ctx, input }) => ctx.vault.import(input)),
})
