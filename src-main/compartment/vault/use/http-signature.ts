import { createHash, createHmac } from 'node:crypto'

/** What a signature covers: names and values of components, in order. */
export type Covered = readonly (readonly [name: string, value: string])[]

/** The headers that sign a request with a shared key: HTTP Message Signatures, RFC 9421, with `hmac-sha256`. */
export function signedHeaders(
  request: { method: string; url: string; body?: string | Uint8Array | undefined },
  key: string,
  keyId: string,
  now: number,
): [name: string, value: string][] {
  const covered: [string, string][] = [
    ['@method', request.method.toUpperCase()],
    ['@target-uri', new URL(request.url).href],
  ]
  const headers: [string, string][] = []
  if (request.body !== undefined) {
    // RFC 9530.
    const digest = `sha-256=:${createHash('sha256').update(request.body).digest('base64')}:`
    covered.push(['content-digest', digest])
    headers.push(['content-digest', digest])
  }
  const params = `created=${Math.floor(now / 1000)};keyid=${quoted(keyId)};alg="hmac-sha256"`
  const { input, signature } = sign(covered, params, Buffer.from(key))
  return [...headers, ['signature-input', `sig=${input}`], ['signature', `sig=:${signature}:`]]
}

/** Signature base and its HMAC, RFC 9421 sections 2.5 and 3.3.3. Fills the key with zeros. */
export function sign(covered: Covered, params: string, key: Buffer): { input: string; signature: string } {
  const input = `(${covered.map(([name]) => `"${name}"`).join(' ')});${params}`
  const lines = [...covered, ['@signature-params', input] as const].map(([name, value]) => `"${name}": ${value}`)
  const signature = createHmac('sha256', key).update(lines.join('\n')).digest('base64')
  key.fill(0)
  return { input, signature }
}

/** A string of RFC 8941. */
function quoted(text: string): string {
  return `"${text.replaceAll(/[^\x20-\x7e]/g, '?').replaceAll(/["\\]/g, String.raw`\$&`)}"`
}
