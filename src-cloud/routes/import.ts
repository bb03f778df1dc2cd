import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { paths } from '../../src-shared/protocol/api.ts'
import { ImportAnswer, ImportKind, ImportRequest } from '../../src-shared/protocol/import.ts'
import { tenantOnly } from '../http/identity.ts'
import { ProblemBody } from '../http/problems.ts'
import type { Services } from '../http/server.ts'
import { exportCsv } from '../import/export.ts'
import { importCsv } from '../import/run.ts'

/** Contacts and tickets of one tenant as CSV, in and out: the token decides which tenant. */
export async function importRoutes(app: FastifyInstance, { contents, tokens }: Services): Promise<void> {
  const routes = app.withTypeProvider<ZodTypeProvider>()
  const security = [{ tenant: [] }]
  const identityOf = tenantOnly(app, tokens)

  routes.post(
    paths.import,
    {
      schema: {
        summary: 'Import contacts or tickets from CSV, also as a dry run',
        security,
        body: ImportRequest,
        response: { 200: ImportAnswer, 400: ProblemBody, 401: ProblemBody, 403: ProblemBody, 413: ProblemBody },
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
