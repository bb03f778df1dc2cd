import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { Id } from '../../src-shared/domain/primitives.ts'
import { ProblemError } from '../../src-shared/problem.ts'
import { paths } from '../../src-shared/protocol/api.ts'
import { EventsQuery, VersionEvent, Versions, VersionsQuery } from '../../src-shared/protocol/events.ts'
import {
  GiveRole,
  TechnicianList,
  TechnicianOfOrganisation,
  TenantList,
  TenantLogo,
  TenantToken,
} from '../../src-shared/protocol/session.ts'
import { giveRole, listTechnicians } from '../administrators.ts'
import { asOrganisation } from '../database/as.ts'
import { openEventStream } from '../event-stream.ts'
import { organisationOnly } from '../http/identity.ts'
import { ProblemBody } from '../http/problems.ts'
import type { Services } from '../http/server.ts'
import { giveLogo, listTenants, mayEnter } from '../organisation.ts'
import { awaitVersions } from '../versions.ts'

/** Routes that span tenants: names, versions and tokens, never rows of a tenant. Only organisation tokens open them. */
export async function organisationRoutes(
  app: FastifyInstance,
  { api, tokens, announcements }: Services,
): Promise<void> {
  const routes = app.withTypeProvider<ZodTypeProvider>()
  const security = [{ organisation: [] }]
  const identityOf = organisationOnly(app, tokens)

  routes.get(
    paths.tenants,
    {
      schema: {
        summary: 'The tenants that the technician works for',
        security,
        response: { 200: TenantList, 401: ProblemBody },
      },
    },
    async (request) => listTenants(api, identityOf(request)),
  )
  routes.get(
    paths.technicians,
    {
      schema: {
        summary: 'The people of the organisation, and who of them is an administrator',
        security,
        response: { 200: TechnicianList, 401: ProblemBody },
      },
    },
    async (request) => ({
      technicians: await asOrganisation(api, identityOf(request).organisation, listTechnicians),
    }),
  )
  routes.post(
    paths.technicianRole(':id'),
    {
      schema: {
        summary: 'Appoint an administrator, or take the role away again',
        security,
        params: z.object({ id: Id }),
        body: GiveRole,
        response: {
          200: TechnicianOfOrganisation,
          ...{ 400: ProblemBody, 401: ProblemBody, 403: ProblemBody, 404: ProblemBody, 409: ProblemBody },
        },
      },
    },
    async (request) => {
      const { organisation, technician } = identityOf(request)
      return asOrganisation(api, organisation, (tx) => giveRole(tx, technician, { ...request.params, ...request.body }))
    },
  )
  routes.post(
    paths.tenantLogo(':tenantId'),
    {
      schema: {
        summary: 'Give a client another logo, or none',
        security,
        params: z.object({ tenantId: Id }),
        body: TenantLogo,
        response: { 200: TenantLogo, 400: ProblemBody, 401: ProblemBody, 403: ProblemBody },
      },
    },
    async (request) => giveLogo(api, identityOf(request), request.params.tenantId, request.body),
  )
  routes.post(
    paths.tenantToken(':tenantId'),
    {
      schema: {
        summary: 'Mint a token for one tenant',
        security,
        params: z.object({ tenantId: Id }),
        response: { 200: TenantToken, 401: ProblemBody, 403: ProblemBody },
      },
    },
    async (request) => {
      const identity = identityOf(request)
      const tenant = request.params.tenantId
      if (!(await mayEnter(api, identity, tenant))) throw new ProblemError('not-allowed')
      return { token: await tokens.tenant({ technician: identity.technician, tenant }), expiresIn: tokens.seconds }
    },
  )

  routes.get(
    paths.versions,
    {
      schema: {
        summary: 'Long poll: which tenants have moved since the last answer, at once or as soon as one does',
        security,
        querystring: VersionsQuery,
        response: { 200: Versions, 400: ProblemBody, 401: ProblemBody },
      },
    },
    async (request, reply) => {
      const gone = new AbortController()
      reply.raw.once('close', () => gone.abort())
      reply.header('cache-control', 'no-store')
      return awaitVersions(api, announcements, identityOf(request), request.query, gone.signal)
    },
  )

  // Without the schemas' types: the answer is a stream of what the schema says of each event.
  app.get<{ Querystring: EventsQuery }>(
    paths.events,
    {
      schema: {
        summary: 'Server-sent events: `version` when a tenant has new changes, `heartbeat`, and more',
        security,
        querystring: EventsQuery,
        response: {
          200: {
            description: 'The data of a `version` event; a heartbeat has none',
            content: { 'text/event-stream': { schema: VersionEvent } },
          },
          401: ProblemBody,
        },
      },
    },
    async (request, reply) => {
      const stream = await openEventStream(api, announcements, identityOf(request), request.query.console)
      return reply.header('content-type', 'text/event-stream').header('cache-control', 'no-store').send(stream)
    },
  )
}
