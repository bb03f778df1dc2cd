import type { ServerResponse } from 'node:http'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { API_HEADER } from '../../src-shared/protocol/api.ts'
import { deskChanges, idOf, ticketOf } from './desk.ts'
import { Driven, temporaryFolder, type Start } from './driver.ts'
import { ScriptedCloud } from './scripted-cloud.ts'

let cloud: ScriptedCloud
let place: ReturnType<typeof temporaryFolder>
const open: Driven[] = []

beforeEach(async () => {
  cloud = await ScriptedCloud.start(deskChanges(60))
  place = temporaryFolder()
})
afterEach(async () => {
  for (const driven of open.splice(0)) await driven.close()
  await cloud.stop()
  place.remove()
})

async function start(more: Partial<Start> = {}): Promise<Driven> {
  const driven = await Driven.open({ folder: place.folder, cloudUrl: cloud.url, online: false, ...more })
  open.push(driven)
  return driven
}
/** Answers the next feed in its own way, then gets out of the way. */
function nextFeed(answer: (response: ServerResponse, lines: string[]) => void): void {
  let done = false
  cloud.intercept = (_, response, url) => {
    if (done || url.pathname !== '/v1/changes') return false
    done = true
    answer(response, cloud.feed(Number(url.searchParams.get('after'))))
    return true
  }
}
async function resumedAfter(driven: Driven, code: string, cursor: number): Promise<void> {
  await driven.sync()
  expect((await driven.state()).problem?.code).toBe(code)
  await driven.sync()
  expect(cloud.requests.map((request) => request.after).slice(0, 2)).toEqual([0, cursor])
  expect(await driven.state()).toMatchObject({ phase: 'idle', problem: null })
  expect((await driven.page()).rows).toHaveLength(60)
  expect(await driven.search('zeppelin')).toHaveLength(6)
}

test('a malformed line keeps what came before it, and the feed resumes there', async () => {
  nextFeed((response, lines) =>
    response.end([...lines.slice(0, 100), '{"kind":"ticket","id":\n', ...lines.slice(100)].join('')),
  )
  await resumedAfter(await start(), 'feed-malformed', 98)
})

test('a line whose entity does not fit the schema is malformed', async () => {
  nextFeed((response, lines) => {
    const bad = lines.map((line, i) => (i === 100 ? line.replace(/"number":\d+/, '"number":"x"') : line))
    response.end(bad.join(''))
  })
  await resumedAfter(await start(), 'feed-malformed', 98)
})

test('a connection lost in the middle keeps what came whole, and the feed resumes there', async () => {
  nextFeed((response, lines) => {
    response.write(lines.slice(0, 100).join('') + '{"kind":"tick', () => response.destroy())
  })
  await resumedAfter(await start(), 'feed-cut', 98)
})

test('a feed without its closing line was cut', async () => {
  nextFeed((response, lines) => response.end(lines.slice(0, 100).join('')))
  await resumedAfter(await start(), 'feed-cut', 98)
})

test('HTTP 500 is a failure of the cloud and is tried again', async () => {
  nextFeed((response) => response.writeHead(500).end('oops'))
  await resumedAfter(await start(), 'cloud-failed', 0)
})

test('the feed cut at random bytes, again and again, ends in the same content', async () => {
  const driven = await start()
  const cuts = fc.sample(fc.integer({ min: 1, max: 40_000 }), { numRuns: 12, seed: 5 })
  for (const cut of cuts) {
    nextFeed((response, lines) => {
      const whole = Buffer.from(lines.join(''))
      response.write(whole.subarray(0, Math.min(cut, whole.length - 1)), () => response.destroy())
    })
    await driven.sync()
  }
  await driven.sync()
  const page = await driven.page({ sort: { by: 'created', direction: 'ascending' }, limit: 200 })
  expect(page.rows.map((row) => row.number)).toEqual(Array.from({ length: 60 }, (_, i) => i + 1))
  for (const number of [1, 30, 60]) {
    const detail = await driven.ticket(idOf(`ticket ${number}`))
    expect(detail.ticket).toEqual(ticketOf(number))
    expect(detail.entries).toHaveLength(number % 10 === 0 ? 1 : 0)
  }
})

test('rows of one version that are cut apart are all there after resuming', async () => {
  cloud.changes = cloud.changes.map((change) => ({ ...change, version: change.version < 60 ? change.version : 60 }))
  nextFeed((response, lines) => response.end(lines.slice(0, 100).join('')))
  await resumedAfter(await start(), 'feed-cut', 59)
  expect((await (open[0] as Driven).ticket(idOf('ticket 10'))).entries).toHaveLength(1)
})

test('an answer without our header is not a Bulkhead cloud, and the sync stops', async () => {
  cloud.intercept = (_, response) => {
    response.removeHeader(API_HEADER)
    response.end('<html>')
    return true
  }
  const driven = await start()
  await driven.sync()
  expect(await driven.state()).toMatchObject({ phase: 'stopped', problem: { code: 'cloud-not-bulkhead' } })
})

