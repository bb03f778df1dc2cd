import { createHash, createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer as createHttp, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createHttps } from 'node:https'
import type { AddressInfo } from 'node:net'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { sign } from '../../src-main/compartment/vault/use/http-signature.ts'
import type { OutboundRequest } from '../../src-main/compartment/vault/use/credential-use.ts'
import { idOf } from './desk.ts'
import { temporaryFolder } from './driver.ts'
import { auditOf, grant, login, Opened, problemCode, raw, type NewCredentialInput } from './vault-support.ts'

const fixture = (name: string): string => readFileSync(new URL(`../fixtures/${name}`, import.meta.url), 'utf8')
interface Asked {
  authorization: string | undefined
  form: Record<string, string>
}
let place: ReturnType<typeof temporaryFolder>
const open: Opened[] = []
const servers: Server[] = []
/** What the token server was asked, and what it answers. */
let asked: Asked[]
let answer: (request: Asked, response: ServerResponse) => unknown
let tokenUrl: string
/** An API on this machine: answers with the headers that it was asked with. */
let api: string

beforeAll(() => setDefaultCACertificates([...getCACertificates('default'), fixture('loopback.crt')]))
beforeEach(async () => {
  place = temporaryFolder()
  asked = []
  let given = 1
  answer = (_, response) => {
    given += 1
    const tokens = {
      access_token: `access-${given}`,
      token_type: 'Bearer',
      expires_in: 3600,
      refresh_token: `refresh-${given}`,
    }
    response.setHeader('content-type', 'application/json').end(JSON.stringify(tokens))
  }
  const tokens = createHttps({ key: fixture('loopback.key'), cert: fixture('loopback.crt') }, (request, response) =>
    read(request, (body) => {
      const one = { authorization: request.headers.authorization, form: Object.fromEntries(new URLSearchParams(body)) }
      asked.push(one)
      void answer(one, response)
    }),
  )
  tokenUrl = `https://localhost:${await listen(tokens)}/token`
  api = `http://127.0.0.1:${await listen(createHttp((request, response) => response.end(JSON.stringify(request.headers))))}`
})
afterEach(async () => {
  vi.useRealTimers()
  for (const opened of open.splice(0)) await opened.close()
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  place.remove()
})

async function listen(server: Server): Promise<number> {
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}
function read(request: IncomingMessage, done: (body: string) => void): void {
  let body = ''
  request.on('data', (chunk: Buffer) => (body += chunk.toString()))
  request.on('end', () => done(body))
}
function start(more: ConstructorParameters<typeof Opened>[1] = {}): Opened {
  const opened = new Opened(place.folder, more)
  open.push(opened)
  return opened
}
async function headersOf(
  opened: Opened,
  id: string,
  more: Partial<OutboundRequest> = {},
): Promise<Record<string, string>> {
  const headers = new Headers()
  const made = await opened.compartment.credentials.authorise(id, { method: 'GET', url: `${api}/v1`, ...more })
  made.addTo(headers)
  return Object.fromEntries(headers)
}
function mail(more: Partial<NewCredentialInput> = {}): NewCredentialInput {
  return grant({ url: api, tokenUrl, clientId: 'bulkhead', ...more })
}

test('a login goes as basic authentication, which the API hears', async () => {
  const opened = start()
  const { id } = await opened.vault.create(login({ url: api, username: 'änn', secrets: { password: 'pä:ss' } }))
  const headers = new Headers()
  ;(await opened.compartment.credentials.authorise(id, { method: 'GET', url: `${api}/v1` })).addTo(headers)
  const heard = (await (await fetch(`${api}/v1`, { headers })).json()) as Record<string, string>
  expect(Buffer.from(heard.authorization?.slice(6) ?? '', 'base64').toString()).toBe('änn:pä:ss')
  const { host } = new URL(api)
  expect(auditOf(place.folder).at(-1)).toMatchObject({
    action: 'vault.use',
    detail: { version: 1, host, method: 'GET' },
  })
})

