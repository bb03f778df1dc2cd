import type { ConnectionLimit, ConnectionState } from '../../../../src-shared/domain/connection.ts'
import { parsedLimits } from './limits.ts'

/** Permissions that are named one by one. */
const TOLD = 10

export interface Judged {
  state: ConnectionState
  sentence: string
  limits: ConnectionLimit[]
}

/**
 * What an answer says about the credential that it was asked with: by its status, and by what RFC 6750 (`WWW-Authenticate`)
 * or the headers of well-known products say of permissions.
 * @param host the system, for the sentence
 * @param isSecret whether a word holds the secret: a system may say back what it was told
 * @param now ms since 1970, for limits that name an instant
 */
export function judged(
  host: string,
  { status, headers }: Pick<Response, 'status' | 'headers'>,
  isSecret: (word: string) => boolean,
  now: number,
): Judged {
  const limits = parsedLimits(headers, now).filter(({ name }) => !isSecret(name))
  const say = (state: ConnectionState, rest: string): Judged => ({ state, sentence: `${host} ${rest}`, limits })
  const words = (text: string | null): string[] =>
    (text ?? '')
      .split(/[\s,;]+/)
      // The characters of a scope, RFC 6749 3.3.
      .filter((word) => /^[\x21\x23-\x5b\x5d-\x7e]{1,100}$/.test(word) && !isSecret(word))
  const challenge = bearerOf(headers.get('www-authenticate') ?? '')
  const granted = words(headers.get('x-oauth-scopes'))
  const needed = words(headers.get('x-accepted-oauth-scopes'))
  const wanted = words(challenge.scope ?? null).filter((one) => !granted.includes(one))
  const oneOf = needed.some((one) => granted.includes(one)) ? [] : needed
  const fine = words(headers.get('x-accepted-github-permissions'))
  const insufficient = challenge.error === 'insufficient_scope'
  if (status >= 200 && status < 300)
    return say('accepted', `answers and accepts the credential${granted.length > 0 ? `, for ${list(granted)}` : ''}.`)
  if (status === 429 || (status === 503 && headers.has('retry-after'))) {
    const wait = limits.find(({ resetSeconds }) => resetSeconds !== null)?.resetSeconds
    const again = wait === undefined ? 'Try again later.' : `Try again in ${wait} s.`
    return say('limited', `answers, but asks for patience (${status}). ${again}`)
  }
  // Some say 401 or 404 where a permission is missing; the permission they name tells.
  const missing = wanted.length > 0 && insufficient ? wanted : status === 401 ? [] : oneOf.length > 0 ? oneOf : fine
  if ((status === 403 || insufficient || status === 404) && missing.length > 0) {
    const has = granted.length > 0 ? ` It has ${list(granted)}.` : ''
    const lacks =
      oneOf === missing && missing.length > 1 ? `lacks one of ${list(missing, 'or')}` : `lacks ${list(missing)}`
    return say('lacking', `answers and knows the credential, but it ${lacks}.${has} Grant it there, then try again.`)
  }
  if (status === 403 || insufficient)
    return say(
      'lacking',
      'answers and knows the credential, but it may not do this, and is not told which permission is missing (403). Look at its permissions there.',
    )
  if (status === 401) {
    const why = challenge.error && /^[a-z_]{1,40}$/.test(challenge.error) ? `, ${challenge.error}` : ''
    return say('refused', `answers, but does not accept the credential (401${why}). Enter it anew.`)
  }
  if (status === 407)
    return say('unreachable', 'is behind a proxy that wants to know who asks (407). Ask whoever runs it.')
  if (status === 404 || status === 410)
    return say('missing', `answers, but has nothing at this address (${status}). Correct the address.`)
  if (status >= 500) return say('failing', `answers, but fails itself (${status}). Try again later.`)
  return say('missing', `answers ${status} here. Give an address that can be read with the credential.`)
}

function list(words: string[], last = 'and'): string {
  const told = words.slice(0, TOLD)
  if (words.length > TOLD) return `${told.join(', ')} and ${words.length - TOLD} more`
  return told.length < 2 ? told.join('') : `${told.slice(0, -1).join(', ')} ${last} ${told.at(-1)}`
}

/** The parameters of the Bearer challenge among those of a `WWW-Authenticate`, RFC 6750 section 3. */
function bearerOf(header: string): Record<string, string | undefined> {
  const [, params = ''] = /(?:^|,)\s*bearer\s+(.*)/i.exec(header) ?? []
  const found: Record<string, string> = {}
  // The next challenge begins with a word that no `=` follows.
  for (const part of params.matchAll(
    /\s*(?:([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))|([\w-]+)(?=\s|$))\s*,?/gy,
  )) {
    const [, name, quoted, plain, scheme] = part
    if (scheme !== undefined || name === undefined) break
    found[name.toLowerCase()] ??= quoted?.replaceAll(/\\(.)/g, '$1') ?? plain ?? ''
  }
  return found
}
