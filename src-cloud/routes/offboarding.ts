import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { Id } from '../../src-shared/domain/primitives.ts'
import { ProblemError } from '../../src-shared/problem.ts'
import { paths } from '../../src-shared/protocol/api.ts'
import {
  ConfirmOffboarding,
  OffboardingList,
  OffboardingView,
  StartOffboarding,
} from '../../src-shared/protocol/offboarding.ts'
import { mustAdminister } from '../administrators.ts'
import { asOrganisation } from '../database/as.ts'
import type { Transaction } from '../database/connect.ts'
import { organisationOnly } from '../http/identity.ts'
import { ProblemBody } from '../http/problems.ts'
import type { Services } from '../http/server.ts'
import { cancelOffboarding, confirmOffboarding, exportAgain, startOffboarding } from '../offboarding/act.ts'
import { exportFiles } from '../offboarding/export.ts'
import { readOffboarding, readOffboardings, viewOffboarding, type OffboardingRecord } from '../offboarding/record.ts'

const refusals = { 400: ProblemBody, 401: ProblemBody, 403: ProblemBody, 404: ProblemBody, 409: ProblemBody }

/** Taking clients out: administrators alone. What goes on by itself goes on in jobs; these routes answer at once. */
export async function offboardingRoutes(
  app: FastifyInstance,
  { api, contents, tokens, jobs }: Services,
): Promise<void> {
  const routes = app.withTypeProvider<ZodTypeProvider>()
  const security = [{ organisation: [] }]
  const identityOf = organisationOnly(app, tokens)
  const One = z.object({ id: Id })
  const answers = { 200: OffboardingView, ...refusals }
  const act = async (
    request: object,
    work: (tx: Transaction, who: { organisation: string; technician: string }) => Promise<OffboardingRecord>,
  ): Promise<OffboardingView> => {
    const { organisation, technician } = identityOf(request)
    const record = await asOrganisation(api, organisation, async (tx) => {
      await mustAdminister(tx, technician)
      return work(tx, { organisation, technician })
    })
    await jobs.ask('offboarding', record.id, { organisation, offboarding: record.id })
    return viewOffboarding(record)
  }

  routes.get(
    paths.offboardings,
    {
      schema: {
        summary: 'The clients that are on their way out, and those that are gone',
        security,
        response: { 200: OffboardingList, 401: ProblemBody },
      },
    },
    async (request) => {
      const records = await asOrganisation(api, identityOf(request).organisation, readOffboardings)
      return { offboardings: records.map(viewOffboarding) }
    },
  )
  routes.post(
    paths.offboardings,
    {
      schema: {
        summary: 'Close a client and export everything of it',
        security,
        body: StartOffboarding,
        response: answers,
      },
    },
    async (request) =>
      act(request, (tx, { organisation, technician }) => startOffboarding(tx, organisation, technician, request.body)),
  )
  routes.get(
    paths.offboarding(':id'),
    { schema: { summary: 'How far an offboarding is', security, params: One, response: answers } },
    async (request) =>
      viewOffboarding(
        await asOrganisation(api, identityOf(request).organisation, (tx) => readOffboarding(tx, request.params.id)),
      ),
  )
  app.get<{ Params: { id: string }; Querystring: { name: string } }>(
    paths.offboardingFile(':id'),
    {
      schema: {
        summary: 'One file of the export, by its name in the list',
        security,
        params: One,
        querystring: z.object({ name: z.string().min(1).max(300) }),
        response: {
          200: { description: 'The file', content: { 'application/octet-stream': { schema: z.string() } } },
          ...refusals,
        },
      },
    },
    async (request, reply) => {
      const { organisation, technician } = identityOf(request)
      const { state, tenantId, people } = await asOrganisation(api, organisation, async (tx) => {
        await mustAdminister(tx, technician)
        return readOffboarding(tx, request.params.id)
      })
      const files = ['exported', 'retained'].includes(state)
        ? await exportFiles(contents, organisation, tenantId, people)
        : null
      const read = files?.get(request.query.name)
      if (!read) throw new ProblemError('not-found', { what: 'This file of the export' })
      reply.header('content-type', 'application/octet-stream').header('cache-control', 'no-store')
      return reply.send(Readable.from(read(), { objectMode: false }))
    },
  )
  routes.post(
    paths.offboardingAct(':id', 'export'),
    { schema: { summary: 'List the files of the export anew', security, params: One, response: answers } },
    async (request) => act(request, (tx) => exportAgain(tx, request.params.id)),
  )
  routes.post(
    paths.offboardingAct(':id', 'confirm'),
    {
      schema: {
        summary: 'Say that the export is in safe hands: everything is deleted, as soon as retention allows it',
        security,
        params: One,
        body: ConfirmOffboarding,
        response: answers,
      },
    },
    async (request) =>
      act(request, (tx, { technician }) => confirmOffboarding(tx, technician, { ...request.params, ...request.body })),
  )
  routes.post(
    paths.offboardingAct(':id', 'cancel'),
    {
      schema: {
        summary: 'Keep the client: open it again to whoever worked for it',
        security,
        params: One,
        response: answers,
      },
    },
    async (request) => act(request, (tx, { organisation }) => cancelOffboarding(tx, organisation, request.params.id)),
  )
}
