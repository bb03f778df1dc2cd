import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { startCloud, type Cloud } from '../../src-cloud/start.ts'
import { paths } from '../../src-shared/protocol/api.ts'
import type { MutationBody } from '../../src-shared/protocol/mutation.ts'
import { ask, enter, pushed, readFeed, sampleData, signIn, withCloud, type TestCloud } from '../support/cloud.ts'
import { uuid } from '../support/sample.ts'
import { followEvents } from './events.ts'

const ACME = uuid('tenant', 'Acme')
const ZEPHYR = uuid('tenant', 'Zephyr')
const ROBIN = uuid('technician', 'Alpha')
const SAM = { id: uuid('technician', 'Sam'), name: 'Sam of Alpha', email: 'sam@alpha.example', password: 'secret' }
/** Seconds that the other cloud believes what it is told of presence. */
const SHORT = 2
let one: TestCloud
let other: Cloud
let token: string
beforeAll(async () => {
  const data = sampleData()
  data[0]?.technicians.push(SAM)
  one = await withCloud(data)
  other = await startCloud({ database: one.address, presenceSeconds: SHORT })
  token = await one.tenantToken()
})
afterAll(async () => {
  await other.close()
  await one.close()
})

const notes = (client: string, count: number): MutationBody[] =>
  Array.from({ length: count }, (_, i) => ({
    kind: 'entry.create',
    ticketId: uuid('Acme', 'ticket', 1 + (i % 5)),
    entryId: uuid(client, i),
    entryKind: 'note',
    body: `${i}`,
  }))

describe('two clouds on one database', () => {
  test('accept each other’s tokens and tell the same feed', async () => {
    await pushed(other.url, token, randomUUID(), 1, notes(randomUUID(), 3))
    const client = randomUUID()
    const [a, b] = [await readFeed(one.url, token, 0, client), await readFeed(other.url, token, 0, client)]
    expect(b).toEqual(a)
    const { accessToken } = await one.signIn()
    const lists = await Promise.all(
      [one.url, other.url].map(async (url) => (await ask(url, paths.tenants, { token: accessToken })).json()),
    )
    expect(lists[1]).toEqual(lists[0])
  })

  test('tell what was pushed through the one in the event stream and the long poll of the other', async () => {
    const { accessToken } = await one.signIn()
    const stream = await followEvents(other.url, accessToken)
    const first = (await (await ask(one.url, `${paths.versions}?wait=0`, { token: accessToken })).json()) as {
      next: string
    }
    const polling = ask(other.url, `${paths.versions}?since=${first.next}`, { token: accessToken })
    const { results } = await pushed(one.url, token, randomUUID(), 1, notes(randomUUID(), 1))
    const { version } = results[0] as { version: number }
    await vi.waitFor(() => expect(stream.versions).toContainEqual({ tenant: ACME, version }), { timeout: 10_000 })
    expect(await (await polling).json()).toMatchObject({ versions: [{ tenant: ACME, version }] })
    await stream.stop()
  })

  test('apply a batch once that is sent to both at once, and answer it the same', async () => {
    for (let round = 0; round < 10; round++) {
      const client = randomUUID()
      const before = (await readFeed(one.url, token)).closing.cursor
      const answers = await Promise.all(
        [one.url, other.url, one.url, other.url].map((url) => pushed(url, token, client, 1, notes(client, 20))),
      )
      for (const answer of answers) expect(answer).toEqual(answers[0])
      expect(answers[0]?.lastSequence).toBe(20)
      const { changes, closing } = await readFeed(other.url, token, before, client)
      expect(changes.filter(({ kind }) => kind === 'entry')).toHaveLength(20)
      // Twenty entries and five tickets, each written once.
      expect(closing).toMatchObject({ cursor: before + 25, lastSequence: 20 })
    }
  })

  test('merge edits that two clients race through both: none is lost, none twice', async () => {
    const clients = Array.from({ length: 6 }, () => randomUUID())
    await Promise.all(
      clients.map(async (client, place) => {
        for (let sequence = 1; sequence <= 20; sequence += 5)
          await pushed(
            [one.url, other.url][(place + sequence) % 2] ?? '',
            token,
            client,
            sequence,
            notes(client, 20).slice(sequence - 1, sequence + 4),
          )
      }),
    )
    const wanted = clients.flatMap((client) => Array.from({ length: 20 }, (_, i) => uuid(client, i)))
    const { changes } = await readFeed(one.url, token)
    expect(new Set(changes.map(({ id }) => id))).toEqual(new Set([...changes.map(({ id }) => id), ...wanted]))
    expect(new Set(changes.map(({ version }) => version)).size).toBe(changes.length)
  })
})

