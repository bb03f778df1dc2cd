import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { tryOut } from '../../src-main/compartment/vault/use/try-out.ts'
import { Vault } from '../../src-main/compartment/vault/vault.ts'
import { CredentialUse } from '../../src-main/compartment/vault/use/credential-use.ts'
import { Holdings } from '../../src-main/compartment/holdings.ts'
import { limitText } from '../../src-shared/domain/connection-text.ts'
import { ME, temporaryFolder } from './driver.ts'
import { auditOf, grant, login, Opened, problemCode, type NewCredentialInput } from './vault-support.ts'

const fixture = (name: string): string => readFileSync(new URL(`../fixtures/${name}`, import.meta.url), 'utf8')
const SECRET = 'tok-Marker-77'
const trusted = getCACertificates('default')

/** A system of a client, and another host that must not hear of its secret. */
let system: Server
let other: Server
let url: string
let elsewhere: string
let asked: { path: string; headers: IncomingHttpHeaders }[]
let heardElsewhere: number
let answer: (headers: IncomingHttpHeaders, response: ServerResponse, path: string) => void
let place: ReturnType<typeof temporaryFolder>
let opened: Opened

beforeAll(async () => {
  setDefaultCACertificates([...trusted, fixture('loopback.crt')])
  const keys = { key: fixture('loopback.key'), cert: fixture('loopback.crt') }
  system = createServer(keys, (request, response) => {
    asked.push({ path: request.url ?? '', headers: request.headers })
    answer(request.headers, response, request.url ?? '')
  })
  other = createServer(keys, (_, response) => {
    heardElsewhere++
    response.end()
  })
  for (const server of [system, other]) await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `https://localhost:${(system.address() as AddressInfo).port}`
  elsewhere = `https://127.0.0.1:${(other.address() as AddressInfo).port}`
})
afterAll(async () => {
  setDefaultCACertificates(trusted)
  for (const server of [system, other]) {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})
beforeEach(() => {
  asked = []
  heardElsewhere = 0
  place = temporaryFolder()
  opened = new Opened(place.folder)
})
afterEach(async () => {
  await opened.close()
  place.remove()
})

const token = (more: Partial<NewCredentialInput> = {}): NewCredentialInput => ({
  ...{ kind: 'api-token', name: 'RMM', url: `${url}/v1/devices`, secrets: { token: SECRET } },
  ...more,
})
/** What comes of trying it where the system answers so to whoever brings the secret, and 401 to others. */
async function tried(status: number, headers: Record<string, string> = {}, more: Partial<NewCredentialInput> = {}) {
  answer = (sent, response) =>
    JSON.stringify(sent).includes(SECRET)
      ? response.writeHead(status, headers).end('{}')
      : response.writeHead(401).end()
  const { id } = await opened.vault.create(token(more))
  return opened.caller.connections.tryOut({ id })
}

test('each kind of secret goes to the system as that kind does, and leaves a row in the audit trail', async () => {
  const result = await tried(200, { 'x-oauth-scopes': 'devices:read, tickets:read' })
  expect(result).toMatchObject({ state: 'accepted', limits: [] })
  expect(result.sentence).toMatch(
    /^localhost:\d+ answers and accepts the credential, for devices:read and tickets:read\.$/,
  )
  expect(asked[0]).toMatchObject({ path: '/v1/devices', headers: { authorization: `Bearer ${SECRET}` } })
  expect(auditOf(place.folder).at(-1)).toMatchObject({ action: 'vault.use', detail: { method: 'GET' } })

  expect(await tried(200, {}, { header: 'X-Api-Key' })).toMatchObject({ state: 'accepted' })
  expect(asked.at(-2)?.headers).toMatchObject({ 'x-api-key': SECRET })
  expect(asked.at(-2)?.headers).not.toHaveProperty('authorization')

  answer = ({ authorization }, response) => response.writeHead(authorization ? 200 : 401).end()
  const { id } = await opened.vault.create(login({ url, username: 'api', secrets: { password: 'p:w' } }))
  expect(await opened.caller.connections.tryOut({ id })).toMatchObject({ state: 'accepted' })
  expect(asked.at(-2)?.headers.authorization).toBe(`Basic ${Buffer.from('api:p:w').toString('base64')}`)
})

test.each([
  [
    401,
    { 'www-authenticate': 'Bearer realm="rmm", error="invalid_token"' },
    'refused',
    'does not accept the credential (401, invalid_token). Enter it anew.',
  ],
  [
    403,
    {
      'www-authenticate': 'Basic realm="a, b", Bearer error="insufficient_scope", scope="devices:read devices:write"',
      'x-oauth-scopes': 'devices:read',
    },
    'lacking',
    'lacks devices:write. It has devices:read. Grant it there, then try again.',
  ],
  [
    403,
    { 'x-oauth-scopes': 'gist', 'x-accepted-oauth-scopes': 'repo, public_repo' },
    'lacking',
    'lacks one of repo or public_repo. It has gist.',
  ],
  [404, { 'x-oauth-scopes': '', 'x-accepted-oauth-scopes': 'repo' }, 'lacking', 'lacks repo. Grant it there'],
  [403, { 'x-accepted-github-permissions': 'issues=write' }, 'lacking', 'lacks issues=write.'],
  [403, {}, 'lacking', 'is not told which permission is missing (403)'],
  // What a system says back of the secret is told to nobody.
  [
    403,
    { 'www-authenticate': `Bearer error="insufficient_scope", scope="${SECRET} x${SECRET}"` },
    'lacking',
    'is not told which permission',
  ],
  [404, {}, 'missing', 'has nothing at this address (404)'],
  [502, {}, 'failing', 'fails itself (502)'],
  [429, { 'retry-after': '42' }, 'limited', 'asks for patience (429). Try again in 42 s.'],
] as const)('%i with %j is %s', async (status, headers, state, words) => {
  const result = await tried(status, headers)
  expect(result.state).toBe(state)
  expect(result.sentence).toContain(words)
  expect(JSON.stringify(result)).not.toContain(SECRET)
})

test('limits are told as the system gives them', async () => {
  const limits = async (headers: Record<string, string>) => (await tried(200, headers)).limits.map(limitText)
  expect(
    await limits({
      'ratelimit-policy': '"burst";q=100;w=60, "daily";q=1000;w=86400;pk=:dHJ1bms=:',
      ratelimit: '"burst";r=42;t=18',
    }),
  ).toEqual(['burst: 100 in 1 min, 42 left, more in 18 s', 'daily: 1000 in a day'])
  expect(await limits({ ratelimit: 'limit=10, remaining=9, reset=5' })).toEqual(['10 at most, 9 left, more in 5 s'])
  const soon = String(Math.floor(Date.now() / 1000) + 600)
  const [known = ''] = await limits({
    'x-ratelimit-limit': '5000',
    'x-ratelimit-remaining': '4987',
    'x-ratelimit-reset': soon,
  })
  expect(known).toMatch(/^5000 at most, 4987 left, more in (?:10 min|59\d s)$/)
  expect(await limits({ ratelimit: '"unclosed', 'x-ratelimit-limit': 'many' })).toEqual([])
})

test('an address that answers without the credential proves nothing of it', async () => {
  answer = (_, response) => response.end('{}')
  const { id } = await opened.vault.create(token())
  expect(await opened.caller.connections.tryOut({ id })).toMatchObject({ state: 'open' })
  expect(asked.map(({ headers }) => headers.authorization)).toEqual([`Bearer ${SECRET}`, undefined])
})

test('a redirect is followed at the same host only, and never to plain http', async () => {
  answer = (_, response, path) =>
    path === '/v1/devices' ? response.writeHead(308, { location: '/v2/devices' }).end() : response.writeHead(403).end()
  const { id } = await opened.vault.create(token())
  expect(await opened.caller.connections.tryOut({ id })).toMatchObject({ state: 'lacking' })
  expect(asked.map(({ path }) => path)).toEqual(['/v1/devices', '/v2/devices'])
  for (const location of [`${elsewhere}/v1`, `http://localhost:${new URL(url).port}/`, `//evil.example/${SECRET}`]) {
    const result = await tried(302, { location })
    expect(result.state).toBe('elsewhere')
    expect(result.sentence).toContain('The credential was not sent there.')
    expect(JSON.stringify(result)).not.toContain(SECRET)
  }
  expect(heardElsewhere).toBe(0)
  expect(await tried(307, { location: '/again' })).toMatchObject({ state: 'elsewhere' })
})

test('a system that nobody vouches for hears nothing; one that is not there, or hangs, is told in a sentence', async () => {
  // Under a name to which no connection is held open.
  const { id } = await opened.vault.create(token({ url: url.replace('localhost', '127.0.0.1') }))
  setDefaultCACertificates(getCACertificates('bundled'))
  try {
    const result = await opened.caller.connections.tryOut({ id })
    expect(result.state).toBe('untrusted')
    expect(result.sentence).toMatch(/has a certificate .*Nothing was sent there/)
  } finally {
    setDefaultCACertificates([...trusted, fixture('loopback.crt')])
  }
  expect(asked).toEqual([])
  const shut = createServer().listen(0, '127.0.0.1')
  await once(shut, 'listening')
  const host = `127.0.0.1:${(shut.address() as AddressInfo).port}`
  await new Promise((resolve) => shut.close(resolve))
  const { id: gone } = await opened.vault.create(token({ url: `https://${host}/` }))
  expect(await opened.caller.connections.tryOut({ id: gone })).toMatchObject({
    ...{ state: 'unreachable', sentence: `${host} lets nobody in there. Correct the address or its port.` },
  })

  // Beside the compartment, with less patience.
  answer = () => undefined
  await opened.close()
  const held = new Holdings({
    ...{ folder: place.folder, rootKey: new Uint8Array(32).fill(7).buffer, binding: new Uint8Array(32).fill(1) },
    ...{ cloudUrl: 'http://127.0.0.1:9', online: false },
    technician: { id: ME, name: 'Robin Vale', email: 'robin@example.com' },
  })
  const vault = new Vault(
    held,
    () => ({ reasonNeeded: false, forgetAfter: 30, reveals: true }),
    () => undefined,
  )
  const hung = await tryOut(vault, new CredentialUse(vault), id, 200)
  held.close()
  opened = new Opened(place.folder)
  expect(hung).toMatchObject({ state: 'unreachable' })
  expect(hung.sentence).toContain('did not answer within')
})

test('what has no address, no way to go along, or no technician who may is not tried out', async () => {
  const outcome = async (input: NewCredentialInput) =>
    problemCode(opened.caller.connections.tryOut({ id: (await opened.vault.create(input)).id }))
  expect(await outcome(token({ url: url.replace('https', 'http') }))).toBe('invalid-input')
  expect(await outcome(token({ url: null }))).toBe('invalid-input')
  expect(await outcome({ kind: 'note', name: 'x', url, secrets: { text: 'x' } })).toBe('invalid-input')
  expect(await outcome(token({ mayUse: [] }))).toBe('credential-refused')
  expect(await outcome(grant({ url }))).toBe('invalid-input')
  await expect(opened.vault.create(token({ header: 'Host' }))).rejects.toThrow('needs for itself')
  expect(asked).toEqual([])
})
