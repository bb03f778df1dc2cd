import { initTRPC } from '@trpc/server'
import { z } from 'zod'
import { Id } from '../../src-shared/domain/primitives.ts'
import { Settings, type ClientSummary, type SessionStatus } from '../../src-shared/domain/views.ts'

/** What the console procedures act on, for one window. */
export interface ConsoleApi {
  sessionStatus(): SessionStatus
  watchSession(signal: AbortSignal | undefined): AsyncIterable<SessionStatus>
  trySandbox(): Promise<SessionStatus>
  connect(input: z.infer<typeof Connect>): Promise<SessionStatus>
  unlock(passphrase: string): Promise<SessionStatus>
  signIn(password: string): Promise<SessionStatus>
  signOut(): Promise<SessionStatus>
  clients(): ClientSummary[]
  watchClients(signal: AbortSignal | undefined): AsyncIterable<ClientSummary[]>
  closeClient(scope: string): void
  pin(tenantId: string, pinned: boolean): void
  settings(): Settings
  changeSettings(change: Partial<Settings>): Settings
}

const Connect = z.object({
  url: z.url({ protocol: /^https?$/, error: 'is not a web address such as https://cloud.example.com' }),
  email: z.string().min(3).max(320),
  password: z.string().min(1).max(1000),
  /** Seals the profile where no OS keychain can; required then. */
  passphrase: z.string().min(8, { error: 'needs at least 8 characters' }).max(1000).optional(),
})

const t = initTRPC.context<ConsoleApi>().create()

/** Everything that spans clients. Answers hold names, counts and states, never tickets. */
export const consoleRouter = t.router({
  session: t.router({
    status: t.procedure.query(({ ctx }) => ctx.sessionStatus()),
    watch: t.procedure.subscription(({ ctx, signal }) => ctx.watchSession(signal)),
    trySandbox: t.procedure.mutation(({ ctx }) => ctx.trySandbox()),
    connect: t.procedure.input(Connect).mutation(({ ctx, input }) => ctx.connect(input)),
    unlock: t.procedure
      .input(z.object({ passphrase: z.string().min(1).max(1000) }))
      .mutation(({ ctx, input }) => ctx.unlock(input.passphrase)),
    signIn: t.procedure
      .input(z.object({ password: z.string().min(1).max(1000) }))
      .mutation(({ ctx, input }) => ctx.signIn(input.password)),
    signOut: t.procedure.mutation(({ ctx }) => ctx.signOut()),
  }),
  clients: t.router({
    list: t.procedure.query(({ ctx }) => ctx.clients()),
    /** First all clients, then those that changed. */
    watch: t.procedure.subscription(({ ctx, signal }) => ctx.watchClients(signal)),
    close: t.procedure
      .input(z.object({ scope: z.string() }))
      .mutation(({ ctx, input }) => ctx.closeClient(input.scope)),
    pin: t.procedure
      .input(z.object({ tenantId: Id, pinned: z.boolean() }))
      .mutation(({ ctx, input }) => ctx.pin(input.tenantId, input.pinned)),
  }),
  settings: t.router({
    get: t.procedure.query(({ ctx }) => ctx.settings()),
    change: t.procedure.input(Settings.partial()).mutation(({ ctx, input }) => ctx.changeSettings(input)),
  }),
})
export type ConsoleRouter = typeof consoleRouter
