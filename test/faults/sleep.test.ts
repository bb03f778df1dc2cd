import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { deskChanges, idOf, ticketOf } from '../compartment/desk.ts'
import { Driven, temporaryFolder } from '../compartment/driver.ts'
import { ScriptedCloud } from '../compartment/scripted-cloud.ts'
import { pushed, withCloud, type TestCloud } from '../support/cloud.ts'
import { sampleClient, sampleOrganisation, uuid } from '../support/sample.ts'
import { cases, ran, SOAK } from './cases.ts'
import { FaultProxy } from './proxy.ts'

const ACME = uuid('tenant', 'Acme')
const TICKET = uuid('Acme', 'ticket', 1)
/** Milliseconds: two missed heartbeats, or the silence that a request is given, with time to ask anew. */
const BOUND = 60_000
let cloud: TestCloud
let proxy: FaultProxy
let token: string
let console: ChildProcess
const shown: string[] = []
const place = temporaryFolder()
let site = 'Harbour'

beforeAll(async () => {
  const data = sampleOrganisation('Alpha', [sampleClient('Acme', 5)])
  cloud = await withCloud([data])
  token = await cloud.tenantToken()
  proxy = await FaultProxy.start(cloud.url, 1, { rate: 0 })
  const script = fileURLToPath(new URL('console-host.ts', import.meta.url))
  const [who] = data.technicians
  const args = [place.folder, proxy.url, who?.email ?? '', who?.password ?? '', ACME, TICKET]
  console = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  createInterface({ input: console.stdout! }).on('line', (line) => shown.push(line))
  await shows()
})
afterEach(() => console.kill('SIGCONT'))
afterAll(async () => {
  const gone = once(console, 'exit')
  console.kill('SIGKILL')
  await gone
  await proxy.close()
  await cloud.close()
  place.remove()
})

const shows = (timeout?: number): Promise<void> => vi.waitFor(() => expect(shown.at(-1)).toBe(`site ${site}`), timeout)

/** Another technician moves the ticket on. */
async function change(to: string): Promise<void> {
  const [base, patch] = [{ customFields: { site } }, { customFields: { site: to } }]
  const body = { kind: 'ticket.update' as const, ticketId: TICKET, base, patch }
  const { results } = await pushed(cloud.url, token, crypto.randomUUID(), 1, [body])
  expect(results).toMatchObject([{ outcome: 'applied' }])
  site = to
}

test('a console that was asleep while its client moved shows that when it wakes', async () => {
  const rounds = cases(2, 6)
  for (let round = 1; round <= rounds; round++) {
    await change(`awake ${round}`)
    await shows()
    console.kill('SIGSTOP')
    await change(`asleep ${round}`)
    await wait(500 * round)
    console.kill('SIGCONT')
    await shows()
  }
  ran('sleeps of a console', rounds)
})

// Of the soak only: they take as long as the patience of the real thing.
if (SOAK) {
  test(
    'a console whose stream died in its sleep, or while it is awake, without a word shows what moved within the bound',
    async () => {
      for (const asleep of [true, false]) {
        await change(`before ${asleep}`)
        await shows()
        if (asleep) console.kill('SIGSTOP')
        proxy.silence()
        await change(`meanwhile ${asleep}`)
        if (asleep) await wait(35_000)
        console.kill('SIGCONT')
        await shows(BOUND)
      }
      ran('streams that fell silent for their whole patience', 2)
    },
    10 * 60_000,
  )

  test(
    'a request that is taken and never answered is given up after its patience, and made again',
    async () => {
      const scripted = await ScriptedCloud.start(deskChanges(20))
      const files = temporaryFolder()
      const driven = await Driven.open({ folder: files.folder, cloudUrl: scripted.url, online: false })
      try {
        await driven.sync()
        const held = new Set<string>()
        scripted.intercept = (request, _, { pathname }) => {
          if (held.has(pathname)) return false
          held.add(pathname)
          request.resume()
          return true
        }
        scripted.add('ticket', idOf('ticket 7'), { ...ticketOf(7), subject: 'It moved' })
        driven.post({ op: 'poke', version: scripted.head })
        await driven.edit(idOf('ticket 8'), { subject: 'Mine' })
        await vi.waitFor(() => expect(held.size).toBe(2))
        await vi.waitFor(async () => {
          expect((await driven.ticket(idOf('ticket 7'))).ticket.subject).toBe('It moved')
          expect(await driven.state()).toMatchObject({ pending: 0, problem: null })
        }, BOUND)
        expect(scripted.received).toHaveLength(1)
        ran('requests half-open for their whole patience', 2)
      } finally {
        await driven.close()
        await scripted.stop()
        files.remove()
      }
    },
    10 * 60_000,
  )
}
