import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { PART_BYTES } from '../../src-shared/domain/attachment.ts'
import { Id } from '../../src-shared/domain/primitives.ts'
import { ProblemError } from '../../src-shared/problem.ts'
import { paths } from '../../src-shared/protocol/api.ts'
import { AttachmentParts } from '../../src-shared/protocol/attachment.ts'
import { completeContent } from '../attachments/complete.ts'
import { checkedDigest } from '../attachments/digest.ts'
import { readRange } from '../attachments/range.ts'
import { receivedParts, storePart } from '../attachments/receive.ts'
import { Slots } from '../attachments/slots.ts'
import { availableContent, streamContent } from '../attachments/send.ts'
import { tenantOnly } from '../http/identity.ts'
import { ProblemBody } from '../http/problems.ts'
import type { Services } from '../http/server.ts'

const BYTES = 'application/octet-stream'
const Bytes = z.instanceof(Buffer).meta({ type: 'string', contentMediaType: BYTES })
const OneAttachment = z.object({ id: Id })
const OnePart = OneAttachment.extend({ part: z.coerce.number().int().nonnegative() })

/** How contents of files travel, apart from the mutations that name them. Only tenant tokens open these routes. */
export async function attachmentRoutes(app: FastifyInstance, { contents, tokens }: Services): Promise<void> {
  const routes = app.withTypeProvider<ZodTypeProvider>()
  const security = [{ tenant: [] }]
  const identityOf = tenantOnly(app, tokens)
  const slots = new Slots()
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(BYTES, { parseAs: 'buffer' }, (_request, body, done) => done(null, body))

  routes.get(
    paths.attachmentParts(':id'),
    {
      schema: {
        summary: 'Which parts of a content the cloud holds',
        security,
        params: OneAttachment,
        response: { 200: AttachmentParts, 400: ProblemBody, 401: ProblemBody, 404: ProblemBody },
      },
    },
    async (request) => receivedParts(contents, identityOf(request).tenant, request.params.id),
  )
  routes.put(
    `${paths.attachmentParts(':id')}/:part`,
    {
      bodyLimit: PART_BYTES,
      // Before the body is read.
      onRequest: async (request, reply) => {
        const { tenant } = identityOf(request)
        if (!slots.take(tenant)) {
          reply.header('retry-after', '1')
          throw new ProblemError('cloud-busy', { seconds: 1 })
        }
        reply.raw.on('close', () => slots.give(tenant))
      },
      schema: {
        summary: 'Send one part of a content; sent again it replaces the one before',
        security,
        consumes: [BYTES],
        params: OnePart,
        headers: z.object({ 'content-digest': z.string().optional() }),
        body: Bytes,
        response: {
          200: AttachmentParts,
          400: ProblemBody,
          401: ProblemBody,
          404: ProblemBody,
          413: ProblemBody,
          503: ProblemBody,
        },
      },
    },
    async (request) => {
      const { id, part: number } = request.params
      const bytes = request.body
      const digest = checkedDigest(request.headers['content-digest'], bytes)
      return storePart(contents, identityOf(request).tenant, id, { number, bytes, digest })
    },
  )
  routes.post(
    paths.attachmentComplete(':id'),
    {
      schema: {
        summary: 'Check the whole of a content and make it available',
        security,
        params: OneAttachment,
        response: { 200: AttachmentParts, 400: ProblemBody, 401: ProblemBody, 404: ProblemBody, 409: ProblemBody },
      },
    },
    async (request) => completeContent(contents, identityOf(request).tenant, request.params.id),
  )
  // Typed by hand: the answer is a stream.
  app.get<{ Params: z.infer<typeof OneAttachment> }>(
    paths.attachmentContent(':id'),
    {
      // HEAD would read all of it.
      exposeHeadRoute: false,
      schema: {
        summary: 'A content, whole or one range of it',
        security,
        params: OneAttachment,
        response: {
          200: { description: 'The whole', content: { [BYTES]: { schema: Bytes } } },
          206: { description: 'The range that was asked for', content: { [BYTES]: { schema: Bytes } } },
          400: ProblemBody,
          401: ProblemBody,
          404: ProblemBody,
          409: ProblemBody,
          416: ProblemBody,
        },
      },
    },
    async (request, reply) => {
      const { tenant } = identityOf(request)
      const name = await availableContent(contents, tenant, request.params.id)
      const { sha256, size } = name
      const tag = `"${sha256}"`
      const { range: asked, 'if-range': condition = tag } = request.headers
      const range = condition === tag ? readRange(asked, size) : null
      if (range === 'unsatisfiable') {
        reply.header('content-range', `bytes */${size}`)
        throw new ProblemError('range-unsatisfiable', { size })
      }
      const { first, last } = range ?? { first: 0, last: size - 1 }
      if (range) reply.code(206).header('content-range', `bytes ${first}-${last}/${size}`)
      reply.headers({
        'content-type': BYTES,
        'content-length': last + 1 - first,
        'content-disposition': 'attachment',
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
        'accept-ranges': 'bytes',
        etag: tag,
      })
      return reply.send(streamContent(contents, tenant, name, { first, last }))
    },
  )
}
