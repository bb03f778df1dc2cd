import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { problem, problemOf, ProblemError, problems, type Problem, type ProblemCode } from '../../src-shared/problem.ts'

const MIB = 1024 * 1024

/** Bytes of a request's body at most, where its route says nothing else. */
export const BODY_BYTES = 16 * MIB

/** The body of every answer that is not well. */
export const ProblemBody = z.object({
  error: z.object({
    code: z.enum(Object.keys(problems) as [ProblemCode, ...ProblemCode[]]),
    message: z.string(),
    retry: z.boolean(),
  }),
})

const STATUS: Partial<Record<ProblemCode, number>> = {
  'sign-in-wrong': 401,
  'sign-in-expired': 401,
  'sign-in-throttled': 429,
  'not-allowed': 403,
  'read-only': 403,
  'administrator-needed': 403,
  'last-administrator': 409,
  'not-found': 404,
  'feed-gone': 410,
  'sequence-gap': 409,
  'sequence-reused': 409,
  'settings-changed': 409,
  'settings-incoherent': 422,
  'client-exists': 409,
  'domain-taken': 409,
  'client-being-onboarded': 409,
  'onboarding-changed': 409,
  'onboarding-over': 409,
  'step-not-ready': 409,
  'import-not-ready': 409,
  'offboarding-over': 409,
  'content-incomplete': 409,
  'content-mismatch': 409,
  'content-unavailable': 409,
  'range-unsatisfiable': 416,
  'too-large': 413,
  'part-damaged': 400,
  'invalid-input': 400,
  'cloud-busy': 503,
}

/** Answers with the problem inside whatever was thrown; what has none is logged and answered as `internal`. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const found = problemIn(error, request.routeOptions.bodyLimit ?? BODY_BYTES)
  if (found.code === 'internal') request.log.error({ err: plain(error) }, 'request failed')
  void reply.code(STATUS[found.code] ?? 500).send({ error: found })
}

function problemIn(error: unknown, bodyLimit: number): Problem {
  if (hasZodFastifySchemaValidationErrors(error)) {
    const [first] = error.validation
    return problem('invalid-input', {
      reason: `${first?.instancePath.slice(1) || 'The request'}: ${first?.message ?? 'has the wrong form'}.`,
    })
  }
  const status = (error as FastifyError).statusCode
  if (status === 413)
    return problem('too-large', {
      what: 'This request',
      limit: bodyLimit < MIB ? `${bodyLimit / 1024} KiB` : `${bodyLimit / MIB} MiB`,
    })
  if (!(error instanceof ProblemError) && status !== undefined && status >= 400 && status < 500)
    return problem('invalid-input', { reason: 'The request has the wrong form.' })
  return problemOf(error)
}

/** What the log may hold of an error: a database's message can quote values. */
function plain(error: unknown): { type: string; code?: string; message?: string; stack?: string } {
  const { name, code, message, stack } = error as Error & { code?: string }
  if (name === 'PostgresError') return { type: name, ...(code ? { code } : {}) }
  return { type: name, message, ...(code ? { code } : {}), ...(stack ? { stack } : {}) }
}
