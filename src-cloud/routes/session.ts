import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { ProblemError } from '../../src-shared/problem.ts'
import { paths } from '../../src-shared/protocol/api.ts'
import { RefreshSession, Session, SignIn } from '../../src-shared/protocol/session.ts'
import { ProblemBody } from '../http/problems.ts'
import type { Services } from '../http/server.ts'
import { Throttle } from '../throttle.ts'

/** To sign in, of one email and address in a minute. */
const ATTEMPTS = 5

/** Sign-in, refresh and sign-out. */
export async function sessionRoutes(app: FastifyInstance, { sessions, tokens }: Services): Promise<void> {
  const routes = app.withTypeProvider<ZodTypeProvider>()
  const throttle = new Throttle(ATTEMPTS)

  routes.post(
    paths.session,
    { schema: { summary: 'Sign in', body: SignIn, response: { 200: Session, 401: ProblemBody, 429: ProblemBody } } },
    async (request, reply) => {
      const key = `${request.body.email.trim().toLowerCase()} ${request.ip}`
      const wait = throttle.take(key)
      if (wait > 0) {
        reply.header('retry-after', String(wait))
        throw new ProblemError('sign-in-throttled')
      }
      const session = await sessions.signIn(request.body)
      throttle.forgive(key)
      return session
    },
  )
  routes.post(
    paths.refresh,
    {
      schema: {
        summary: 'Take the next access token',
        body: RefreshSession,
        response: { 200: Session, 401: ProblemBody },
      },
    },
    async (request) => sessions.refresh(request.body.refreshToken),
  )
  routes.delete(
    paths.session,
    {
      schema: { summary: 'Sign out', security: [{ organisation: [] }], response: { 204: z.null(), 401: ProblemBody } },
    },
    async (request, reply) => {
      await sessions.signOut(await tokens.verifyOrganisation(request.headers.authorization))
      return reply.code(204).send(null)
    },
  )
}
