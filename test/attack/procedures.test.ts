import { randomBytes } from 'node:crypto'
import type { AnyTRPCRouter } from '@trpc/server'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { tenantRouter } from '../../src-main/compartment/router.ts'
import { consoleRouter } from '../../src-main/console/router.ts'
import { encodeFrame, type CallType } from '../../src-shared/channel/frame.ts'
import { codeOf, HostWindow } from '../console/host-window.ts'
import { uuid } from '../support/sample.ts'
import { samplesOf, type JsonSchema } from '../support/samples.ts'
import { ACME, PHRASE, withProfile, ZEPHYR, type Profile } from './console-support.ts'

interface Procedure {
  path: string
  type: CallType
  /** Inputs that fit it, made of another client's identifiers; undefined alone where it takes none. */
  inputs: unknown[]
}

/** The procedures of a router, from the router itself: one that is added is attacked with it. */
function proceduresOf(router: AnyTRPCRouter): Procedure[] {
  const all = router._def.procedures as unknown as Record<string, { _def: { type: CallType; inputs: z.ZodType[] } }>
  return Object.entries(all).map(([path, { _def }]) => {
    const [schema] = _def.inputs
    const text = (names: string[]): string =>
      /passphrase|password|current|next/i.test(names.at(-1) ?? '') ? 'not this one' : 'x'
    const filling = {
      text,
      id: (names: string[]) => (names.at(-1) === 'tenantId' ? ZEPHYR : uuid('Zephyr', 'ticket', 1)),
    }
    const inputs = schema
      ? samplesOf(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema, filling)
      : [undefined]
    return { path, type: _def.type, inputs: inputs.slice(0, 12) }
  })
}
const tenantProcedures = proceduresOf(tenantRouter)
const consoleProcedures = proceduresOf(consoleRouter)
/** What only a client's data holds. */
const WORDS = ['Acme', 'Zephyr', 'First word on', 'Awaiting Vendor', 'Harbour']
const MALFORMED = [
  '',
  ' ',
  'CONSOLE',
  'console\0',
  'console ',
  '../console',
  '__proto__',
  'constructor',
  'null',
  '🔑',
  'a'.repeat(1500),
]

let profile: Profile
let window: HostWindow
beforeAll(async () => {
  profile = await withProfile()
  window = await profile.open()
})
afterAll(() => profile.close())

/** Asks, and says how it ended and whether it told anything of a client. */
async function attempt(
  to: string,
  { path, type }: Procedure,
  input: unknown,
): Promise<{ code: string; told: string[] }> {
  const before = window.heard.length
  const code = await codeOf(window.call(type, path, input, to))
  const heard = window.heard.slice(before).join()
  return { code, told: WORDS.filter((word) => heard.includes(word)) }
}
async function codesOf(procedures: Procedure[], scopes: string[]): Promise<Set<string>> {
  const codes = new Set<string>()
  for (const procedure of procedures)
    for (const to of scopes)
      for (const input of to === scopes[0] ? procedure.inputs : procedure.inputs.slice(0, 1)) {
        const { code, told } = await attempt(to, procedure, input)
        expect([procedure.path, told]).toEqual([procedure.path, []])
        codes.add(code)
      }
  return codes
}
const random = (): string => randomBytes(32).toString('base64url')

test('both routers have their procedures in the attack', () => {
  expect(tenantProcedures.length).toBeGreaterThanOrEqual(50)
  expect(consoleProcedures.length).toBeGreaterThanOrEqual(20)
})

/** What a console without an open profile does for a person: those procedures run, with inputs of their own tests. */
const OPENS = ['session.trySandbox']
/** Inputs that do not fit. */
const WRONG = [null, 7, 'x', [], {}, { id: {} }, { tenantId: [ZEPHYR] }, { __proto__: null, scope: 1 }]

