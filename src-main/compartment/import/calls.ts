import { problems, ProblemError, type ProblemCode } from '../../../src-shared/problem.ts'
import { paths } from '../../../src-shared/protocol/api.ts'
import { ImportList, ImportView } from '../../../src-shared/protocol/import.ts'
import type { z } from 'zod'
import type { Cloud, CloudAnswer, CloudRequest } from '../sync/cloud.ts'
import type { ImportCalls } from './router.ts'

/** Answers that say what is wrong with a file, or with what is wanted of it. */
const REFUSED = [400, 404, 409, 413, 415, 422]

/**
 * Imports over the cloud.
 * @param cloud a way of its own: a large file, or one that is refused, holds no edit up
 * @param signal ends what is under way when the compartment closes
 */
export function importCalls(cloud: Cloud, signal: AbortSignal): ImportCalls {
  const asked = async <Result>(
    path: string,
    init: CloudRequest,
    read: (answer: CloudAnswer) => Promise<Result>,
  ): Promise<Result> => {
    const answer = await cloud.request(path, init, signal, REFUSED)
    try {
      if (answer.status >= 400) throw refusal(await answer.response.json().catch(() => null), answer.status)
      return await read(answer)
    } finally {
      answer.end()
    }
  }
  const json = <Schema extends z.ZodType>(path: string, schema: Schema, init: CloudRequest = {}) =>
    asked(path, init, async ({ response }) => {
      const parsed = schema.safeParse(await response.json().catch(() => null))
      if (!parsed.success) throw new ProblemError('cloud-not-bulkhead', { url: cloud.url })
      return parsed.data
    })
  const post = (path: string, body?: unknown) =>
    json(path, ImportView, {
      method: 'POST',
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    })
  return {
    list: async () => (await json(paths.imports, ImportList)).imports,
    get: (id) => json(paths.importOf(id), ImportView),
    begin: (file) => post(paths.imports, file),
    part: ({ id, part, data }) => {
      const bytes = Buffer.from(data, 'base64')
      return json(paths.importPart(id, part), ImportView, {
        method: 'PUT',
        headers: { 'content-type': 'application/octet-stream' },
        body: () => new Blob([bytes]).stream(),
      })
    },
    run: ({ id, request }) => post(paths.importAct(id, 'run'), request),
    steer: ({ id, act }) => post(paths.importAct(id, act)),
    bad: (id) => asked(paths.importBad(id), {}, ({ response }) => response.text()),
  }
}

/** The cloud's own sentence, where it has one. */
function refusal(body: unknown, status: number): ProblemError {
  const found = (body as { error?: { code?: unknown; message?: unknown } } | null)?.error
  if (typeof found?.code !== 'string' || !Object.hasOwn(problems, found.code) || typeof found.message !== 'string')
    return new ProblemError('cloud-failed', { status })
  const error = new ProblemError(found.code as ProblemCode)
  error.problem.message = error.message = found.message
  return error
}
