import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { startCloud, type Cloud } from '../../src-cloud/start.ts'
import { paths } from '../../src-shared/protocol/api.ts'
import type { MutationBody } from '../../src-shared/protocol/mutation.ts'
import { ask, pushed, readFeed, withCloud, type TestCloud } from '../support/cloud.ts'
import { uuid } from '../support/sample.ts'
import { followEvents } from './events.ts'

const ACME = uuid('tenant', 'Acme')
let one: TestCloud
let other: Cloud
let token: string
beforeAll(async () => {
  one = await withCloud()
  other = await startCloud({ database: one.address })
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