describe('at the welcome page', () => {
  test('no procedure of a client is reached, whatever the scope', async () => {
    expect(await codesOf(tenantProcedures, [random(), ...MALFORMED])).toEqual(new Set(['scope-closed']))
    expect(await codesOf(tenantProcedures, ['console'])).toEqual(new Set(['not-found']))
  })

  test('no procedure of the console answers with anything of a client, or opens one', async () => {
    const tried = consoleProcedures.filter(({ path, type }) => type !== 'subscription' && !OPENS.includes(path))
    for (const procedure of tried) for (const input of WRONG) await attempt('console', procedure, input)
    await codesOf(tried, ['console'])
    expect(await window.status()).toMatchObject({ state: 'welcome' })
    expect(await codeOf(window.client(ACME))).toBe('not-signed-in')
  })
})

describe('with both clients open', () => {
  let acme: string
  beforeAll(async () => {
    await profile.connect(window)
    acme = await window.client(ACME)
  })

  test('every procedure of a client refuses a scope that is foreign, closed, guessed or malformed', async () => {
    const other = new HostWindow(window.host)
    const foreign = await other.client(ZEPHYR)
    const closed = await window.client(ZEPHYR)
    await window.do('clients.close', { scope: closed })
    expect(await codesOf(tenantProcedures, [foreign, closed, random(), ZEPHYR, ...MALFORMED])).toEqual(
      new Set(['scope-closed']),
    )
    expect(await codesOf(tenantProcedures, ['console'])).toEqual(new Set(['not-found']))
    other.leave()
  })

  test('a call whose scope is missing or no text is not heard', async () => {
    const before = window.heard.length
    for (const { path, type } of tenantProcedures)
      for (const to of [undefined, null, 7, [acme], { scope: acme }])
        window.raw(`${JSON.stringify({ op: 'call', id: 50_000, to, type, path })}\n`)
    await window.status()
    expect(window.heard).toHaveLength(before + 1)
  })

  test("one client's scope with another's identifiers in every input tells nothing of the other", async () => {
    const words = ['Zephyr']
    for (const procedure of tenantProcedures.filter(({ type }) => type !== 'subscription'))
      for (const input of procedure.inputs) {
        const before = window.heard.length
        const code = await codeOf(window.call(procedure.type, procedure.path, input, acme))
        expect([procedure.path, code]).not.toEqual([procedure.path, 'internal'])
        const heard = window.heard.slice(before).join()
        expect([procedure.path, words.filter((word) => heard.includes(word))]).toEqual([procedure.path, []])
      }
  })

  test('no procedure of the console is reached through the scope of a client', async () => {
    const codes = new Set<string>()
    for (const { path, type, inputs } of consoleProcedures)
      codes.add(await codeOf(window.call(type, path, inputs[0], acme)))
    expect(codes).toEqual(new Set(['not-found']))
  })
})

describe('locked', () => {
  beforeAll(async () => {
    await window.do('session.lock')
  })

  test('no procedure of a client is reached, whatever the scope', async () => {
    expect(await codesOf(tenantProcedures, [random(), ...MALFORMED])).toEqual(new Set(['scope-closed']))
  })

  test('no procedure of the console answers with anything of a client, or opens one without the passphrase', async () => {
    const tried = consoleProcedures.filter(({ type }) => type !== 'subscription')
    for (const procedure of tried) for (const input of WRONG) await attempt('console', procedure, input)
    await codesOf(
      // Setting a client's files aside is what somebody who forgot the passphrase is offered.
      tried.filter(({ path }) => path !== 'keys.remedy'),
      ['console'],
    )
    expect(await window.status()).toMatchObject({ state: 'locked' })
    expect(await codeOf(window.client(ACME))).toBe('locked')
    expect(await codeOf(window.do('session.unlock', { passphrase: PHRASE }))).toBe('none')
  })

  test('the list of clients is told only once it is unlocked, and a watch that began before hears nothing while it is locked', async () => {
    await window.do('session.lock')
    const before = window.heard.length
    window.raw(encodeFrame({ op: 'call', id: 60_000, to: 'console', type: 'subscription', path: 'clients.watch' }))
    await window.status()
    expect(WORDS.filter((word) => window.heard.slice(before).join().includes(word))).toEqual([])
  })
})
