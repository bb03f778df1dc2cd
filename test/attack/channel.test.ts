import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { tenantRouter } from '../../src-main/compartment/router.ts'
import { consoleRouter } from '../../src-main/console/router.ts'
import { decodeReply, decodeRequest, MAX_FRAME } from '../../src-shared/channel/frame.ts'
import { HostWindow } from '../console/host-window.ts'
import { cases, ran, seedOf } from '../faults/cases.ts'
import { ACME, withProfile, type Profile } from './console-support.ts'

const CASES = cases(10_000, 100_000)
/** Frames that are sent before it is asked whether all is well. */
const ROUND = 250
const seed = seedOf('hostile frames')

type Procedures = Record<string, { _def: { inputs: unknown[] } }>
/** Procedures that take an input, and are handed a wrong one here; what takes none simply does what it is for. */
const withInput = [tenantRouter, consoleRouter].map((router) =>
  Object.entries(router._def.procedures as unknown as Procedures)
    .filter(([, { _def }]) => _def.inputs.length > 0)
    .map(([path]) => path),
) as [string[], string[]]

let profile: Profile
let window: HostWindow
let scope: string
beforeAll(async () => {
  profile = await withProfile()
  window = await profile.open()
  await profile.connect(window)
  scope = await window.client(ACME)
})
afterAll(() => profile.close())

const POLLUTED = 'polluted'
/** JSON text that assigns to prototypes where it is merged carelessly; never what a procedure takes. */
const pollution = fc
  .constantFrom('__proto__', 'constructor', 'prototype', 'hasOwnProperty', 'toString', 'then', 'toJSON')
  .chain((key) =>
    fc.constantFrom(
      `{"${key}":{"${POLLUTED}":1}}`,
      `{"constructor":{"prototype":{"${POLLUTED}":1}}}`,
      `{"id":{"${key}":{"${POLLUTED}":1}}}`,
      `{"patch":{"${key}":{"${POLLUTED}":1}},"facts":{"${key}":{"${POLLUTED}":1}}}`,
      `[{"${key}":{"${POLLUTED}":1}}]`,
      `{"${key}":"${POLLUTED}"}`,
    ),
  )
const deep = fc
  .record({ depth: fc.integer({ min: 100, max: 20_000 }), open: fc.constantFrom('[', '{"a":', '{"filter":') })
  .map(({ depth, open }) => open.repeat(depth) + (open === '[' ? ']' : '1}').repeat(depth))
const long = fc.integer({ min: 1000, max: 200_000 }).map((length) => `{"text":"${'x'.repeat(length)}","id":7}`)
const payload = fc.oneof(
  pollution,
  deep,
  { weight: 1, arbitrary: long },
  fc.json().map((text) => `[${text}]`),
  fc.string(),
  fc.constantFrom('', '{', 'NaN', '\0', '{"id":1e999}', '"\\ud800"', '{"id":"\\u0000"}'),
)
const to = fc.oneof(
  fc.constant('SCOPE'),
  fc.constant('console'),
  fc.constantFrom('', '__proto__', 'constructor', 'consol', 'a'.repeat(1000)),
  fc.string(),
)
const path = fc.oneof(
  fc.constantFrom(...withInput[0], ...withInput[1]),
  fc.constantFrom(
    '__proto__',
    'constructor',
    'tickets',
    'tickets.__proto__',
    '_def',
    'toString',
    '',
    '.',
    'tickets.page.call',
  ),
  fc.string(),
)
const type = fc.oneof(fc.constantFrom('query', 'mutation', 'subscription'), fc.constantFrom('then', '', null, 7))
const id = fc.oneof(
  { weight: 20, arbitrary: fc.integer({ min: 1_000_000, max: 9_000_000 }) },
  fc.constantFrom(1_000_000, -1, 0, 1.5, 1e300, null, '1', [], {}),
)
const header = fc.oneof(
  { weight: 10, arbitrary: fc.record({ op: fc.constant('call'), id, to, type, path }) },
  fc.record({ op: fc.constant('stop'), id }),
  fc.record({
    op: fc.constant('open'),
    id,
    scope: fc.oneof(fc.string(), fc.constantFrom('console', 'SCOPE')),
    tenant: fc.oneof(fc.string(), fc.constantFrom('__proto__', '../..', 'constructor', '')),
  }),
  fc.record({ op: fc.string(), id, to, type, path }),
)
const frame = fc.oneof(
  { weight: 20, arbitrary: fc.tuple(header, payload).map(([head, text]) => `${JSON.stringify(head)}\n${text}`) },
  pollution.chain((text) => payload.map((more) => `${text.slice(0, -1)},"op":"call"}\n${more}`)),
  payload,
  payload.map((text) => `${text}\n${text}`),
)

