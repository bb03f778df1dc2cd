import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { CloudWatch } from '../../src-main/console/cloud-watch.ts'
import { Keyring } from '../../src-main/console/keyring.ts'
import { sealWithKey } from '../../src-main/console/sealing.ts'
import { TechnicianSession } from '../../src-main/console/technician-session.ts'

const ID = '00000000-0000-4000-8000-000000000001'
let server: Server
let url: string
let profile: string
let session: TechnicianSession
/** What the scripted cloud answers, by path. */
let answer: (path: string, request: IncomingMessage, response: ServerResponse) => void
const requests: { path: string; authorization: string | undefined }[] = []

beforeEach(async () => {
  requests.length = 0
  answer = (path, _, response) =>
    path === '/v1/session' || path === '/v1/session/refresh'
      ? give(response, 200, signedIn())
      : give(response, 200, { tenants: [] })
  server = createServer((request, response) => {
    request.resume()
    requests.push({ path: request.url ?? '', authorization: request.headers.authorization })
    answer(request.url ?? '', request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  profile = mkdtempSync(join(tmpdir(), 'bulkhead-session-'))
  session = new TechnicianSession(url, Keyring.create(profile, sealWithKey('test', new Uint8Array(32))))
})
afterEach(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  rmSync(profile, { recursive: true, force: true })
})

let issued = 0
function signedIn() {
  issued += 1
  return {
    organisation: { id: ID, name: 'Alpha' },
    technician: { id: ID, name: 'Robin', email: 'robin@example.com' },
    accessToken: `access-${issued}`,
    expiresIn: 900,
    refreshToken: `refresh-${issued}`,
  }
}
function give(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = { 'bulkhead-api': '1' },
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify(body))
}
const signIn = () => session.signIn('robin@example.com', 'secret')

test.each([
  ['another server', (r: ServerResponse) => give(r, 200, { hello: 1 }, {}), 'it is not a Bulkhead cloud'],
  ['another server that refuses', (r: ServerResponse) => give(r, 404, {}, {}), 'it is not a Bulkhead cloud'],
  [
    'a newer protocol',
    (r: ServerResponse) => give(r, 200, signedIn(), { 'bulkhead-api': '2' }),
    'protocol version 2, this console version 1',
  ],
  [
    'an answer of the wrong form',
    (r: ServerResponse) => give(r, 200, { accessToken: 1 }),
    'it is not a Bulkhead cloud',
  ],
  ['a cloud that fails', (r: ServerResponse) => give(r, 500, {}), 'HTTP 500'],
  [
    'a wrong password',
    (r: ServerResponse) => give(r, 401, { error: { code: 'sign-in-wrong', message: 'Email or password is wrong.' } }),
    'Email or password is wrong',
  ],
  [
    'too many attempts',
    (r: ServerResponse) => give(r, 429, { error: { code: 'sign-in-throttled', message: 'Too many attempts.' } }),
    'Too many attempts',
  ],
])('signing in at %s ends in a sentence, and nothing is kept', async (_, reply, sentence) => {
  answer = (_path, _request, response) => reply(response)
  await expect(signIn()).rejects.toThrow(sentence)
  answer = (_path, _request, response) => give(response, 200, { tenants: [] })
  await expect(session.tenants()).rejects.toMatchObject({ problem: { code: 'sign-in-expired' } })
})

test('a cloud that sends us elsewhere is not followed: the password goes to the address that was given', async () => {
  answer = (path, _request, response) =>
    path === '/elsewhere' ? give(response, 200, signedIn()) : response.writeHead(302, { location: '/elsewhere' }).end()
  await expect(signIn()).rejects.toThrow('does not answer')
  expect(requests.map(({ path }) => path)).toEqual(['/v1/session'])
})

test('a cloud that is away ends in a sentence that names the address', async () => {
  session.url = 'http://127.0.0.1:9'
  await expect(signIn()).rejects.toThrow('The cloud at http://127.0.0.1:9 does not answer.')
})

test('a refused access token is refreshed once, and the request goes on', async () => {
  await signIn()
  answer = (path, request, response) => {
    if (path === '/v1/session/refresh') return give(response, 200, signedIn())
    if (request.headers.authorization === `Bearer access-${issued}` && issued > 1)
      return give(response, 200, { tenants: [] })
    give(response, 401, {})
  }
  issued = 1
  expect(await session.tenants()).toEqual({ tenants: [] })
  expect(requests.filter(({ path }) => path === '/v1/session/refresh')).toHaveLength(1)
})

test('many requests that need a new token refresh it once between them', async () => {
  await signIn()
  let refused = new Set<string>()
  answer = (path, request, response) => {
    if (path === '/v1/session/refresh') return give(response, 200, signedIn())
    const token = request.headers.authorization ?? ''
    if (refused.size === 0 || refused.has(token)) {
      refused = new Set([...refused, token])
      return give(response, 401, {})
    }
    give(response, 200, { tenants: [] })
  }
  await Promise.all(Array.from({ length: 8 }, () => session.tenants()))
  expect(requests.filter(({ path }) => path === '/v1/session/refresh')).toHaveLength(1)
})

test('a sign-in that the cloud has ended is told once, and later requests do not go out', async () => {
  await signIn()
  const told = vi.fn()
  session.on('sign-in-needed', told)
  answer = (_path, _request, response) => give(response, 401, {})
  await expect(session.tenants()).rejects.toMatchObject({ problem: { code: 'sign-in-expired' } })
  const before = requests.length
  await expect(session.tenants()).rejects.toMatchObject({ problem: { code: 'sign-in-expired' } })
  expect([told.mock.calls.length, requests.length]).toEqual([1, before])
})

test('patience that the organisation is asked for is told once, and nothing goes out before its time', async () => {
  await signIn()
  const told = vi.fn()
  session.on('quiet', told)
  answer = (_path, _request, response) => response.writeHead(429, { 'retry-after': '1', 'bulkhead-api': '1' }).end()
  await expect(session.tenants()).rejects.toMatchObject({ problem: { code: 'cloud-busy' } })
  const [before, from] = [requests.length, performance.now()]
  answer = (_path, _request, response) => give(response, 200, { tenants: [] })
  await vi.waitFor(() => session.tenants())
  expect(performance.now() - from).toBeGreaterThanOrEqual(980)
  expect([told.mock.calls, requests.length]).toEqual([[[1000]], before + 1])
})

test('the event stream tells versions, and its end is noticed and mended', async () => {
  await signIn()
  const streams: ServerResponse[] = []
  answer = (path, _request, response) => {
    if (path !== '/v1/organisation/events') return give(response, 200, signedIn())
    response.writeHead(200, { 'content-type': 'text/event-stream', 'bulkhead-api': '1' })
    response.write('event: heartbeat\ndata: {}\n\n')
    streams.push(response)
  }
  const watch = new CloudWatch(session)
  const [connected, disconnected, versions] = [vi.fn(), vi.fn(), vi.fn()]
  watch.on('connected', connected).on('disconnected', disconnected).on('version', versions)
  watch.start()
  await vi.waitFor(() => expect(watch.online).toBe(true))
  await vi.waitFor(() => expect(streams).toHaveLength(1))
  streams[0]!.write(`event: version\ndata: {"tenant":"${ID}","version":7}\n\nevent: version\ndata: nonsense\n\n`)
  await vi.waitFor(() => expect(versions).toHaveBeenCalledWith({ tenant: ID, version: 7 }))
  streams[0]!.destroy()
  await vi.waitFor(() => expect(disconnected).toHaveBeenCalledTimes(1))
  await vi.waitFor(() => expect(connected).toHaveBeenCalledTimes(2), 5000)
  expect(versions).toHaveBeenCalledTimes(1)
  watch.stop()
})
