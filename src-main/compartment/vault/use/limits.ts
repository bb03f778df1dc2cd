import type { ConnectionLimit } from '../../../../src-shared/domain/connection.ts'

const NONE = { limit: null, windowSeconds: null, remaining: null, resetSeconds: null } as const
/** Limits that are told. */
const MOST = 10

/**
 * The limits that an answer tells of: `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers), the three
 * fields of its earlier drafts, `X-RateLimit-*` as products give it, and `Retry-After`.
 * @param now ms since 1970: some name the instant of a reset
 */
export function parsedLimits(headers: Headers, now: number): ConnectionLimit[] {
  const found = new Map<string, ConnectionLimit>()
  const put = (name: string, part: Partial<ConnectionLimit>): void => {
    const given = Object.fromEntries(Object.entries(part).filter(([, value]) => value !== null))
    if (Object.keys(given).length > 0) found.set(name, { ...NONE, name, ...found.get(name), ...given })
  }
  for (const { name, params } of items(headers.get('ratelimit-policy')))
    put(name, { limit: count(params.q), windowSeconds: count(params.w) })
  for (const { name, params } of items(headers.get('ratelimit')))
    put(name, { remaining: count(params.r), resetSeconds: count(params.t) })
  const [older = ''] = headers.get('ratelimit')?.match(/^\s*(?:limit|remaining|reset)\s*=.*/i) ?? []
  const of = (field: string): number | null => count(new RegExp(`\\b${field}\\s*=\\s*(\\d+)`, 'i').exec(older)?.[1])
  put('', { limit: of('limit'), remaining: of('remaining'), resetSeconds: of('reset') })
  for (const prefix of ['ratelimit', 'x-ratelimit', 'x-rate-limit']) {
    const [first = ''] = headers.get(`${prefix}-limit`)?.split(',') ?? []
    put('', {
      limit: count(first),
      remaining: count(headers.get(`${prefix}-remaining`)),
      resetSeconds: resets(count(headers.get(`${prefix}-reset`)), now),
    })
  }
  const again = headers.get('retry-after')
  if (again !== null) {
    const wait = count(again) ?? Math.ceil((Date.parse(again) - now) / 1000)
    if (Number.isFinite(wait)) put('', { resetSeconds: Math.max(0, wait) })
  }
  return [...found.values()].slice(0, MOST)
}

/** The items of a list of strings or tokens with parameters, RFC 9651: `"burst";q=100;w=60, "daily";q=1000`. */
function items(header: string | null): { name: string; params: Record<string, string> }[] {
  const found = header?.matchAll(
    /(?:^|,)\s*(?:"((?:[^"\\]|\\.)*)"|([A-Za-z*][\w.:/*-]*))((?:\s*;\s*[a-z][\w-]*=[^;,\s]+)+)/g,
  )
  return [...(found ?? [])].map(([, quoted, token, params = '']) => ({
    name: (quoted ?? token ?? '').replaceAll(/[^\x20-\x7e]|\\/g, '').slice(0, 100),
    params: Object.fromEntries(
      [...params.matchAll(/([a-z][\w-]*)=([^;,\s]+)/g)].map(([, key = '', value = '']) => [key, value]),
    ),
  }))
}

function count(text: string | null | undefined): number | null {
  const digits = /^\s*(\d{1,15})(?:\.\d+)?\s*$/.exec(text ?? '')?.[1]
  return digits === undefined ? null : Number(digits)
}

/** Products give seconds from now, or the instant in seconds or milliseconds since 1970. */
function resets(value: number | null, now: number): number | null {
  if (value === null || value < 1e9) return value
  const at = value > 1e12 ? value : value * 1000
  return Math.max(0, Math.ceil((at - now) / 1000))
}
