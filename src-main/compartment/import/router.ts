import { initTRPC } from '@trpc/server'
import { z } from 'zod'
import { Id } from '../../../src-shared/domain/primitives.ts'
import { IMPORT_PART_BYTES, NewImport, RunImport, type ImportView } from '../../../src-shared/protocol/import.ts'

/** What windows do with files of contacts and tickets of other products. The cloud reads them, and goes on by itself. */
export interface ImportCalls {
  /** The last ones, the newest first. */
  list(): Promise<ImportView[]>
  get(id: string): Promise<ImportView>
  /** Announces a file. Sent twice with the same id it is one import. */
  begin(input: NewImport): Promise<ImportView>
  /** Takes one part of it, in base64. */
  part(input: z.infer<typeof PartInput>): Promise<ImportView>
  /** Imports it, or looks at what it would come to. */
  run(input: z.input<typeof RunInput>): Promise<ImportView>
  steer(input: z.infer<typeof SteerInput>): Promise<ImportView>
  /** Every row that was not taken, as CSV. */
  bad(id: string): Promise<string>
}

const One = z.object({ id: Id })
const PartInput = One.extend({
  part: z.number().int().min(0).max(1000),
  data: z.base64().max(Math.ceil(IMPORT_PART_BYTES * 1.34) + 4),
})
const RunInput = One.extend({ request: RunImport })
const SteerInput = One.extend({ act: z.enum(['pause', 'resume', 'cancel']) })

const t = initTRPC.context<{ imports: ImportCalls }>().create()

export const importRouter = t.router({
  list: t.procedure.query(({ ctx }) => ctx.imports.list()),
  get: t.procedure.input(One).query(({ ctx, input }) => ctx.imports.get(input.id)),
  begin: t.procedure.input(NewImport).mutation(({ ctx, input }) => ctx.imports.begin(input)),
  part: t.procedure.input(PartInput).mutation(({ ctx, input }) => ctx.imports.part(input)),
  run: t.procedure.input(RunInput).mutation(({ ctx, input }) => ctx.imports.run(input)),
  steer: t.procedure.input(SteerInput).mutation(({ ctx, input }) => ctx.imports.steer(input)),
  bad: t.procedure.input(One).query(({ ctx, input }) => ctx.imports.bad(input.id)),
})
