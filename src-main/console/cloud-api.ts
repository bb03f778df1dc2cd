import { z } from 'zod'
import { problems, ProblemError, type ProblemCode } from '../../src-shared/problem.ts'
import { API_HEADER, API_VERSION } from '../../src-shared/protocol/api.ts'
import { retryAfter } from '../../src-shared/protocol/retry-after.ts'

const Answer = z.object({ error: z.object({ code: z.string(), message: z.string().max(500) }) })

/** Milliseconds that one request may take. */
const TIMEOUT = 20_000

export interface CloudRequest {
  method?: 'GET' | 'POST' | 'DELETE'
  body?: unknown
  token?: string
  signal?: AbortSignal
  /** Milliseconds that it may take, where not the usual; false for streams, which stay open. */
  timeout?: number | false
}

/** The cloud asked for patience. */
export class CloudBusy extends ProblemError {
  /** Milliseconds. */
  readonly wait: number

  constructor(wait: number) {
    super('cloud-busy', { seconds: Math.ceil(wait / 1000) })
    this.wait = wait
  }
}

/**
 * Sends a request to a cloud and checks that a Bulkhead cloud of our protocol version answered.
 * @returns the response, with status below 400
 * @throws ProblemError with the cloud's own problem, or `cloud-unreachable`, `cloud-not-bulkhead`, `cloud-version`,
 *   `cloud-failed`; 401 is `sign-in-expired`; {@link CloudBusy}
 */
export async function requestCloud(url: string, path: string, request: CloudRequest = {}): Promise<Response> {
  const response = await send(url, path, request)
  const version = response.headers.get(API_HEADER)
  if (response.ok || version !== null) checkVersion(url, version)
  if (response.ok) return response
  const given = await ownProblem(response)
  if (given) throw given
  if (response.status === 401) throw new ProblemError('sign-in-expired')
  if (response.status === 429 || response.status === 503)
    throw new CloudBusy(retryAfter(response.headers.get('retry-after')))
  if (version === null && response.status < 500) throw new ProblemError('cloud-not-bulkhead', { url })
  throw new ProblemError('cloud-failed', { status: response.status })
}

/** {@link requestCloud}, with the JSON answer checked. */
export async function askCloud<Schema extends z.ZodType>(
  url: string,
  path: string,
  schema: Schema,
  request: CloudRequest = {},
): Promise<z.infer<Schema>> {
  const response = await requestCloud(url, path, request)
  const parsed = schema.safeParse(await response.json().catch(() => null))
  if (!parsed.success) throw new ProblemError('cloud-not-bulkhead', { url })
  return parsed.data
}

async function send(url: string, path: string, request: CloudRequest): Promise<Response> {
  const signals = [
    request.signal,
    request.timeout === false ? null : AbortSignal.timeout(request.timeout ?? TIMEOUT),
  ].filter((s) => s != null)
  try {
    return await fetch(url + path, {
      method: request.method ?? 'GET',
      headers: {
        ...(request.token ? { authorization: `Bearer ${request.token}` } : {}),
        ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: request.body === undefined ? null : JSON.stringify(request.body),
      signal: AbortSignal.any(signals),
      redirect: 'error',
    })
  } catch (cause) {
    throw new ProblemError('cloud-unreachable', { url }, { cause })
  }
}

function checkVersion(url: string, version: string | null): void {
  if (version === null) throw new ProblemError('cloud-not-bulkhead', { url })
  if (version !== String(API_VERSION)) throw new ProblemError('cloud-version', { theirs: version, ours: API_VERSION })
}

/** The problem that the cloud named itself, where it is one of our list; its details are in the cloud's sentence. */
async function ownProblem(response: Response): Promise<ProblemError | null> {
  const body = Answer.safeParse(await response.json().catch(() => null))
  if (!body.success || !(body.data.error.code in problems)) return null
  const found = new ProblemError(body.data.error.code as ProblemCode)
  found.problem.message = found.message = body.data.error.message
  return found
}
