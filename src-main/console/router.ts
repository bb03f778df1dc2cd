import { initTRPC } from '@trpc/server'
import { z } from 'zod'
import {
  MAX_RECOVERY_FILE,
  Passphrase,
  TypedPassphrase,
  type KeyReport,
  type RecoveryFile,
  type RecoveryResult,
} from '../../src-shared/domain/keys.ts'
import { Logo } from '../../src-shared/domain/logo.ts'
import { Id } from '../../src-shared/domain/primitives.ts'
import type { NewClientLaunch } from '../../src-shared/onboarding/launch.ts'
import type { SessionStatus } from '../../src-shared/domain/session-status.ts'
import type { OnboardingView } from '../../src-shared/protocol/onboarding.ts'
import type { LeftBehind } from '../../src-shared/domain/left-behind.ts'
import { Settings, type ClientsChange, type ClientSummary } from '../../src-shared/domain/views.ts'
import { defaultsRouter, type Defaults } from './defaults-router.ts'
import { offboardingRouter, type OffboardingApi } from './offboarding-router.ts'
import { onboardingRouter, type OnboardingApi } from './onboarding-router.ts'

/** What the console procedures act on, for one window. */
export interface ConsoleApi {
  sessionStatus(): SessionStatus
  /** What support needs of the profile, as text without customer data; also where it does not open. */
  diagnostics(): Promise<string>
  watchSession(signal: AbortSignal | undefined): AsyncIterable<SessionStatus>
  trySandbox(): Promise<SessionStatus>
  connect(input: z.infer<typeof Connect>): Promise<SessionStatus>
  /** Locks the console; answered when every key is forgotten. */
  lock(): Promise<SessionStatus>
  unlock(passphrase: string | null): Promise<SessionStatus>
  /** The window saw a key or the pointer of the person. */
  activity(): void
  keyReport(): KeyReport
  exportRecovery(input: { passphrase: string; current?: string | undefined }): Promise<RecoveryFile>
  importRecovery(input: z.infer<typeof ImportInput>): Promise<RecoveryResult>
  rotateKey(tenantId: string): Promise<void>
  setPassphrase(input: { current?: string | undefined; next: string | null }): Promise<KeyReport>
  /** @returns where that leads */
  remedy(input: z.infer<typeof RemedyInput>): Promise<SessionStatus>
  signIn(password: string): Promise<SessionStatus>
  signOut(): Promise<SessionStatus>
  /** Tries at once whether the cloud answers again, instead of when it would next. */
  reconnect(): void
  /** Makes the checks of an onboarding that the cloud cannot make, and reports them to it. */
  runChecks(onboardingId: string): Promise<OnboardingView>
  /** New clients that are wanted from outside of windows, each told to one of them. */
  watchLaunches(signal: AbortSignal | undefined): AsyncIterable<NewClientLaunch>
  clients(): ClientSummary[]
  /** What support needs of a client, as text without customer data; also where its compartment does not start. */
  clientDiagnostics(tenantId: string): Promise<string>
  watchClients(signal: AbortSignal | undefined): AsyncIterable<ClientsChange>
  /** Clients that are not in the list any more and whose files are still here. */
  leftBehind(): LeftBehind[]
  keepFiles(tenantId: string): void
  /** Removes a client's files with their key; it cannot be undone. */
  removeFiles(tenantId: string): Promise<void>
  closeClient(scope: string): void
  pin(tenantId: string, pinned: boolean): void
  /** Null takes it away. */
  giveLogo(tenantId: string, logo: string | null): Promise<void>
  /** @throws ProblemError `locked`, `not-signed-in` */
  onboarding(): OnboardingApi
  /** @throws ProblemError `locked`, `not-signed-in` */
  offboarding(): OffboardingApi
  /** @throws ProblemError `locked`, `not-signed-in` */
  defaults(): Defaults
  settings(): Settings
  changeSettings(change: Partial<Settings>): Settings
}

const Connect = z.object({
  url: z.url({ protocol: /^https?$/, error: 'is not a web address such as https://cloud.example.com' }),
  email: z.string().min(3).max(320),
  password: z.string().min(1).max(1000),
  /** Seals the profile where no OS keychain can; required then. */
  passphrase: Passphrase.optional(),
  /** The person read what it means that the keychain hides nothing (`exposed` of the status), and accepts it. */
  consent: z.boolean().optional(),
})
const ImportInput = z.object({
  /** Text of the recovery file. */
  file: z.string().max(MAX_RECOVERY_FILE),
  passphrase: TypedPassphrase,
  /** Seals the restored keys, where there is no keychain that could. */
  newPassphrase: Passphrase.optional(),
  /** A client whose files do not open with its key: the file's takes its place. */
  tenantId: Id.optional(),
  /** Says what would come of it, and changes nothing. */
  dryRun: z.boolean().default(false),
})
const RemedyInput = z.discriminatedUnion('remedy', [
  z.object({ remedy: z.enum(['retry', 'consent']) }),
  /** Of one client, or, where the profile does not open, of all. */
  z.object({ remedy: z.literal('start-again'), tenantId: Id.optional() }),
  z.object({ remedy: z.literal('passphrase'), passphrase: Passphrase }),
])

