import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { paths } from '../../src-shared/protocol/api.ts'
import { csvLine } from '../../src-shared/csv.ts'
import { Id } from '../../src-shared/domain/primitives.ts'
import {
  IMPORT_PART_BYTES,
  ImportAnswer,
  ImportKind,
  ImportList,
  ImportRequest,
  ImportView,
  NewImport,
  RunImport,
} from '../../src-shared/protocol/import.ts'
import { asTenant } from '../database/as.ts'
import type { Transaction } from '../database/connect.ts'
import { tenantOnly } from '../http/identity.ts'
import { ProblemBody } from '../http/problems.ts'
import type { Services } from '../http/server.ts'
import { exportCsv } from '../import/export.ts'
import { beginImport, runImport, steerImport, takePart } from '../import/job-acts.ts'
import { readImport, readImports, viewImport, type ImportRecord } from '../import/job-record.ts'
import { importCsv } from '../import/run.ts'

const BYTES = 'application/octet-stream'
const Bytes = z
  .instanceof(Buffer, { error: 'is sent as application/octet-stream' })
  .meta({ type: 'string', format: 'binary' })
const refusals = {
  ...{ 400: ProblemBody, 401: ProblemBody, 403: ProblemBody, 404: ProblemBody, 409: ProblemBody, 413: ProblemBody },
}

/** Contacts and tickets of one tenant as CSV, in and out: the token decides which tenant. */
export async function importRoutes(app: FastifyInstance, { contents, tokens, jobs }: Services): Promise<void> {
  const routes = app.withTypeProvider<ZodTypeProvider>()
  const security = [{ tenant: [] }]
  const identityOf = tenantOnly(app, tokens)
  app.addContentTypeParser(BYTES, { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  const One = z.object({ id: Id })
  /** Does what a person asks for, and has the rest go on. */
  const act = async (request: object, work: (tx: Transaction, technician: string) => Promise<ImportRecord>) => {
    const { tenant, technician } = identityOf(request)
    const view = await asTenant(contents, tenant, async (tx) => viewImport(tx, await work(tx, technician)))
    if (view.state === 'running') await jobs.ask('import', view.id, { tenant, import: view.id })
    return view
  }

  routes.get(
    paths.imports,
    {
      schema: {
        summary: 'The last imports, the newest first',
        security,
        response: { 200: ImportList, 401: ProblemBody },
      },
    },
    async (request) =>
      asTenant(contents, identityOf(request).tenant, async (tx) => {
        const imports = []
        for (const record of await readImports(tx)) imports.push(await viewImport(tx, record))
        return { imports }
      }),
  )
  routes.post(
    paths.imports,
    {
      schema: {
        summary: 'Announce a file of contacts or tickets: CSV, Excel or JSON, sent in parts',
        security,
        body: NewImport,
        response: { 200: ImportView, ...refusals },
      },
    },
    async (request) => act(request, (tx, technician) => beginImport(tx, technician, request.body)),
  )
  routes.get(
    paths.importOf(':id'),
    { schema: { summary: 'How far an import is', security, params: One, response: { 200: ImportView, ...refusals } } },
    async (request) =>
      asTenant(contents, identityOf(request).tenant, async (tx) =>
        viewImport(tx, await readImport(tx, request.params.id)),
      ),
  )
  routes.put(
    paths.importPart(':id', ':part'),
    {
      bodyLimit: IMPORT_PART_BYTES,
      schema: {
        summary: 'Send one part of the file; sent again it replaces the one before',
        security,
        consumes: [BYTES],
        params: One.extend({ part: z.coerce.number().int().nonnegative() }),
        body: Bytes,
        response: { 200: ImportView, ...refusals },
      },
    },
    async (request) =>
      act(request, (tx, technician) => takePart(tx, technician, { ...request.params, bytes: request.body })),
  )
  routes.post(
    paths.importAct(':id', 'run'),
    {
      schema: {
        summary: 'Import the file, or look at what it would come to',
        security,
        params: One,
        body: RunImport,
        response: { 200: ImportView, ...refusals },
      },
    },
    async (request) =>
      act(request, (tx, technician) => runImport(tx, technician, { id: request.params.id, request: request.body })),
  )
  for (const [steer, summary] of [
    ['pause', 'Pause an import'],
    ['resume', 'Go on with a paused import'],
    ['cancel', 'End an import; rows that were taken stay'],
  ] as const)
    routes.post(
      paths.importAct(':id', steer),
      { schema: { summary, security, params: One, response: { 200: ImportView, ...refusals } } },
      async (request) =>
        act(request, (tx, technician) => steerImport(tx, technician, { id: request.params.id, act: steer })),
    )
  app.get<{ Params: { id: string } }>(
    paths.importBad(':id'),
    {
      schema: {
        summary: 'Every row that was not taken, with its line and the reason, as CSV',
        security,
        params: One,
        response: { 200: { description: 'CSV', content: { 'text/csv': { schema: z.string() } } }, ...refusals },
      },
    },
    async (request, reply) => {
      const { id } = request.params
      const bad = await asTenant(contents, identityOf(request).tenant, async (tx) => {
        await readImport(tx, id)
        return tx<{ line: number; reason: string }[]>`
          select line, reason from import_bad where import_id = ${id} order by line`
      })
      reply.header('content-type', 'text/csv; charset=utf-8').header('x-content-type-options', 'nosniff')
      return reply.send(
        csvLine(['line', 'reason']) + bad.map(({ line, reason }) => csvLine([String(line), reason])).join(''),
      )
    },
  )

  routes.post(
    paths.import,
    {
      schema: {
        summary: 'Import contacts or tickets from CSV, also as a dry run',
        security,
        body: ImportRequest,
        response: {
          ...{ 200: ImportAnswer, 400: ProblemBody, 401: ProblemBody, 403: ProblemBody, 413: ProblemBody },
          503: ProblemBody,
        },
      },
    },
    // On the connections of contents of files: a long import keeps no edit waiting for one.
    async (request) => importCsv(contents, identityOf(request), request.body),
  )
  app.get<{ Params: { kind: ImportKind } }>(
    paths.export(':kind'),
    {
      schema: {
        summary: 'Contacts or tickets as CSV, in the columns that an import takes',
        security,
        params: z.object({ kind: ImportKind }),
        response: { 200: { description: 'CSV', content: { 'text/csv': { schema: z.string() } } }, 401: ProblemBody },
      },
    },
    async (request, reply) => {
      const { kind } = request.params
      reply.header('content-type', 'text/csv; charset=utf-8').header('x-content-type-options', 'nosniff')
      reply.header('content-disposition', `attachment; filename="${kind}.csv"`).header('cache-control', 'no-store')
      return reply.send(Readable.from(exportCsv(contents, identityOf(request).tenant, kind)))
    },
  )
}