/** Prototypes as they were: nothing that comes in may change them. */
const prototypes = [Object, Array, String, Function, Promise, Map].map((one) => one.prototype as object)
const keysNow = (): string => prototypes.map((one) => Reflect.ownKeys(one).map(String).join()).join('|')

test('whatever comes over the channel: prototypes stay as they are, each call is answered once, the console works on', async () => {
  const before = keysNow()
  const failures: unknown[] = []
  const note = (error: unknown): void => void failures.push(error)
  process.on('unhandledRejection', note)
  let sent = 0
  try {
    await fc.assert(
      fc.asyncProperty(fc.array(frame, { minLength: ROUND, maxLength: ROUND }), async (frames) => {
        const from = window.heard.length
        const asked = new Map<number, number>()
        const stopped = new Set<number>()
        for (const template of frames) {
          const text = template.replaceAll('"SCOPE"', `"${scope}"`)
          window.raw(text)
          const request = decodeRequest(text)
          // What is stopped need not be answered.
          if (request?.header.op === 'stop') stopped.add(request.header.id)
          else if (request) asked.set(request.header.id, 1 + (asked.get(request.header.id) ?? 0))
        }
        sent += frames.length
        // Behind all of them: it works, and what was asked before has been answered.
        await window.status()
        await window.call('query', 'desk', undefined, scope)
        await vi.waitFor(() => {
          const ended = window.heard
            .slice(from)
            .map(decodeReply)
            .map((reply) => reply?.header.id ?? NaN)
          for (const [one, times] of asked) {
            const answers = ended.filter((other) => other === one).length
            // Of some with one number, those that came while the first still ran are passed over.
            expect(answers).toBeGreaterThanOrEqual(stopped.has(one) ? 0 : 1)
            expect(answers).toBeLessThanOrEqual(times)
          }
        })
        expect(keysNow()).toBe(before)
        expect(({} as Record<string, unknown>)[POLLUTED]).toBeUndefined()
        expect(window.heard.slice(from).join()).not.toContain(POLLUTED)
        window.heard.length = 0
      }),
      { numRuns: Math.ceil(CASES / ROUND), seed, endOnFailure: true },
    )
  } finally {
    process.off('unhandledRejection', note)
  }
  expect(failures).toEqual([])
  expect(sent).toBeGreaterThanOrEqual(10_000)
  expect(await window.status()).toMatchObject({ state: 'open' })
  ran('hostile frames', sent)
})

test('a frame beyond the limit is dropped unread, one of just the limit is answered', async () => {
  const head = JSON.stringify({ op: 'call', id: 77, to: scope, type: 'query', path: 'tickets.search' })
  const before = window.heard.length
  window.raw(`${head}\n${'x'.repeat(MAX_FRAME)}`)
  window.raw(`${head.slice(0, -1)},"pad":"${'x'.repeat(3000)}"}\n{}`)
  await window.status()
  expect(window.heard).toHaveLength(before + 1)
  window.raw(`${head}\n${'['.repeat(MAX_FRAME - head.length - 1)}`)
  await vi.waitFor(() => expect(window.heard.map(decodeReply).map((reply) => reply?.header.id)).toContain(77))
})

test('a flood of opened scopes cannot push another window out of its own', async () => {
  const other = new HostWindow(window.host)
  for (let i = 0; i < 2000; i++)
    other.raw(
      `${JSON.stringify({ op: 'open', id: 5_000_000 + i, scope: randomBytes(32).toString('base64url'), tenant: 'nobody' })}\n`,
    )
  await other.status()
  await expect(window.call('query', 'desk', undefined, scope)).resolves.toBeDefined()
  other.leave()
})