const t = initTRPC.context<ConsoleApi>().create()

/** Everything that spans clients. Answers hold names, counts and states, never tickets. */
export const consoleRouter = t.router({
  session: t.router({
    status: t.procedure.query(({ ctx }) => ctx.sessionStatus()),
    watch: t.procedure.subscription(({ ctx, signal }) => ctx.watchSession(signal)),
    diagnostics: t.procedure.query(({ ctx }) => ctx.diagnostics()),
    trySandbox: t.procedure.mutation(({ ctx }) => ctx.trySandbox()),
    connect: t.procedure.input(Connect).mutation(({ ctx, input }) => ctx.connect(input)),
    unlock: t.procedure
      .input(z.object({ passphrase: TypedPassphrase.nullable().default(null) }))
      .mutation(({ ctx, input }) => ctx.unlock(input.passphrase)),
    lock: t.procedure.mutation(({ ctx }) => ctx.lock()),
    activity: t.procedure.mutation(({ ctx }) => ctx.activity()),
    signIn: t.procedure
      .input(z.object({ password: z.string().min(1).max(1000) }))
      .mutation(({ ctx, input }) => ctx.signIn(input.password)),
    signOut: t.procedure.mutation(({ ctx }) => ctx.signOut()),
    reconnect: t.procedure.mutation(({ ctx }) => ctx.reconnect()),
  }),
  /** Inputs hold secrets: they are in no log and no problem. */
  keys: t.router({
    report: t.procedure.query(({ ctx }) => ctx.keyReport()),
    exportRecovery: t.procedure
      .input(z.object({ passphrase: Passphrase, current: TypedPassphrase.optional() }))
      .mutation(({ ctx, input }) => ctx.exportRecovery(input)),
    importRecovery: t.procedure.input(ImportInput).mutation(({ ctx, input }) => ctx.importRecovery(input)),
    rotate: t.procedure.input(z.object({ tenantId: Id })).mutation(({ ctx, input }) => ctx.rotateKey(input.tenantId)),
    setPassphrase: t.procedure
      .input(z.object({ current: TypedPassphrase.optional(), next: Passphrase.nullable() }))
      .mutation(({ ctx, input }) => ctx.setPassphrase(input)),
    remedy: t.procedure.input(RemedyInput).mutation(({ ctx, input }) => ctx.remedy(input)),
  }),
  /** Of an onboarding; see docs/onboarding.md. */
  verification: t.router({
    run: t.procedure
      .input(z.object({ onboardingId: Id }))
      .mutation(({ ctx, input }) => ctx.runChecks(input.onboardingId)),
  }),
  launches: t.router({
    follow: t.procedure.subscription(({ ctx, signal }) => ctx.watchLaunches(signal)),
  }),
  clients: t.router({
    list: t.procedure.query(({ ctx }) => ctx.clients()),
    /** First all clients, then those that changed. */
    watch: t.procedure.subscription(({ ctx, signal }) => ctx.watchClients(signal)),
    diagnostics: t.procedure
      .input(z.object({ tenantId: Id }))
      .query(({ ctx, input }) => ctx.clientDiagnostics(input.tenantId)),
    leftBehind: t.procedure.query(({ ctx }) => ctx.leftBehind()),
    keepFiles: t.procedure
      .input(z.object({ tenantId: Id }))
      .mutation(({ ctx, input }) => ctx.keepFiles(input.tenantId)),
    removeFiles: t.procedure
      .input(z.object({ tenantId: Id }))
      .mutation(({ ctx, input }) => ctx.removeFiles(input.tenantId)),
    close: t.procedure
      .input(z.object({ scope: z.string() }))
      .mutation(({ ctx, input }) => ctx.closeClient(input.scope)),
    pin: t.procedure
      .input(z.object({ tenantId: Id, pinned: z.boolean() }))
      .mutation(({ ctx, input }) => ctx.pin(input.tenantId, input.pinned)),
    giveLogo: t.procedure
      .input(z.object({ tenantId: Id, logo: Logo.nullable() }))
      .mutation(({ ctx, input }) => ctx.giveLogo(input.tenantId, input.logo)),
  }),
  onboarding: onboardingRouter,
  offboarding: offboardingRouter,
  defaults: defaultsRouter,
  settings: t.router({
    get: t.procedure.query(({ ctx }) => ctx.settings()),
    change: t.procedure.input(Settings.partial()).mutation(({ ctx, input }) => ctx.changeSettings(input)),
  }),
})
export type ConsoleRouter = typeof consoleRouter
