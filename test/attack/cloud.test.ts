import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { MutationReply } from '../../src-shared/protocol/mutation.ts'
import { ask, pushed, readFeed, withCloud, type TestCloud } from '../support/cloud.ts'
import { uuid } from '../support/sample.ts'
import type { Filling, JsonSchema } from '../support/samples.ts'
import {
  attemptsOn,
  checksumsOf,
  fillingWith,
  forgedTokens,
  furnish,
  routesOf,
  send,
  type Attempt,
  type Route,
  type Victim,
} from './cloud-support.ts'

// The attacker holds the token of Acme. Zephyr is of the same organisation, Borealis of another.
let cloud: TestCloud
let routes: Route[]
let ref: (name: string) => JsonSchema
let acme: string
let victims: Victim[]
let alpha: string
let beta: string
let before: Record<string, string>[]

beforeAll(async () => {
  cloud = await withCloud()
  ;({ routes, ref } = await routesOf(cloud.url))
  acme = await cloud.tenantToken(0)
  victims = [
    await furnish(cloud, 'Zephyr', await cloud.tenantToken(1)),
    await furnish(cloud, 'Borealis', await cloud.tenantToken(0, 1)),
  ]
  alpha = (await cloud.signIn(0)).accessToken
  beta = (await cloud.signIn(1)).accessToken
  before = await Promise.all(victims.map(({ tenant }) => checksumsOf(cloud, tenant)))
})
afterAll(() => cloud.close())

/** What an answer holds of a victim. */
function leaks({ path }: Attempt, text: string, victim: Victim): string[] {
  return victim.words.filter((word) => text.includes(word)).map((word) => `${word} by ${path}`)
}
async function unchanged(): Promise<void> {
  const after = await Promise.all(victims.map(({ tenant }) => checksumsOf(cloud, tenant)))
  expect(after).toEqual(before)
  expect(Object.keys(after[0] ?? {}).length).toBeGreaterThanOrEqual(11)
}
/** Fillings that name a victim: each of its identifiers everywhere, and that of a ticket beside an own one. */
function fillings(victim: Victim): Filling[] {
  const beside = ([name, id]: [string, string]): Filling[] =>
    name === 'ticket' || name === 'contact'
      ? [fillingWith((path) => (path.at(-1) === 'ticketId' ? uuid('Acme', 'ticket', 4) : id), ref)]
      : []
  return Object.entries(victim.ids).flatMap((one) => [fillingWith(() => one[1], ref), ...beside(one)])
}
const of = (kind: Route['kind']): Route[] => routes.filter((route) => route.kind === kind)
async function strike(kinds: Route[], token: string | null): Promise<{ statuses: number[]; leaked: string[] }> {
  const statuses: number[] = []
  const leaked: string[] = []
  for (const victim of victims)
    for (const filling of fillings(victim))
      for (const route of kinds)
        for (const attempt of attemptsOn(route, filling, victim.tenant)) {
          const { status, text } = await send(cloud.url, attempt, token)
          statuses.push(status)
          leaked.push(...leaks(attempt, text, victim))
        }
  return { statuses, leaked }
}

test('every route of the document belongs to one kind of token, and few to none', () => {
  expect(of('tenant').length).toBeGreaterThanOrEqual(7)
  expect(of('organisation').length).toBeGreaterThanOrEqual(5)
  expect(
    of('open')
      .map(({ method, path }) => `${method} ${path}`)
      .sort(),
  ).toEqual(['GET /healthz', 'POST /v1/session', 'POST /v1/session/refresh'])
})

describe("with one client's token", () => {
  test('every kind of edit: what needs something of theirs is refused, since it is not there', async () => {
    const [zephyr] = victims as [Victim]
    const mutations = of('tenant').filter(({ path }) => path === '/v1/mutations')
    const outcomes = new Map<string, Set<string>>()
    for (const id of Object.values(zephyr.ids))
      for (const attempt of mutations.flatMap((route) =>
        attemptsOn(
          route,
          fillingWith(() => id, ref),
          zephyr.tenant,
        ),
      )) {
        const [mutation] = (JSON.parse(String(attempt.body)) as { mutations: { body: { kind: string } }[] }).mutations
        const kind = mutation?.body.kind ?? ''
        // What makes something new is another's id in an own place.
        const makes = /create|split|add/.test(kind)
        outcomes.set(kind, outcomes.get(kind) ?? new Set())
        if (makes) continue
        const { text } = await send(cloud.url, attempt, acme)
        const { results } = JSON.parse(text) as MutationReply
        outcomes.get(kind)?.add(`${results[0]?.outcome}`)
      }
    expect(outcomes.size).toBeGreaterThanOrEqual(15)
    for (const [kind, seen] of outcomes) if (seen.size > 0) expect([kind, [...seen]]).toEqual([kind, ['rejected']])
    await unchanged()
  })

  test("every route of a client, with another's identifiers everywhere: not a byte of theirs comes, nothing of theirs changes", async () => {
    const { statuses, leaked } = await strike(of('tenant'), acme)
    expect(leaked).toEqual([])
    expect(statuses.filter((status) => status >= 500)).toEqual([])
    // Most are well formed: it is not their form that stops them.
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThan(statuses.length / 2)
    expect(statuses.length).toBeGreaterThan(1000)
    await unchanged()
  })

  test("another's device is as if it had never sent anything: no stored answer, no sequence", async () => {
    for (const { ids, words } of victims) {
      const device = ids['device'] ?? ''
      const body = { kind: 'ticket.unmerge', ticketId: randomUUID() } as const
      const reply = await pushed(cloud.url, acme, device, 1, [body])
      expect(words.filter((word) => JSON.stringify(reply).includes(word))).toEqual([])
      const { closing } = await readFeed(cloud.url, acme, 0, device)
      expect(closing.lastSequence).toBe(1)
      await expect(pushed(cloud.url, acme, device, 3, [body])).rejects.toThrow('409')
    }
    await unchanged()
  })

  test('no route of the organisation opens', async () => {
    const { statuses, leaked } = await strike(of('organisation'), acme)
    expect(leaked).toEqual([])
    expect(new Set(statuses)).toEqual(new Set([401]))
  })
})

test("an organisation's token opens no route of a client, nor does none, nor one that was tampered with", async () => {
  const [zephyr] = victims as [Victim]
  for (const token of [alpha, beta, null, ...(await forgedTokens(cloud, zephyr.tenant))]) {
    const attempts = of('tenant').flatMap((route) =>
      attemptsOn(route, fillings(zephyr)[0] as Filling, zephyr.tenant).slice(0, 3),
    )
    const answers = await Promise.all(attempts.map((attempt) => send(cloud.url, attempt, token)))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]))
  }
  await unchanged()
})

test("an organisation's token mints no token of another's client, and tells nothing of it: lists, events, long poll", async () => {
  const [, borealis] = victims as [Victim, Victim]
  const theirs = (await (await ask(cloud.url, '/v1/organisation/versions?wait=0', { token: beta })).json()) as {
    next: string
  }
  const filling = { ...fillingWith(() => borealis.tenant, ref), text: () => theirs.next }
  for (const route of of('organisation').filter(({ method }) => method !== 'DELETE'))
    for (const attempt of attemptsOn(route, filling, borealis.tenant).slice(0, 1)) {
      const { status, text } = await send(cloud.url, attempt, alpha)
      expect(leaks({ ...attempt, path: '', headers: {} }, text, borealis)).toEqual([])
      if (route.path.endsWith('/token')) expect(status).toBe(403)
    }
  await unchanged()
})