describe('presence', () => {
  const SOON = { timeout: 10_000 }
  const ticket = (client: string, number: number): string => uuid(client, 'ticket', number)
  /** One console of a technician, which reads events from one cloud. */
  const consoleOf = async (of: { email: string; password: string }, url: string) => {
    const id = randomUUID()
    const { accessToken } = await signIn(url, of)
    const tokens = new Map<string, string>()
    for (const tenant of [ACME, ZEPHYR]) tokens.set(tenant, await enter(url, accessToken, tenant))
    const stream = await followEvents(url, accessToken, id)
    return {
      ...stream,
      last: () => stream.presence.at(-1),
      /** Its stream breaks, and it gets another of this cloud. */
      reconnect: (to: string) => followEvents(to, accessToken, id),
      say: (to: string, tenant: string, tickets: [ticket: string, doing: string][] | null, fresh = true) =>
        ask(to, paths.presence, {
          token: tokens.get(tenant) ?? '',
          body: {
            ...{ console: id, fresh },
            tickets: tickets && tickets.map(([of_, doing]) => ({ ticket: of_, doing })),
          },
        }),
    }
  }
  const many = (count: number) => Array.from({ length: count }, () => ({ ticket: ACME, doing: 'view' }))
  const robin = (url: string) => consoleOf(one.data[0]!.technicians[0]!, url)

  test('is told by each cloud whichever was told, only to who shows the client, and ends by itself or at once', async () => {
    const before = (await readFeed(one.url, token)).closing.cursor
    const [a, b, elsewhere] = [await robin(one.url), await consoleOf(SAM, other.url), await robin(one.url)]
    expect(await (await a.say(one.url, ACME, [])).json()).toEqual({ seconds: 60 })
    await vi.waitFor(() => expect(a.presence).toEqual([{ tenant: ACME, present: [] }]), SOON)
    await elsewhere.say(one.url, ZEPHYR, [])

    // Told to the one that believes it for a moment only; of another client's ticket nothing is said.
    await b.say(other.url, ACME, [
      [ticket('Acme', 1), 'reply'],
      [ticket('Zephyr', 1), 'view'],
    ])
    const sam = { ticket: ticket('Acme', 1), technician: SAM.id, doing: 'reply' }
    await vi.waitFor(() => expect(a.last()).toEqual({ tenant: ACME, present: [sam] }), SOON)
    await a.say(other.url, ACME, [[ticket('Acme', 1), 'view']], false)
    const looking = { ticket: ticket('Acme', 1), technician: ROBIN, doing: 'view' }
    await vi.waitFor(() => expect(b.last()).toEqual({ tenant: ACME, present: [looking] }), SOON)
    await vi.waitFor(() => expect(a.presence).toHaveLength(3), SOON)
    expect(a.last()).toEqual({ tenant: ACME, present: [] })

    // What did not change is not told again, unless it is asked for.
    await b.say(one.url, ACME, [[ticket('Acme', 2), 'note']])
    await a.say(one.url, ACME, [[ticket('Acme', 1), 'note']])
    await vi.waitFor(() => expect(a.last()?.present).toMatchObject([{ doing: 'note' }]), SOON)
    // A stream that begins tells it.
    const back = await a.reconnect(other.url)
    await vi.waitFor(() => expect(back.presence).toEqual([a.last()]), SOON)
    await back.stop()
    // A cloud that begins now is told by those that were there.
    const third = await startCloud({ database: one.address })
    const late = await consoleOf(SAM, third.url)
    await late.say(third.url, ACME, [])
    await vi.waitFor(() => expect(late.last()?.present).toEqual([{ ...looking, doing: 'note' }]), SOON)
    await b.say(one.url, ACME, null)
    await vi.waitFor(() => expect(a.last()?.present).toEqual([]), SOON)
    // A newer cloud beside them says what they do not know, and what they know otherwise.
    const newer = {
      cloud: randomUUID(),
      tenant: ACME,
      technician: SAM.id,
      console: randomUUID(),
      fresh: false,
      seconds: 9,
    }
    for (const said of [{ moving: true }, { ...newer, tickets: [{ ticket: ticket('Acme', 3), doing: 'draw' }] }])
      await one.owner`select pg_notify('bulkhead_presence', ${JSON.stringify(said)})`
    await vi.waitFor(
      () => expect(a.last()?.present).toEqual([{ ticket: ticket('Acme', 3), technician: SAM.id, doing: 'view' }]),
      SOON,
    )

    expect(elsewhere.presence).toEqual([{ tenant: ZEPHYR, present: [] }])
    expect((await readFeed(one.url, token)).closing.cursor).toBe(before)
    for (const stream of [a, b, elsewhere, late]) await stream.stop()
    await third.close()
  }, 40_000)

  test('is neither told to nor taken from a technician who does not work for the client', async () => {
    const [a, b] = [await robin(one.url), await consoleOf(SAM, one.url)]
    await a.say(one.url, ZEPHYR, [])
    await vi.waitFor(() => expect(a.presence).toHaveLength(1), SOON)
    const works = (yes: boolean) => one.owner`
      update tenant_technician set deleted = ${!yes} where tenant_id = ${ZEPHYR} and id = ${ROBIN}`
    await works(false)
    // Tokens that are out show nothing: neither the one of the client nor the one of the stream.
    const refused = await a.say(one.url, ZEPHYR, [[ticket('Zephyr', 1), 'view']])
    expect([refused.status, await refused.json()]).toMatchObject([403, { error: { code: 'not-allowed' } }])
    let rounds = 0
    /** How often one is told of what the other does, by the time that it is told of what came after. */
    const told = async (): Promise<number> => {
      const [had, known] = [b.presence.length, a.presence.length]
      await b.say(one.url, ZEPHYR, [[ticket('Zephyr', 1), rounds++ % 2 === 0 ? 'reply' : 'note']])
      await vi.waitFor(() => expect(b.presence).toHaveLength(had + 1), SOON)
      const { results } = await pushed(one.url, token, randomUUID(), 1, notes(randomUUID(), 1))
      const { version } = results[0] as { version: number }
      await vi.waitFor(() => expect(a.versions).toContainEqual({ tenant: ACME, version }), SOON)
      return a.presence.length - known
    }
    await vi.waitFor(async () => expect(await told()).toBe(0), SOON)
    // And stays so.
    for (let again = 0; again < 3; again++) expect(await told()).toBe(0)
    await works(true)
    for (const stream of [a, b]) await stream.stop()
  }, 40_000)

  test.each<[string, number, object, RegExp]>([
    ['a giant text', 413, { console: 'x'.repeat(1_000_000), tickets: [] }, /larger than the 4 KiB/],
    ['a name that is none', 400, { console: 'x'.repeat(1000), tickets: [] }, /console/],
    ['a thousand entries', 413, { tickets: many(1000) }, /larger than/],
    ['more tickets than a window shows', 400, { tickets: many(9) }, /tickets/],
    ['words for what is done', 400, { tickets: [{ ticket: ACME, doing: '<b>dancing</b>' }] }, /doing/],
  ])('refuses %s with a sentence', async (_, status, body, sentence) => {
    const answer = await ask(one.url, paths.presence, { token, body: { console: randomUUID(), ...body } })
    expect(answer.status).toBe(status)
    expect(((await answer.json()) as { error: { message: string } }).error.message).toMatch(sentence)
  })
})

test('who says too often that they are there is asked for patience', async () => {
  const body = { console: randomUUID(), tickets: [] }
  const answers = await Promise.all(Array.from({ length: 260 }, () => ask(one.url, paths.presence, { token, body })))
  const refused = answers.filter(({ status }) => status !== 200)
  expect(refused.length).toBeGreaterThanOrEqual(20)
  expect(refused.length).toBeLessThan(60)
  for (const { status, headers } of refused)
    expect([status, Number(headers.get('retry-after')) > 0]).toEqual([503, true])
})

describe('the epoch', () => {
  test('stays over a restart, and is a new one on every cloud after a restore', async () => {
    const before = (await readFeed(one.url, token)).opening.epoch
    await (await startCloud({ database: one.address })).close()
    expect((await readFeed(one.url, token)).opening.epoch).toBe(before)
    await (await startCloud({ database: one.address, restored: true })).close()
    const [a, b] = [await readFeed(one.url, token), await readFeed(other.url, token)]
    expect(a.opening.epoch).not.toBe(before)
    expect(b.opening.epoch).toBe(a.opening.epoch)
  })
})
