import { writeFileSync } from 'node:fs'
import { inflateSync } from 'node:zlib'
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { paths } from '../../src-shared/protocol/api.ts'
import { FirstWeek } from '../../src-shared/protocol/onboarding.ts'
import { ask, enter, pushed, type TestCloud } from '../support/cloud.ts'
import { onboardingWorld, refusal, type OnboardingDesk } from './onboarding-desk.ts'
import { newTicket } from './workbench.ts'

let cloud: TestCloud
let robin: OnboardingDesk
beforeAll(async () => {
  ;({ cloud, robin } = await onboardingWorld())
})
afterAll(() => cloud.close())

const live = async (name: string, note?: string) => {
  const identity = { name, country: 'DE' }
  const start = { from: 'template' as const, template: 'law-firm' }
  const { id } = await robin.start({ file: { onboarding: 1, identity, start, ...(note && { live: { note } }) } })
  return robin.untilEnd(id)
}
const get = (path: string) => ask(cloud.url, path, { token: robin.token })
async function pdf(id: string): Promise<Buffer> {
  const response = await get(paths.onboardingSummary(id))
  if (!response.ok) throw new Error(await response.text())
  expect(response.headers.get('content-type')).toBe('application/pdf')
  return Buffer.from(await response.arrayBuffer())
}
/** Each piece of text of a page, by where it begins, in points from the left. */
function placesOf(file: Buffer): number[] {
  const text = file.toString('latin1')
  const streams = [...text.matchAll(/stream\r?\n/g)].flatMap(({ index, 0: mark }) => {
    const from = index + mark.length
    try {
      return [inflateSync(file.subarray(from, text.indexOf('endstream', from))).toString('latin1')]
    } catch {
      return []
    }
  })
  const drawn = streams.find((stream) => stream.includes(' Tm')) ?? ''
  return [...drawn.matchAll(/1 0 0 1 ([\d.]+) [\d.]+ Tm/g)].map(([, x]) => Number(x))
}
const pages = (file: Buffer) => file.toString('latin1').match(/\/Type \/Page\b/g)?.length

test('a client that is live gets one page, whatever it is called; before that it is told to wait', async () => {
  const open = await robin.start({ answers: {} })
  expect(await refusal(await get(paths.onboardingSummary(open.id)))).toMatchObject({
    status: 409,
    code: 'step-not-ready',
  })
  const usual = await pdf((await live('Harbour Legal', 'Signed by their office manager')).id)
  expect([usual.subarray(0, 5).toString(), pages(usual)]).toEqual(['%PDF-', 1])
  if (process.env['KEEP_PDF']) writeFileSync(`${process.env['KEEP_PDF']}/usual.pdf`, usual)
  // What is read from right to left begins at the right edge; what is read from left to right does not.
  const arabic = await pdf((await live('مكتب المحاماة (بيروت) 24 Harbour')).id)
  if (process.env['KEEP_PDF']) writeFileSync(`${process.env['KEEP_PDF']}/arabic.pdf`, arabic)
  expect(pages(arabic)).toBe(1)
  const titleOf = (file: Buffer) => placesOf(file).slice(1, placesOf(file).indexOf(50, 2))
  expect(placesOf(usual)[1]).toBe(50)
  expect(Math.max(...titleOf(arabic))).toBeGreaterThan(200)
  // The first word is the rightmost: as it is long, it begins far from the edge.
  const order = await pdf((await live(`${'مكتب'.repeat(8)} ب`)).id)
  expect(Math.max(...titleOf(order))).toBeLessThan(450)
  const long = await pdf((await live('W'.repeat(200))).id)
  if (process.env['KEEP_PDF']) writeFileSync(`${process.env['KEEP_PDF']}/long.pdf`, long)
  expect(pages(long)).toBe(1)
})

test('the first week tells what came, what was missed, what was not taken and what an import left', async () => {
  const { id, tenantId } = await live('Watched')
  const token = await enter(cloud.url, robin.token, tenantId)
  const week = async () => FirstWeek.parse(await (await get(paths.onboardingWeek(id))).json())
  expect(await week()).toMatchObject({
    day: 1,
    over: false,
    tickets: { opened: 0, open: 0, unanswered: 0 },
    breaches: { count: 0 },
  })
  const [status] = await cloud.owner<{ key: string }[]>`
    select data -> 'statuses' -> 0 ->> 'key' as key from configuration where tenant_id = ${tenantId}`
  const [priority] = await cloud.owner<{ key: string }[]>`
    select data -> 'priorities' -> 0 ->> 'key' as key from configuration where tenant_id = ${tenantId}`
  const ticket = { ...newTicket, status: status?.key ?? '', priority: priority?.key ?? '' }
  const { results } = await pushed(cloud.url, token, randomUUID(), 1, [
    { kind: 'ticket.create', ticketId: randomUUID(), ticket },
    { kind: 'ticket.create', ticketId: randomUUID(), ticket: { ...ticket, status: 'nowhere' } },
  ])
  expect(results.map(({ outcome }) => outcome)).toEqual(['applied', 'rejected'])
  await cloud.owner`
    insert into import_job (tenant_id, id, kind, name, format, size, state, by_id, by_name, progress)
    select ${tenantId}, gen_random_uuid(), 'tickets', 'old.csv', 'csv', 1, 'done', id, name, '{"badRows": 3}' from technician limit 1`
  // It went live four days and a half ago, and that ticket waits since then.
  await cloud.owner`update onboarding set ended_at = now() - interval '108 hours' where id = ${id}`
  const past = new Date(Date.now() - 4 * 86_400_000).toISOString()
  await cloud.owner`
    update ticket set data = (data::jsonb || jsonb_build_object('createdAt', ${past}::text, 'history', jsonb_build_object(
      'statuses', jsonb_build_array(jsonb_build_object('at', ${past}::text, 'status', data ->> 'status')),
      'respondedAt', null, 'unassignedSince', ${past}::text, 'reassigned', 0)))::json
    where tenant_id = ${tenantId} and not deleted`
  const now = await week()
  expect(now).toMatchObject({
    ...{
      day: 5,
      over: false,
      tickets: { opened: 1, open: 1, unanswered: 1 },
      failedEdits: { rejected: 1, conflicts: 0 },
    },
    importLeftovers: [{ name: 'old.csv', state: 'done', rows: 3 }],
  })
  expect(now.unverified.length).toBeGreaterThan(0)
  expect(now.checks).toBeGreaterThan(now.unverified.length)
  expect(now.breaches.first[0]).toMatchObject({ target: 'first-response' })
  expect(JSON.stringify(now)).not.toContain('New')
  await cloud.owner`update onboarding set ended_at = now() - interval '8 days' where id = ${id}`
  expect(await week()).toMatchObject({ day: 7, over: true })
})
