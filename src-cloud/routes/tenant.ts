import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { ProblemError } from '../../src-shared/problem.ts'
import { paths } from '../../src-shared/protocol/api.ts'
import { FeedChange, FeedClosing, FeedOpening, FeedQuery } from '../../src-shared/protocol/feed.ts'
import { ChecksumQuery, Checksums } from '../../src-shared/protocol/checksum.ts'
import { PresenceReport, PresenceTaken } from '../../src-shared/protocol/presence.ts'
import { MutationBatch, MutationReply } from '../../src-shared/protocol/mutation.ts'
import { readChecksums } from '../checksums.ts'
import { encoded, encodingOf } from '../compress.ts'
import { openFeed } from '../feed.ts'
import { tenantOnly } from '../http/identity.ts'
import { ProblemBody } from '../http/problems.ts'
import type { Services } from '../http/server.ts'
import { pushMutations } from '../mutations/push.ts'
import { Throttle } from '../throttle.ts'

/** Bytes of what a console says of its tickets: three times as many as the most that it has to say. */
const PRESENCE_BYTES = 4096
/** What one technician may say of it in a minute, of one tenant: somebody who goes from ticket to ticket says it once a second. */
const PRESENCE_A_MINUTE = 240

/** Routes of one tenant: the token decides which; no path names it. Only tenant tokens open them. */
export async function tenantRoutes(app: FastifyInstance, { api, tokens, announcements }: Services): Promise<void> {
  const routes = app.withTypeProvider<ZodTypeProvider>()
  const security = [{ tenant: [] }]
  const identityOf = tenantOnly(app, tokens)

  // Typed by hand: the answer is a stream of what the schema says of each line.
  app.get<{ Querystring: FeedQuery }>(
    paths.changes,
    {
      schema: {
        summary: 'The change feed as NDJSON: an opening line, one line per changed entity, a closing line',
        security,
        querystring: FeedQuery,
        response: {
          200: {
            description: 'Lines of JSON, each by itself one of these',
            content: { 'application/x-ndjson': { schema: z.union([FeedOpening, FeedChange, FeedClosing]) } },
          },
          401: ProblemBody,
          410: ProblemBody,
        },
      },
    },
    async (request, reply) => {
      const pieces = await openFeed(api, identityOf(request).tenant, request.query)
      const encoding = encodingOf(request.query.encoding, request.headers['accept-encoding'], request.ip)
      reply.header('content-type', 'application/x-ndjson').header('cache-control', 'no-store')
      reply.header('vary', 'accept-encoding')
      if (encoding !== 'identity') reply.header('content-encoding', encoding)
      return reply.send(encoded(pieces, encoding))
    },
  )
  routes.get(
    paths.checksums,
    {
      schema: {
        summary: 'Counts and checksums of the entities of one kind, by bucket, to find drift',
        security,
        querystring: ChecksumQuery,
        response: { 200: Checksums, 400: ProblemBody, 401: ProblemBody },
      },
    },
    async (request) => readChecksums(api, identityOf(request).tenant, request.query),
  )
  routes.post(
    paths.mutations,
    {
      schema: {
        summary: 'Push mutations in order; sent twice they are applied once',
        security,
        body: MutationBatch,
        response: { 200: MutationReply, 400: ProblemBody, 401: ProblemBody, 409: ProblemBody, 413: ProblemBody },
      },
      // The schema is for the document: each mutation is checked by itself, so that a bad one blocks none behind it.
      validatorCompiler: () => (value: unknown) => ({ value }),
    },
    async (request) => pushMutations(api, identityOf(request), request.body),
  )

  const throttle = new Throttle(PRESENCE_A_MINUTE)
  routes.post(
    paths.presence,
    {
      schema: {
        summary: 'Say which tickets a console has open; kept for a minute, in memory only',
        security,
        body: PresenceReport,
        response: {
          200: PresenceTaken,
          ...{ 400: ProblemBody, 401: ProblemBody, 403: ProblemBody, 413: ProblemBody, 503: ProblemBody },
        },
      },
      bodyLimit: PRESENCE_BYTES,
      logLevel: 'warn',
    },
    async (request, reply) => {
      const identity = identityOf(request)
      const seconds = throttle.take(`${identity.tenant} ${identity.technician}`)
      if (seconds > 0) {
        reply.header('retry-after', String(seconds))
        throw new ProblemError('cloud-busy', { seconds })
      }
      await announcements.presence.say(api, identity, request.body)
      return { seconds: announcements.presence.seconds }
    },
  )
}
