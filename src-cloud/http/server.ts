import swagger from '@fastify/swagger'
import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'
import {
  jsonSchemaTransform,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod'
import { z } from 'zod'
import { problem } from '../../src-shared/problem.ts'
import { API_HEADER, API_VERSION, paths } from '../../src-shared/protocol/api.ts'
import type { Announcements } from '../announcements.ts'
import type { Sql } from '../database/connect.ts'
import type { Jobs } from '../jobs/jobs.ts'
import { attachmentRoutes } from '../routes/attachments.ts'
import { importRoutes } from '../routes/import.ts'
import { offboardingRoutes } from '../routes/offboarding.ts'
import { onboardingRoutes } from '../routes/onboarding.ts'
import { organisationRoutes } from '../routes/organisation.ts'
import { sessionRoutes } from '../routes/session.ts'
import { defaultsRoutes, settingsRoutes } from '../routes/settings.ts'
import { tenantRoutes } from '../routes/tenant.ts'
import type { Sessions } from '../sessions.ts'
import type { TemplateShelf } from '../templates/templates.ts'
import type { Tokens } from '../tokens.ts'
import { answerError, BODY_BYTES } from './problems.ts'

/** What the routes act on. */
export interface Services {
  /** Connects as the API role. */
  api: Sql
  /** The same for contents of files: they wait for each other, not the rest for them. */
  contents: Sql
  tokens: Tokens
  sessions: Sessions
  announcements: Announcements
  jobs: Pick<Jobs, 'ask'>
  shelf: TemplateShelf
}

/** Builds the HTTP server: session routes, and two plugins that each accept one kind of token only. */
export async function buildServer(
  services: Services,
  logger: FastifyServerOptions['logger'],
): Promise<FastifyInstance> {
  const app = Fastify({
    ...(logger ? { logger } : {}),
    bodyLimit: BODY_BYTES,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 64 },
  })
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  app.setErrorHandler(answerError)
  app.setNotFoundHandler((_request, reply) =>
    reply.code(404).send({ error: problem('not-found', { what: 'This route' }) }),
  )
  app.addHook('onRequest', async (_request, reply) => {
    reply.header(API_HEADER, String(API_VERSION))
  })
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Bulkhead cloud tenant API',
        version: String(API_VERSION),
        description: 'Routes of organisations and of tenants, each with its own kind of bearer token.',
      },
      components: {
        securitySchemes: {
          organisation: { type: 'http', scheme: 'bearer', description: 'Access token of a session.' },
          tenant: { type: 'http', scheme: 'bearer', description: 'Token of one tenant, minted by the organisation.' },
        },
      },
    },
    transform: jsonSchemaTransform,
  })
  await app.register(publicRoutes)
  await app.register(sessionRoutes, services)
  await app.register(organisationRoutes, services)
  await app.register(defaultsRoutes, services)
  await app.register(onboardingRoutes, services)
  await app.register(offboardingRoutes, services)
  await app.register(tenantRoutes, services)
  await app.register(settingsRoutes, services)
  await app.register(importRoutes, services)
  await app.register(attachmentRoutes, services)
  return app
}

async function publicRoutes(app: FastifyInstance): Promise<void> {
  app.withTypeProvider<ZodTypeProvider>().get(
    paths.health,
    {
      schema: {
        summary: 'Whether the cloud answers',
        response: { 200: z.object({ ok: z.literal(true), api: z.array(z.number()) }) },
      },
      logLevel: 'warn',
    },
    async () => ({ ok: true as const, api: [API_VERSION] }),
  )
  app.get(paths.openapi, { schema: { hide: true } }, async () => app.swagger())
}
