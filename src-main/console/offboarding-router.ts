import { initTRPC } from '@trpc/server'
import { z } from 'zod'
import { Id } from '../../src-shared/domain/primitives.ts'
import { ConfirmOffboarding, StartOffboarding, type OffboardingView } from '../../src-shared/protocol/offboarding.ts'

/** A piece of an archive that is being taken. */
export interface ExportPiece {
  /** Bytes in base64. */
  data: string
  /** Bytes of the files that were taken so far, and those of all. */
  taken: number
  of: number
  /** With the last piece: the name of the archive and the SHA-256 of all of it, in hexadecimal. */
  end: { name: string; sha256: string } | null
}

/** What the offboarding procedures act on. Each needs the cloud, which lets administrators act alone. */
export interface OffboardingApi {
  /** Those under way and those that are over, the newest first. */
  list(): Promise<OffboardingView[]>
  /** Closes a client and exports it; sent twice it starts one. */
  start(input: z.output<typeof StartOffboarding>): Promise<OffboardingView>
  /** Lists the files of the export anew. */
  listAgain(id: string): Promise<OffboardingView>
  /** Lets everything be deleted, as soon as retention allows it. */
  confirm(input: z.output<typeof ConfirmInput>): Promise<OffboardingView>
  /** Opens the client again, to whoever worked for it. */
  cancel(id: string): Promise<OffboardingView>
  /**
   * The next piece of an archive of the export, whose files are checked against their list as they come.
   * @throws ProblemError `invalid-input` where a file is not what the list says, or another taking began meanwhile
   */
  take(input: z.output<typeof TakeInput>): Promise<ExportPiece>
}

const One = z.object({ id: Id })
const ConfirmInput = ConfirmOffboarding.extend({ id: Id })
/** `taking` is chosen by whoever takes it; `offset` counts the bytes that they have. */
const TakeInput = One.extend({ taking: Id, offset: z.number().int().nonnegative() })

const t = initTRPC.context<{ offboarding(): OffboardingApi }>().create()

/** Taking clients out: of the organisation, bound to no client. */
export const offboardingRouter = t.router({
  list: t.procedure.query(({ ctx }) => ctx.offboarding().list()),
  start: t.procedure.input(StartOffboarding).mutation(({ ctx, input }) => ctx.offboarding().start(input)),
  listAgain: t.procedure.input(One).mutation(({ ctx, input }) => ctx.offboarding().listAgain(input.id)),
  confirm: t.procedure.input(ConfirmInput).mutation(({ ctx, input }) => ctx.offboarding().confirm(input)),
  cancel: t.procedure.input(One).mutation(({ ctx, input }) => ctx.offboarding().cancel(input.id)),
  take: t.procedure.input(TakeInput).query(({ ctx, input }) => ctx.offboarding().take(input)),
})
