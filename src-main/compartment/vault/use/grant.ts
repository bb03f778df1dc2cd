import { z } from 'zod'
import { ProblemError } from '../../../../src-shared/problem.ts'

/** Milliseconds that the other side gets to renew a grant. */
const PATIENCE = 20_000
/** Characters of an answer that are read. */
const MAX_ANSWER = 100_000

/** RFC 6749 section 5.2. */
const Refused = z.object({
  error: z.enum(['invalid_request', 'invalid_client', 'invalid_grant', 'unauthorized_client', 'invalid_scope']),
})

/** RFC 6749 section 5.1. */
const Renewed = z.object({
  access_token: z.string().min(1).max(65_536),
  token_type: z.string().regex(/^bearer$/i),
  expires_in: z.coerce.number().positive().optional().catch(undefined),
  refresh_token: z.string().min(1).max(65_536).optional(),
})

export interface Grant {
  tokenUrl: string
  clientId: string | null
  refreshToken: string
  clientSecret: string | undefined
}

export interface RenewedGrant {
  accessToken: string
  /** The old one where no new one came. */
  refreshToken: string
  /** Ms since 1970; null where the answer does not say. */
  until: number | null
}

/**
 * Renews an OAuth grant (RFC 6749 section 6). Follows no redirect: the secrets are for this address only.
 * @throws ProblemError `grant-ended`, `grant-failed`; neither holds anything that was sent or answered
 */
export async function renewGrant(grant: Grant): Promise<RenewedGrant> {
  const { tokenUrl, clientId, refreshToken, clientSecret } = grant
  const { host } = new URL(tokenUrl)
  const body = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: refreshToken })
  const headers = new Headers({ accept: 'application/json' })
  // Section 2.3.1: a client with a secret says who it is in the header, another one in the body.
  if (clientId !== null && clientSecret !== undefined)
    headers.set('authorization', basic(formEncoded(clientId), formEncoded(clientSecret)))
  else if (clientId !== null) body.set('client_id', clientId)
  const asked = Date.now()
  const answer = await ask(tokenUrl, headers, body).catch((cause: unknown) => {
    throw new ProblemError('grant-failed', { host, reason: 'no answer' }, { cause })
  })
  if (answer.status !== 200) {
    const reason = Refused.safeParse(parsed(answer.text)).data?.error ?? `HTTP ${answer.status}`
    throw new ProblemError(reason === 'invalid_grant' ? 'grant-ended' : 'grant-failed', { host, reason })
  }
  const renewed = Renewed.safeParse(parsed(answer.text))
  if (!renewed.success) throw new ProblemError('grant-failed', { host, reason: 'not an answer of OAuth' })
  const { access_token: accessToken, expires_in: seconds, refresh_token: next } = renewed.data
  return {
    accessToken,
    refreshToken: next ?? refreshToken,
    until: seconds === undefined ? null : asked + seconds * 1000,
  }
}

/** RFC 7617. */
export function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
}

async function ask(url: string, headers: Headers, body: URLSearchParams): Promise<{ status: number; text: string }> {
  const signal = AbortSignal.timeout(PATIENCE)
  const response = await fetch(url, { method: 'POST', headers, body, redirect: 'error', signal })
  let text = ''
  for await (const piece of (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
    text += piece
    if (text.length > MAX_ANSWER) break
  }
  return { status: response.status, text }
}

function formEncoded(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
