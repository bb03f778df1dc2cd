import type { ConnectionState, TriedConnection } from '../../../../src-shared/domain/connection.ts'
import { invalid } from '../rules.ts'
import type { Vault } from '../vault.ts'
import { judged } from './answer.ts'
import type { Authorisation } from './authorisation.ts'
import type { CredentialUse } from './credential-use.ts'

/** Milliseconds that a system gets to answer, redirects included. */
const PATIENCE = 10_000
/** Redirects that are followed, all of them at the same origin. */
const HOPS = 5

/**
 * Tries a credential out at the address that it is for: one request that reads (GET) and carries the secret, over HTTPS and
 * to no other host, whatever the answer says. Tells what came of it; no answer is kept, and nothing of the secret told.
 * @throws ProblemError `invalid-input` where it cannot be tried out; else as {@link CredentialUse.authorise}
 */
export async function tryOut(
  vault: Vault,
  use: CredentialUse,
  id: string,
  patience = PATIENCE,
): Promise<TriedConnection> {
  const { kind, facts } = vault.peek(id)
  if (kind === 'note' || kind === 'totp' || kind === 'ssh-key')
    throw invalid('Only logins, API tokens and OAuth sign-ins can be tried out.')
  const address = facts.url === null ? null : URL.parse(facts.url)
  if (address?.protocol !== 'https:')
    throw invalid('Enter the address where it is used, beginning with https://, to try it out there.')
  const signal = AbortSignal.timeout(patience)
  const told = (state: ConnectionState, sentence: string, limits: TriedConnection['limits'] = []): TriedConnection => ({
    ...{ state, limits, at: new Date().toISOString() },
    sentence: sentence.slice(0, 500),
  })
  const { host } = address
  let url = address
  for (let hop = 0; hop <= HOPS; hop++) {
    const authorisation = await use.authorise(id, { method: 'GET', url: url.href })
    let answer: Answer
    try {
      answer = await ask(url, authorisation, signal)
    } catch (error) {
      const [state, rest] = failure(error, patience)
      return told(state, `${host} ${rest}`)
    }
    const next = redirected(answer, url)
    if (next !== null) {
      if (next.origin !== address.origin)
        return told(
          'elsewhere',
          `${host} answers, but sends the request on to ${next.protocol}//${next.host}. The credential was not sent there. If that is the right one, enter its address.`,
        )
      url = next
      continue
    }
    const { state, sentence, limits } = judged(host, answer, (word) => authorisation.isIn(word), Date.now())
    if (state === 'accepted' && (await isOpen(url, signal)))
      return told(
        'open',
        `${host} answers, but just as well without the credential. Give an address that needs it.`,
        limits,
      )
    return told(state, sentence, limits)
  }
  return told('elsewhere', `${host} answers, but sends the request round in circles. Correct the address.`)
}

type Answer = Pick<Response, 'status' | 'headers'>

async function ask(url: URL, authorisation: Authorisation | null, signal: AbortSignal): Promise<Answer> {
  const headers = new Headers({ accept: '*/*' })
  authorisation?.addTo(headers)
  const response = await fetch(url.href, { headers, redirect: 'manual', signal })
  // Only what stands before the content is looked at.
  await response.body?.cancel().catch(() => undefined)
  return response
}

function redirected({ status, headers }: Answer, from: URL): URL | null {
  const location = headers.get('location')
  return status >= 300 && status < 400 && location !== null ? URL.parse(location, from.href) : null
}

/** Whether whoever knows no credential gets the same. */
async function isOpen(url: URL, signal: AbortSignal): Promise<boolean> {
  try {
    const { status } = await ask(url, null, signal)
    return status >= 200 && status < 300
  } catch {
    return false
  }
}

/** Why there was no answer: of the connection, in words for a technician. */
function failure(error: unknown, patience: number): [ConnectionState, string] {
  if (error instanceof DOMException && error.name === 'TimeoutError')
    return ['unreachable', `did not answer within ${Math.round(patience / 1000)} s. Try again, or correct the address.`]
  const code = codeOf(error)
  if (CERTIFICATE[code] !== undefined)
    return [
      'untrusted',
      `${CERTIFICATE[code]}. Nothing was sent there. Have its certificate corrected, or trusted by this computer.`,
    ]
  if (/SSL|TLS|EPROTO/.test(code))
    return [
      'untrusted',
      'speaks no TLS that is accepted here. Nothing was sent there. Correct the address or its port.',
    ]
  return [
    'unreachable',
    NETWORK[code] ?? `cannot be reached${code ? ` (${code})` : ''}. Look at your connection and the address.`,
  ]
}

const CERTIFICATE: Record<string, string> = {
  CERT_HAS_EXPIRED: 'has a certificate that has expired',
  CERT_NOT_YET_VALID: 'has a certificate that is not valid yet',
  CERT_REVOKED: 'has a certificate that was revoked',
  ERR_TLS_CERT_ALTNAME_INVALID: 'has a certificate for another name',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'has a certificate that only it vouches for',
  SELF_SIGNED_CERT_IN_CHAIN: 'has a certificate of an authority that this computer does not trust',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'has a certificate of an authority that this computer does not trust',
  UNABLE_TO_GET_ISSUER_CERT: 'has a certificate of an authority that this computer does not trust',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'has a certificate of an authority that this computer does not trust',
}
const NETWORK: Record<string, string> = {
  ENOTFOUND: 'is not known. Correct the address.',
  EAI_AGAIN: 'cannot be looked up now. Look at your connection.',
  ECONNREFUSED: 'lets nobody in there. Correct the address or its port.',
  UND_ERR_CONNECT_TIMEOUT: 'did not answer. Try again, or correct the address.',
}

function codeOf(error: unknown): string {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    const { code } = at as NodeJS.ErrnoException
    if (typeof code === 'string') return code
    // One for each address of a name.
    if (at instanceof AggregateError && at.errors.length > 0) return codeOf(at.errors[0])
  }
  return ''
}