test('an API token goes as bearer, in a header of its own, or signs', async () => {
  const opened = start()
  const token: NewCredentialInput = {
    kind: 'api-token',
    name: 'API',
    url: api,
    clientId: 'k"1',
    secrets: { token: 'tok-1' },
  }
  const { id } = await opened.vault.create(token)
  expect(await headersOf(opened, id)).toEqual({ authorization: 'Bearer tok-1' })
  expect(await headersOf(opened, id, { as: { header: 'X-API-Key' } })).toEqual({ 'x-api-key': 'tok-1' })
  const signed = await headersOf(opened, id, { as: 'signed', method: 'post', body: '{"a":1}' })
  const digest = `sha-256=:${createHash('sha256').update('{"a":1}').digest('base64')}:`
  expect(signed['content-digest']).toBe(digest)
  const params = signed['signature-input']?.replace(/^sig=/, '') ?? ''
  expect(params).toMatch(/^\("@method" "@target-uri" "content-digest"\);created=\d+;keyid="k\\"1";alg="hmac-sha256"$/)
  const base = [
    `"@method": POST`,
    `"@target-uri": ${api}/v1`,
    `"content-digest": ${digest}`,
    `"@signature-params": ${params}`,
  ]
  const expected = createHmac('sha256', 'tok-1').update(base.join('\n')).digest('base64')
  expect(signed.signature).toBe(`sig=:${expected}:`)
})

test('the signature is that of RFC 9421, section B.2.5', () => {
  const shared = 'uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ=='
  const key = Buffer.from(shared, 'base64')
  const covered = [
    ['date', 'Tue, 20 Apr 2021 02:07:55 GMT'],
    ['@authority', 'example.com'],
    ['content-type', 'application/json'],
  ] as const
  const { signature } = sign(covered, 'created=1618884473;keyid="test-shared-secret"', key)
  expect(signature).toBe('pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=')
  expect(key.every((byte) => byte === 0)).toBe(true)
})

test('a secret that no header can carry is not quoted by any error', async () => {
  const opened = start()
  const { id } = await opened.vault.create({
    kind: 'api-token',
    name: 'x',
    url: api,
    secrets: { token: 'zebra\r\nx: y' },
  })
  const error = await headersOf(opened, id).catch((caught: unknown) => caught)
  expect(String(error)).toContain('no request can carry')
  expect(String(error)).not.toContain('zebra')
})

test('what cannot be used in a way is not', async () => {
  const opened = start()
  const { id } = await opened.vault.create({ kind: 'note', name: 'x', url: api, secrets: { text: 'x' } })
  expect(await problemCode(headersOf(opened, id))).toBe('invalid-input')
  const { id: hers } = await opened.vault.create(login({ url: api, mayUse: [idOf('Ann')] }))
  expect(await problemCode(headersOf(opened, hers))).toBe('credential-refused')
})

test('a grant is renewed before its first use, and then used until it ends', async () => {
  const opened = start()
  const { id } = await opened.vault.create(mail())
  expect(await headersOf(opened, id)).toEqual({ authorization: 'Bearer access-2' })
  expect(asked).toEqual([
    {
      authorization: undefined,
      form: { grant_type: 'refresh_token', refresh_token: 'refresh-1', client_id: 'bulkhead' },
    },
  ])
  expect(await headersOf(opened, id)).toEqual({ authorization: 'Bearer access-2' })
  expect(asked).toHaveLength(1)
  vi.useFakeTimers({ now: Date.now() + 3600_000, toFake: ['Date'] })
  expect(await headersOf(opened, id)).toEqual({ authorization: 'Bearer access-3' })
  expect(asked[1]?.form.refresh_token).toBe('refresh-2')
  // The API did not take the token.
  expect(await headersOf(opened, id, { renew: true })).toEqual({ authorization: 'Bearer access-4' })
  // Renewals take each other's place in the history.
  expect(await opened.vault.versions({ id })).toMatchObject([
    { version: 4, by: 'renewal', changed: ['accessToken', 'refreshToken'] },
    { version: 1, by: 'Robin Vale' },
  ])
  expect(auditOf(place.folder).map(({ action }) => action)).toContain('vault.renew')
})

test('a client with a secret says who it is as the standard wants', async () => {
  const opened = start()
  const secrets = { refreshToken: 'refresh-1', clientSecret: 'se:cr et' }
  const { id } = await opened.vault.create(mail({ clientId: 'bulk head', secrets }))
  await headersOf(opened, id)
  const sent = Buffer.from(asked[0]?.authorization?.slice(6) ?? '', 'base64').toString()
  expect(sent).toBe('bulk+head:se%3Acr+et')
  expect(asked[0]?.form).toEqual({ grant_type: 'refresh_token', refresh_token: 'refresh-1' })
})

test('many uses at once renew once', async () => {
  const opened = start()
  const { id } = await opened.vault.create(mail())
  const used = await Promise.all(Array.from({ length: 20 }, () => headersOf(opened, id)))
  expect(new Set(used.map(({ authorization }) => authorization))).toEqual(new Set(['Bearer access-2']))
  expect(asked).toHaveLength(1)
})

test('a new refresh token is on the disk before the access token is used', async () => {
  const opened = start()
  const { id } = await opened.vault.create(mail())
  await headersOf(opened, id)
  open.length = 0
  await opened.close()
  const again = start()
  await headersOf(again, id, { renew: true })
  expect(asked.map(({ form }) => form.refresh_token)).toEqual(['refresh-1', 'refresh-2'])
})

test('tokens that cannot be written are not used, and not lost while the compartment is open', async () => {
  const opened = start()
  const { id } = await opened.vault.create(mail())
  const stop = raw(place.folder, 'vault')
  stop.exec(`CREATE TRIGGER full BEFORE INSERT ON version BEGIN SELECT RAISE(ABORT, 'full'); END`)
  expect(await problemCode(headersOf(opened, id))).toBe('internal')
  expect(await problemCode(headersOf(opened, id))).toBe('internal')
  stop.exec('DROP TRIGGER full')
  stop.close()
  expect(await headersOf(opened, id)).toEqual({ authorization: 'Bearer access-2' })
  // The old one was asked with once: a second time could have ended the grant.
  expect(asked).toHaveLength(1)
})

test('a refresh token that a person enters meanwhile is not overwritten', async () => {
  const opened = start()
  const { id } = await opened.vault.create(mail())
  const usual = answer
  answer = async (one, response) => {
    answer = usual
    await opened.vault.edit({ id, patch: { facts: {}, secrets: { refreshToken: 'by hand' } } })
    void usual(one, response)
  }
  expect(await headersOf(opened, id)).toEqual({ authorization: 'Bearer access-3' })
  expect(asked.map(({ form }) => form.refresh_token)).toEqual(['refresh-1', 'by hand'])
})

test.each([
  ['an ended grant', 400, '{"error":"invalid_grant","error_description":"refresh-1 is over"}', 'grant-ended'],
  ['another refusal', 401, '{"error":"invalid_client"}', 'grant-failed'],
  ['a failure', 500, 'refresh-1', 'grant-failed'],
  ['no JSON', 200, '<html>', 'grant-failed'],
  ['no token', 200, '{"token_type":"Bearer"}', 'grant-failed'],
  ['another kind of token', 200, '{"access_token":"a","token_type":"mac"}', 'grant-failed'],
  ['an answer without end', 200, 'x'.repeat(300_000), 'grant-failed'],
])('%s is said in our words, and nothing is kept', async (_, status, body, code) => {
  const opened = start()
  const { id } = await opened.vault.create(mail())
  answer = (_one, response) => response.writeHead(status).end(body)
  const error = await headersOf(opened, id).catch((caught: unknown) => caught)
  expect(await problemCode(Promise.reject(error as Error))).toBe(code)
  expect(String(error)).not.toContain('refresh-1')
  expect(await opened.vault.get({ id })).toMatchObject({ version: 1, has: ['refreshToken'] })
})

test('no redirect is followed with a refresh token', async () => {
  const opened = start()
  const { id } = await opened.vault.create(mail())
  const usual = answer
  answer = (_, response) => {
    answer = usual
    response.writeHead(307, { location: `${tokenUrl}/elsewhere` }).end()
  }
  expect(await problemCode(headersOf(opened, id))).toBe('grant-failed')
  expect(asked).toHaveLength(1)
})

test('a server that no known authority vouches for hears no refresh token', async () => {
  const opened = start()
  const { id } = await opened.vault.create(mail())
  const trusted = getCACertificates('default')
  setDefaultCACertificates(getCACertificates('bundled'))
  try {
    expect(await problemCode(headersOf(opened, id))).toBe('grant-failed')
  } finally {
    setDefaultCACertificates(trusted)
  }
  expect(asked).toEqual([])
})
