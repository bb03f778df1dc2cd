import { createHash } from 'node:crypto'

/** Names a mutation's content: the same for the same JSON value, whatever the order of keys. 128 bits, in base64url. */
export function hashOf(body: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(body, ordered) ?? '')
    .digest('base64url')
    .slice(0, 22)
}

function ordered(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}
