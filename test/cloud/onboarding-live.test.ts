import { writeFileSync } from 'node:fs'
import { crc32, deflateSync, inflateSync } from 'node:zlib'
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

const live = async (name: string, note?: string, logo?: string) => {
  const identity = { name, country: 'DE', ...(logo && { logo }) }
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
/** What is drawn on a page, in the words of PDF. */
function drawnOn(file: Buffer): string {
  const text = file.toString('latin1')
  const streams = [...text.matchAll(/stream\r?\n/g)].flatMap(({ index, 0: mark }) => {
    const from = index + mark.length
    try {
      return [inflateSync(file.subarray(from, text.indexOf('endstream', from))).toString('latin1')]
    } catch {
      return []
    }
  })
  return streams.find((stream) => stream.includes(' Tm')) ?? ''
}
/** Each piece of text of a page, by where it begins, in points from the left. */
const placesOf = (file: Buffer) => [...drawnOn(file).matchAll(/1 0 0 1 ([\d.]+) [\d.]+ Tm/g)].map(([, x]) => Number(x))
/** The lines across a page, in points from the top. */
const rulesOf = (file: Buffer) => [...drawnOn(file).matchAll(/^[\d.]+ ([\d.]+) l$/gm)].map(([, y]) => Number(y))
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

const CORNERS = Buffer.concat([
  Buffer.from([0, 200, 0, 0, 255, 0, 0, 0, 0]),
  Buffer.from([0, 0, 0, 0, 0, 0, 0, 200, 255]),
])
/** A PNG of two by two pixels with an alpha channel, whose chunks are changed before they are put together. */
function logoOf(change: (chunks: [name: string, data: Buffer, size?: number][]) => void = () => undefined): string {
  const header = Buffer.from([0, 0, 0, 2, 0, 0, 0, 2, 8, 6, 0, 0, 0])
  const chunks: [string, Buffer, number?][] = [
    ['IHDR', header],
    ['IDAT', deflateSync(CORNERS)],
    ['IEND', Buffer.alloc(0)],
  ]
  change(chunks)
  const parts = chunks.map(([name, data, size = data.length]) => {
    const whole = Buffer.concat([Buffer.alloc(4), Buffer.from(name), data, Buffer.alloc(4)])
    whole.writeInt32BE(size, 0)
    whole.writeUInt32BE(crc32(whole.subarray(4, -4)), whole.length - 4)
    return whole
  })
  return `data:image/png;base64,${Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), ...parts]).toString('base64')}`
}

test('the page has the logo of the client; one that is broken or lies is left out, and nothing runs over the end', async () => {
  const { id, tenantId } = await live('Pictured', 'Signed by all of them. '.repeat(40), logoOf())
  const hasLogo = async () => {
    const file = await pdf(id)
    expect(pages(file)).toBe(1)
    expect(drawnOn(file).includes(' Do')).toBe(file.includes('/Subtype /Image'))
    return file.includes('/Subtype /Image')
  }
  const give = (logo: string) => robin.send(paths.tenantLogo(tenantId), { logo })
  expect(await hasLogo()).toBe(true)
  if (process.env['KEEP_PDF']) writeFileSync(`${process.env['KEEP_PDF']}/logo.pdf`, await pdf(id))
  const lies: Parameters<typeof logoOf>[0][] = [
    (chunks) => chunks.pop() && chunks.pop(),
    (chunks) => (chunks[1] = ['IDAT', Buffer.from('no stream at all')]),
    (chunks) => (chunks[1] = ['IDAT', deflateSync(Buffer.alloc(5_000_000))]),
    (chunks) => (chunks[1] = ['IDAT', deflateSync(Buffer.alloc(18, 9))]),
    (chunks) => (chunks[1] = ['IDAT', deflateSync(CORNERS), 0x7fffffff]),
    // Whoever skips it goes back to where it begins.
    (chunks) => chunks.splice(1, 0, ['skip', Buffer.alloc(0), -12]),
    (chunks) => (chunks[0] = ['IHDR', Buffer.from([0, 0, 0, 2, 0, 0, 0, 2, 8, 3, 0, 0, 0])]),
    (chunks) => chunks.splice(1, 0, ['IHDR', Buffer.alloc(13, 255)]),
  ]
  for (const lie of lies) {
    expect((await give(logoOf(lie))).status).toBe(200)
    expect(await hasLogo()).toBe(false)
  }
  await give(logoOf((chunks) => chunks.splice(1, 0, ['acTL', Buffer.alloc(1)])))
  expect(await hasLogo()).toBe(true)

  // More than fits: what is left out is told, and no line is drawn below the last words.
  await cloud.owner`
    update configuration set data = jsonb_set(jsonb_set(data::jsonb, '{sla,calendars}',
      (select jsonb_agg(c || jsonb_build_object('label', repeat('W', 60))) from jsonb_path_query(data::jsonb, '$.sla.calendars[0]') c, generate_series(1, 3))),
      '{sla,targets}', (select jsonb_agg(t) from jsonb_path_query(data::jsonb, '$.sla.targets[0]') t, generate_series(1, 8)))::json
    where tenant_id = ${tenantId}`
  await cloud.owner`
    update tenant_technician set data = jsonb_set(data::jsonb, '{name}', to_jsonb(repeat('Robin ', 80)))::json where tenant_id = ${tenantId}`
  await cloud.owner`update tenant set name = repeat('W', 200) where id = ${tenantId}`
  const full = await pdf(id)
  if (process.env['KEEP_PDF']) writeFileSync(`${process.env['KEEP_PDF']}/full.pdf`, full)
  expect(pages(full)).toBe(1)
  expect(Math.max(...rulesOf(full))).toBeGreaterThan(600)
  expect(Math.max(...rulesOf(full))).toBeLessThan(762)
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
