/**
 * Frames between window and main: one string, a small JSON header, a newline, then a payload of JSON text.
 * Main reads headers only; a payload goes through it as it came.
 */

export type CallType = 'query' | 'mutation' | 'subscription'

/** Where a call goes: the console (answered in main) or the scope handle of one open compartment. */
export type Address = 'console' | (string & {})

/** Window to main. */
export type RequestHeader =
  | { op: 'call'; id: number; to: Address; type: CallType; path: string }
  /** Opens a client under a scope that the window chose; calls to it may follow at once. Answered when it is awake. */
  | { op: 'open'; id: number; scope: string; tenant: string }
  | { op: 'stop'; id: number }

/** Main to window. `data` and `error` end a call; `next` repeats until `done` or `error`. */
export type ReplyHeader = { op: 'data' | 'next' | 'error' | 'done'; id: number }

/** A scope handle: at least 256 random bits in base64url. */
const SCOPE = /^[A-Za-z0-9_-]{43,64}$/

/** A window sends at most this many characters in one frame. */
export const MAX_FRAME = 8 * 1024 * 1024

export function encodeFrame(header: RequestHeader | ReplyHeader, payload = ''): string {
  return `${JSON.stringify(header)}\n${payload}`
}

/**
 * Splits a frame and parses its header; the payload stays text.
 * @returns null where the frame is not one: no newline, a header that is not JSON, or of the wrong shape
 */
export function decodeRequest(frame: string): { header: RequestHeader; payload: string } | null {
  const parts = split(frame)
  if (!parts) return null
  const { header } = parts
  if (!Number.isSafeInteger(header.id)) return null
  const id = header.id as number
  if (header.op === 'stop') return { header: { op: 'stop', id }, payload: '' }
  if (header.op === 'open') {
    const { scope, tenant } = header
    if (typeof scope !== 'string' || !SCOPE.test(scope) || typeof tenant !== 'string' || tenant.length > 64) return null
    return { header: { op: 'open', id, scope, tenant }, payload: '' }
  }
  if (header.op !== 'call' || typeof header.to !== 'string' || typeof header.path !== 'string') return null
  const type = header.type
  if (type !== 'query' && type !== 'mutation' && type !== 'subscription') return null
  return { header: { op: 'call', id, to: header.to, type, path: header.path }, payload: parts.payload }
}

/** The same for a reply; used by the window. */
export function decodeReply(frame: string): { header: ReplyHeader; payload: string } | null {
  const parts = split(frame)
  if (!parts) return null
  const { id, op } = parts.header
  if (!Number.isSafeInteger(id)) return null
  if (op !== 'data' && op !== 'next' && op !== 'error' && op !== 'done') return null
  return { header: { op, id: id as number }, payload: parts.payload }
}

function split(frame: string): { header: Record<string, unknown>; payload: string } | null {
  const end = frame.indexOf('\n')
  if (end < 2 || end > 2000) return null
  try {
    const header: unknown = JSON.parse(frame.slice(0, end))
    if (typeof header !== 'object' || header === null || Array.isArray(header)) return null
    return { header: header as Record<string, unknown>, payload: frame.slice(end + 1) }
  } catch {
    return null
  }
}