test('another protocol version is said, and the sync stops', async () => {
  cloud.intercept = (_, response) => {
    response.setHeader(API_HEADER, '2')
    response.end()
    return true
  }
  const driven = await start()
  await driven.sync()
  expect(await driven.state()).toMatchObject({ phase: 'stopped', problem: { code: 'cloud-version' } })
})

test('a token that has ended is replaced once and the pull goes on', async () => {
  const tokens = ['old', 'new']
  cloud.intercept = (request, response) => {
    if (request.headers.authorization === 'Bearer new') return false
    response.writeHead(401).end()
    return true
  }
  const driven = await start({ token: () => tokens.shift() ?? 'new' })
  await driven.sync()
  expect((await driven.page()).rows).toHaveLength(60)
  expect(await driven.state()).toMatchObject({ phase: 'idle', problem: null })
})

test('a second token that is not taken means that the sign-in has ended; reading goes on', async () => {
  const driven = await start()
  await driven.sync()
  cloud.intercept = (_, response) => {
    response.writeHead(401).end()
    return true
  }
  await driven.sync()
  expect(await driven.state()).toMatchObject({ phase: 'stopped', problem: { code: 'sign-in-expired' } })
  expect((await driven.page()).rows).toHaveLength(60)
})

test('403 stops the sync of this client with the reason', async () => {
  cloud.intercept = (_, response) => {
    response.writeHead(403).end()
    return true
  }
  const driven = await start()
  await driven.sync()
  expect(await driven.state()).toMatchObject({ phase: 'stopped', problem: { code: 'not-allowed' } })
})

test('a cursor that the cloud no longer keeps loads the client again and keeps unsent edits', async () => {
  const driven = await start()
  await driven.sync()
  cloud.decide = ({ sequence }) => ({ sequence, outcome: 'retry', message: 'Later.' })
  await driven.edit(idOf('ticket 7'), { status: 'vendor' })
  nextFeed((response) => response.writeHead(410).end())
  driven.post({ op: 'online', online: true, cloudUrl: cloud.url })
  await vi.waitFor(() => expect(cloud.requests.filter((r) => r.path === '/v1/changes').at(-1)?.after).toBe(0))
  await vi.waitFor(async () => expect((await driven.page()).rows).toHaveLength(60))
  expect((await driven.ticket(idOf('ticket 7'))).ticket.status).toBe('vendor')
})

test('a stuck push does not stop the pull', async () => {
  const driven = await start()
  await driven.sync()
  cloud.intercept = (_request, _response, url) => url.pathname === '/v1/mutations'
  await driven.edit(idOf('ticket 7'), { status: 'vendor' })
  await vi.waitFor(() => expect(cloud.requests.some((request) => request.path === '/v1/mutations')).toBe(true))
  const version = cloud.add('ticket', idOf('ticket 8'), ticketOf(8, { subject: 'Came through' }))
  driven.post({ op: 'poke', version })
  await vi.waitFor(async () => expect((await driven.ticket(idOf('ticket 8'))).ticket.subject).toBe('Came through'))
})

test('a gap in the sequences renews the client id, and the edit is taken under it', async () => {
  const driven = await start()
  await driven.sync()
  let refused = false
  cloud.intercept = (request, response, url) => {
    if (url.pathname !== '/v1/mutations' || refused) return false
    refused = true
    request.resume()
    response.writeHead(409).end(JSON.stringify({ error: { code: 'sequence-gap', message: '', retry: false } }))
    return true
  }
  await driven.edit(idOf('ticket 7'), { status: 'vendor' })
  await vi.waitFor(async () => expect((await driven.state()).pending).toBe(0))
  expect(cloud.received.map((batch) => batch.mutations.map((mutation) => mutation.sequence))).toEqual([[1]])
  const before = new URL(cloud.requestedUrls[0] ?? '', cloud.url).searchParams.get('client')
  expect(cloud.received[0]?.clientId).not.toBe(before)
})

test('a ledger that was set back renews its client id, so that no edit is taken for an old one', async () => {
  const driven = await start()
  await driven.sync()
  cloud.intercept = (_, response, url) => {
    if (url.pathname !== '/v1/changes') return false
    const lines = cloud.feed(Number(url.searchParams.get('after')))
    response.end(lines.join('').replace('"lastSequence":0', '"lastSequence":40'))
    return true
  }
  const before = new URL(cloud.requestedUrls.at(-1) ?? '', cloud.url).searchParams.get('client')
  await driven.sync()
  cloud.intercept = () => false
  await driven.edit(idOf('ticket 7'), { status: 'vendor' })
  await vi.waitFor(() => expect(cloud.received).toHaveLength(1))
  expect(cloud.received[0]?.clientId).not.toBe(before)
})

test('a busy cloud is asked again after the time that it names', async () => {
  let answers = 0
  cloud.intercept = (_, response) => {
    answers += 1
    if (answers > 2) return false
    response.writeHead(503, { 'retry-after': '0' }).end()
    return true
  }
  const driven = await start({ online: true })
  await vi.waitFor(async () => expect((await driven.page()).rows).toHaveLength(60))
  expect(answers).toBeGreaterThan(2)
  expect(driven.states.some((state) => state.problem?.code === 'cloud-busy')).toBe(true)
})
