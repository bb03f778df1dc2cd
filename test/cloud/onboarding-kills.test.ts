import { spawn, type ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { connect, type Sql } from '../../src-cloud/database/connect.ts'
import { loadOrganisation } from '../../src-cloud/load.ts'
import { SOAK } from '../faults/cases.ts'
import { steps, type StepKey } from '../../src-shared/onboarding/answers.ts'
import { paths } from '../../src-shared/protocol/api.ts'
import { ask, signIn } from '../support/cloud.ts'
import { cloudDatabase } from '../support/cloud-database.ts'
import { sampleClient, sampleOrganisation } from '../support/sample.ts'
import { OnboardingDesk } from './onboarding-desk.ts'

const SCRIPT = fileURLToPath(new URL('../../scripts/cloud.mjs', import.meta.url))
/** The steps that write something of the client; connecting writes nothing but that it is done. */
type Writing = Exclude<StepKey, 'connect'>
const writing = steps.filter((step): step is Writing => step !== 'connect')
/** A table that each step writes: held by another, the step stands still in the middle of its work. */
const writes: Record<Writing, string> = {
  identity: 'tenant_feed',
  start: 'configuration_revision',
  hours: 'configuration_revision',
  service: 'configuration_revision',
  inheritance: 'configuration_revision',
  people: 'tenant_technician',
  verify: 'ticket',
  live: 'tenant',
}

let database: Awaited<ReturnType<typeof cloudDatabase>>
let owner: Sql
let running: { child: ChildProcess; url: string } | null = null
beforeAll(async () => {
  database = await cloudDatabase()
  owner = connect(database.address, 4)
  const { url } = await startCloud()
  await loadOrganisation(owner, sampleOrganisation('Alpha', [sampleClient('Acme', 3)]))
  expect((await ask(url, paths.health)).status).toBe(200)
})
afterAll(async () => {
  await kill()
  await owner.end()
  await database.drop()
})

async function startCloud(): Promise<{ child: ChildProcess; url: string }> {
  const { host, port, database: name, username, password } = database.address
  const address = new URL(`postgres://localhost:${port}/${name}`)
  Object.assign(address, { username, password })
  address.searchParams.set('host', host)
  const child = spawn(process.execPath, [SCRIPT, '--port=0'], {
    env: { ...process.env, DATABASE_URL: address.href },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const url = await new Promise<string>((resolve, reject) => {
    let out = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text
      const [, found] = /cloud ready: (\S+)/.exec(out) ?? []
      if (found) resolve(found)
    })
    child.once('close', (code) => reject(new Error(`the cloud ended with ${code}`)))
  })
  return (running = { child, url })
}
async function kill(): Promise<void> {
  if (!running) return
  const ended = once(running.child, 'close')
  running.child.kill('SIGKILL')
  await ended
  running = null
}
async function desk(): Promise<OnboardingDesk> {
  const url = running?.url ?? ''
  const { accessToken } = await signIn(url, { email: 'robin@alpha.example', password: 'secret of Alpha' })
  return new OnboardingDesk(url, accessToken)
}
/** Keeps others from writing to a table until told. */
async function hold(table: string): Promise<() => Promise<void>> {
  let release: () => void = () => undefined
  const released = new Promise<void>((resolve) => (release = resolve))
  let begun: () => void = () => undefined
  const held = new Promise<void>((resolve) => (begun = resolve))
  const transaction = owner.begin(async (tx) => {
    await tx`lock table ${tx(table)} in exclusive mode`
    begun()
    await released
  })
  await held
  return async () => {
    release()
    await transaction
  }
}
/** Whether somebody waits for a lock. */
const waits = async () => {
  const [row] = await owner<{ n: number }[]>`
    select count(*) as n from pg_stat_activity where datname = current_database() and usename = 'bulkhead_api' and wait_event_type = 'Lock'`
  return (row?.n ?? 0) > 0
}
const answers = (name: string): Record<Writing, unknown> => ({
  identity: { name, timeZone: 'Europe/Berlin', domains: [`${name.toLowerCase()}.example`] },
  start: { from: 'template', template: 'retail' },
  hours: { onCall: { technicians: ['robin@alpha.example'], from: '2026-01-05' } },
  service: { atRiskPercent: 60 },
  inheritance: { set: { keepDays: 90 } },
  people: { people: [{ technician: 'robin@alpha.example', may: ['see', 'act', 'reveal'] }] },
  verify: {},
  live: {},
})

describe('a cloud that is killed in the middle of a step goes on with it when it is back, to the same state', () => {
  const outcome = async (tenantId: string) => {
    const rows = (table: string) =>
      owner<{ n: number }[]>`select count(*) as n from ${owner(table)} where tenant_id = ${tenantId}`
    const tables = ['configuration', 'tenant_technician', 'tenant_feed', 'ticket_number']
    const [counts, [configuration], revisions] = [
      await Promise.all(tables.map(async (table) => (await rows(table))[0]?.n)),
      await owner<{ data: object }[]>`select data from configuration where tenant_id = ${tenantId}`,
      await owner<
        { settings: object }[]
      >`select settings from configuration_revision where tenant_id = ${tenantId} order by revision`,
    ]
    return { counts, configuration: configuration?.data, revisions: revisions.map(({ settings }) => settings) }
  }
  let expected: Awaited<ReturnType<typeof outcome>>
  beforeAll(async () => {
    const { tenantId } = await through('Undisturbed', null)
    expected = await outcome(tenantId)
  })

  async function through(name: string, killed: StepKey | null) {
    const id = randomUUID()
    await (await desk()).start({ id, answers: {} })
    for (const step of writing) {
      const release = step === killed ? await hold(writes[step]) : null
      await (await desk()).answer(id, step, answers(name)[step])
      if (release) {
        await vi.waitFor(async () => expect(await waits()).toBe(true))
        await kill()
        await release()
        await startCloud()
      }
      await (await desk()).until(id, step, 'done')
    }
    return (await desk()).untilEnd(id)
  }

  // Every other step in the test run, each in the soak.
  test.each(writing.filter((_, at) => SOAK || at % 2 === 0))('%s', async (step) => {
    const view = await through(`Killed-${step}`, step)
    expect(view.steps[step].attempts).toBeGreaterThan(1)
    expect(await outcome(view.tenantId)).toEqual(expected)
    const [row] = await owner<
      { n: number }[]
    >`select count(*) as n from ticket where tenant_id = ${view.tenantId} and not deleted`
    expect(row?.n).toBe(0)
  })

  test('a cancel too', async () => {
    const cloud = await desk()
    const { id } = await cloud.start({ answers: { identity: answers('Halfway')['identity'] as never } })
    const { tenantId } = await cloud.until(id, 'identity', 'done')
    const release = await hold('tenant_feed')
    await cloud.cancel(id)
    await vi.waitFor(async () => {
      const [row] = await owner<{ n: number }[]>`
        select count(*) as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
      expect(row?.n).toBeGreaterThan(0)
    })
    await kill()
    await release()
    await startCloud()
    await (await desk()).untilEnd(id, 'cancelled')
    expect(await owner`select from tenant where id = ${tenantId}`).toHaveLength(0)
  })
})
