import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { paths } from '../../src-shared/protocol/api.ts'
import { OnboardingList } from '../../src-shared/protocol/onboarding.ts'
import { TechnicianList, TenantList } from '../../src-shared/protocol/session.ts'
import { SettingsView } from '../../src-shared/protocol/settings.ts'
import { startCloud } from '../../src-cloud/start.ts'
import { ask, enter, push, readFeed, signIn, type TestCloud } from '../support/cloud.ts'
import { uuid } from '../support/sample.ts'
import { betaDesk, OnboardingDesk, onboardingWorld, refusal } from './onboarding-desk.ts'

const [ROBIN, SAM] = [uuid('technician', 'Alpha'), uuid('technician', 'Sam')]
let cloud: TestCloud
let robin: OnboardingDesk
let sam: OnboardingDesk
beforeAll(async () => {
  ;({ cloud, robin, sam } = await onboardingWorld())
})
afterAll(() => cloud.close())

const tenants = (desk: OnboardingDesk) => desk.tenants()
const settings = async (token: string) =>
  SettingsView.parse(await (await ask(cloud.url, paths.settings, { token })).json())
const file = (name: string, more: object = {}) => ({
  onboarding: 1 as const,
  identity: { name, country: 'DE', domains: [`${name.toLowerCase().replace(/[^a-z0-9]+/g, '-')}.example`] },
  ...more,
})
/** All rows of a tenant, in any table. */
const rowsOf = async (tenantId: string): Promise<number> => {
  const tables = await cloud.owner<{ name: string }[]>`
    select relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and a.attnum > 0
    where relkind = 'r' and relnamespace = 'public'::regnamespace and relname <> 'onboarding'`
  const counts = await Promise.all(
    tables.map(
      ({ name }) =>
        cloud.owner<
          { rows: number }[]
        >`select count(*) as rows from ${cloud.owner(name)} where tenant_id = ${tenantId}`,
    ),
  )
  return counts.reduce((sum, [row]) => sum + (row?.rows ?? 0), 0)
}

test('three answers are enough: a name, where it is, a template; all else is inherited, verified and live', async () => {
  const started = await robin.start({
    file: file('Harbour Legal', { start: { from: 'template', template: 'law-firm' } }),
  })
  const view = await robin.untilEnd(started.id)
  expect(Object.values(view.steps).map(({ state }) => state)).toEqual(Array(9).fill('done'))
  const checks = view.steps.verify.checks ?? []
  expect(checks.filter(({ where }) => !where).map(({ key, state }) => [key, state])).toEqual([
    ['settings', 'passed'],
    ['people', 'passed'],
    ['ticket', 'passed'],
    ['alert', 'passed'],
    ['clock', 'passed'],
    ['escalation', 'warning'],
    ['isolation', 'passed'],
  ])
  expect(checks[4]?.detail).toMatch(/^A P1 raised on /)
  const [listed] = (await tenants(robin)).filter(({ id }) => id === view.tenantId)
  expect(listed).toMatchObject({
    name: 'Harbour Legal',
    timeZone: 'Europe/Berlin',
    onboarding: false,
    domains: ['harbour-legal.example'],
  })
  const token = await enter(cloud.url, robin.token, view.tenantId)
  const { settings: resolved, template } = await settings(token)
  expect(template).toMatchObject({ name: 'Law firm' })
  expect(resolved.keepDays).toMatchObject({ value: 3650, origin: 'template' })
  expect(resolved.holidays).toMatchObject({ value: { country: 'DE' }, origin: 'client' })
  const feed = await readFeed(cloud.url, String(token))
  // The test ticket left nothing but what says that it is gone.
  expect(feed.changes.filter(({ kind, deleted }) => kind === 'ticket' && !deleted)).toEqual([])
  expect(feed.changes.find(({ kind }) => kind === 'configuration')?.data).toMatchObject({
    retention: { keepDays: 3650 },
  })
})

test('step by step: the client is there after the first, on its way in, and live after the last', async () => {
  const { id } = await robin.start({ answers: {} })
  expect(await robin.view(id)).toMatchObject({ next: 'identity', done: 0, of: 9 })
  await robin.answer(id, 'identity', { name: 'Step by Step', timeZone: 'America/Denver', domains: ['steps.example'] })
  const { tenantId } = await robin.until(id, 'identity', 'done')
  expect((await tenants(robin)).find((one) => one.id === tenantId)).toMatchObject({ onboarding: true })
  expect((await tenants(sam)).map((one) => one.id)).not.toContain(tenantId)
  await robin.answer(id, 'start', { from: 'empty' })
  await robin.answer(id, 'hours', {
    hours: '24x7',
    onCall: { technicians: ['sam@alpha.example', ROBIN], from: '2026-01-05' },
  })
  expect((await robin.until(id, 'hours', 'done')).steps.hours.notes[0]).toBe(
    'A P1 raised on Friday 16:55 is due Friday 17:25.',
  )
  const stray = { existingNames: { device: ['StepbyStep-LT001', 'old-laptop'] } }
  await robin.answer(id, 'service', stray)
  const { steps } = await robin.until(id, 'service', 'done')
  expect(steps.service.notes).toContain('Devices: StepbyStep-LT001')
  expect(steps.service.notes.at(-1)).toBe('Devices: old-laptop does not follow {client}-{LT|WS|SRV}{number:3}.')
  await robin.answer(id, 'inheritance', { set: { atRiskMinutes: 5 } })
  expect((await robin.until(id, 'inheritance', 'done')).steps.inheritance.notes[0]).toContain('atRiskMinutes')
  const live = await robin.send(paths.onboardingStep(id, 'live'), {
    revision: (await robin.view(id)).revision,
    answer: {},
  })
  expect(await refusal(live)).toMatchObject({ status: 409, message: 'Answer or skip these first: people, verify.' })
  await robin.answer(id, 'people', {
    people: [
      { technician: 'robin@alpha.example', may: ['see', 'act', 'reveal'] },
      { technician: SAM, may: ['see'] },
      { technician: 'kim@alpha.example', may: [] },
    ],
  })
  await robin.answer(id, 'verify')
  const verified = await robin.until(id, 'verify', 'done')
  expect(verified.steps.verify.checks?.find(({ key }) => key === 'escalation')).toMatchObject({ state: 'passed' })
  await robin.answer(id, 'live', { note: 'Signed by their office manager' })
  await robin.untilEnd(id)
  expect((await tenants(robin)).find((one) => one.id === tenantId)).toMatchObject({ onboarding: false })
  const over = await robin.send(paths.onboardingStep(id, 'hours'), {
    revision: (await robin.view(id)).revision,
    answer: {},
  })
  expect(await refusal(over)).toMatchObject({ status: 409, code: 'onboarding-over' })
})

test('an empty role sees nothing, who only sees cannot act, and the one who onboarded goes where they are not named', async () => {
  const people = {
    people: [
      { technician: 'sam@alpha.example', may: ['see', 'act'] },
      { technician: 'kim@alpha.example', may: [] },
    ],
  }
  const { id } = await robin.start({ file: file('Least Privilege', { people }) })
  const { tenantId } = await robin.untilEnd(id)
  await expect(enter(cloud.url, robin.token, tenantId)).rejects.toThrow('HTTP 403')
  expect((await tenants(robin)).map((one) => one.id)).not.toContain(tenantId)
  const token = await enter(cloud.url, sam.token, tenantId)
  await cloud.owner`update tenant_technician set may = '{see}' where tenant_id = ${tenantId} and id = ${SAM}`
  const ticket = { subject: 'Not by me', description: '', status: 'new', priority: 'p3' }
  const response = await push(cloud.url, token, randomUUID(), 1, [
    { kind: 'ticket.create', ticketId: randomUUID(), ticket } as never,
  ])
  expect(await response.json()).toMatchObject({ results: [{ outcome: 'rejected', code: 'read-only' }] })
})

describe('what a client begins with', () => {
  test('a clone has the configuration of the other in its own place, and neither contacts, tickets nor people', async () => {
    const { id } = await robin.start({
      file: {
        onboarding: 1,
        identity: { name: 'Like Acme', timeZone: 'Asia/Tokyo' },
        start: { from: 'client', client: 'Acme' },
      },
    })
    const { tenantId } = await robin.untilEnd(id)
    const token = await enter(cloud.url, robin.token, tenantId)
    const { settings: resolved, template } = await settings(token)
    expect(template).toMatchObject({ name: 'As Acme' })
    expect(resolved.statuses).toMatchObject({
      origin: 'template',
      value: [{ label: 'New' }, { label: 'In Progress' }, { label: 'Awaiting Vendor' }, { label: 'Done' }],
    })
    const kinds = (await readFeed(cloud.url, token)).changes.filter(({ deleted }) => !deleted).map(({ kind }) => kind)
    expect(kinds.sort()).toEqual(['configuration', 'technician'])
  })

  test.each([
    [
      'a template that does not exist',
      { from: 'template', template: 'submarine' },
      'There is no template "submarine". Choose one of',
    ],
    ['a client of nobody', { from: 'client', client: 'Nobody' }, 'You work for no live client "Nobody"'],
    [
      'a client of another organisation',
      { from: 'client', client: 'Borealis' },
      'You work for no live client "Borealis"',
    ],
  ])('%s ends the step in one sentence, and another answer goes on', async (name, start, words) => {
    const { id } = await robin.start({ answers: { identity: { name, timeZone: 'UTC' }, start } as never })
    expect((await robin.until(id, 'start', 'failed')).steps.start.problem?.message).toContain(words)
    await robin.answer(id, 'start', { from: 'empty' })
    await robin.until(id, 'start', 'done')
  })
})

test('a step is skipped with a reason, which is kept; the first and the last are not', async () => {
  const { id } = await robin.start({ answers: { identity: { name: 'Skipper', timeZone: 'UTC' } } })
  await robin.until(id, 'identity', 'done')
  const view = await robin.skip(id, 'service', 'They keep their old agreement')
  expect(view.steps.service).toMatchObject({
    state: 'skipped',
    skipped: { reason: 'They keep their old agreement', by: 'Robin of Alpha' },
  })
  const response = await robin.send(paths.onboardingSkip(id, 'live'), { revision: view.revision, reason: 'No time' })
  expect(await refusal(response)).toMatchObject({ status: 409, code: 'step-not-ready' })
})

test('a check that fails says what to do; corrected and retried, it goes on to live by itself', async () => {
  const people = { people: [{ technician: 'sam@alpha.example', may: ['see', 'act'] }] }
  const hours = { onCall: { technicians: ['robin@alpha.example'], from: '2026-01-05' } }
  const { id } = await robin.start({ file: file('On Call Elsewhere', { people, hours }) })
  const failed = await robin.until(id, 'verify', 'failed')
  expect(failed.steps.verify.problem?.message).toContain('does not work for this client. Add them in the step People.')
  expect(failed).toMatchObject({ next: 'verify', state: 'open', steps: { live: { state: 'queued' } } })
  await robin.answer(id, 'people', { people: [...people.people, { technician: ROBIN, may: ['see'] }] })
  await robin.untilEnd(id)
})

test('cancelled, nothing of the client is left, its name is free again, and the record of it stays', async () => {
  const { id } = await robin.start({
    file: file('Changed Mind', { verify: { skip: 'Later, by hand' }, people: { people: [] } }),
  })
  const { tenantId } = await robin.until(id, 'people', 'failed')
  expect(await rowsOf(tenantId)).toBeGreaterThan(3)
  await robin.cancel(id)
  const view = await vi.waitFor(async () => {
    const found = await robin.view(id)
    expect(found.state).toBe('cancelled')
    return found
  })
  expect(view).toMatchObject({ reason: 'They chose another provider', changedBy: 'Robin of Alpha' })
  expect(await rowsOf(tenantId)).toBe(0)
  expect((await tenants(robin)).map((one) => one.id)).not.toContain(tenantId)
  const again = await robin.start({ file: file('Changed Mind') })
  await robin.untilEnd(again.id)
})

test('a live client cannot be taken back by the same way', async () => {
  const { id } = await robin.start({ file: file('Here to Stay') })
  const { revision, tenantId } = await robin.untilEnd(id)
  const response = await robin.send(paths.onboardingCancel(id), { revision, reason: 'Changed our mind' })
  expect(await refusal(response)).toMatchObject({ status: 409, code: 'onboarding-over' })
  const [alpha] = cloud.data
  await expect(
    cloud.owner`select bulkhead.remove_tenant(${alpha?.organisation.id ?? ''}, ${tenantId})`,
  ).rejects.toThrow('is live')
})

test('sent twice with the same id it starts one; a dry run tells the same and writes nothing', async () => {
  const id = randomUUID()
  const [a, b] = [
    await robin.start({ id, file: file('Only Once') }),
    await robin.start({ id, file: file('Only Once') }),
  ]
  expect(b.tenantId).toBe(a.tenantId)
  await robin.untilEnd(id)
  const before = await cloud.owner`select count(*) as n from tenant`
  const preview = await robin.preview(
    file('Dry Run', { start: { from: 'template', template: 'retail' }, inheritance: { set: { keepDays: 30 } } }),
  )
  expect(preview).toMatchObject({
    name: 'Dry Run',
    timeZone: 'Europe/Berlin',
    template: 'Retail with extended hours',
    own: ['keepDays', 'holidays'],
    people: ['Robin of Alpha (see, act, reveal)'],
  })
  expect(preview.proof).toMatch(/^A P1 raised on /)
  expect(await cloud.owner`select count(*) as n from tenant`).toEqual(before)
  const wrong = await robin.send(paths.onboardings, {
    id: randomUUID(),
    file: file('Dry', { start: { from: 'template', template: 'no' } }),
    dryRun: true,
  })
  expect((await refusal(wrong)).message).toContain('start: There is no template "no"')
})

test('the answers come out as the file that would give them', async () => {
  const more = {
    start: { from: 'template' as const, template: 'retail' },
    service: { atRiskPercent: 50 },
    verify: { skip: 'Verified by hand' },
  }
  const { id } = await robin.start({ file: file('Out and In', more) })
  await robin.untilEnd(id)
  const exported = (await (await ask(cloud.url, paths.onboardingFile(id), { token: robin.token })).json()) as {
    identity: object
  }
  expect(exported).toMatchObject({ onboarding: 1, ...more })
  const twin = { ...exported, identity: { ...exported.identity, name: 'Its Twin', domains: [] } }
  const other = await robin.start({ file: twin as never })
  await robin.untilEnd(other.id)
})

test('another organisation sees nothing of it, and cannot touch it', async () => {
  const { id } = await robin.start({ answers: { identity: { name: 'Ours Alone', timeZone: 'UTC' } } })
  const beta = await betaDesk(cloud)
  expect((await ask(cloud.url, paths.onboarding(id), { token: beta.token })).status).toBe(404)
  expect((await beta.send(paths.onboardingCancel(id), { revision: 1, reason: 'Mischief' })).status).toBe(404)
  const list = OnboardingList.parse(await (await ask(cloud.url, paths.onboardings, { token: beta.token })).json())
  expect(list.onboardings).toEqual([])
  const byTenant = await ask(cloud.url, paths.onboardings, { token: await cloud.tenantToken() })
  expect(byTenant.status).toBe(401)
})

describe('who is no administrator', () => {
  const kim = async (url = cloud.url) => {
    const { accessToken, technician } = await signIn(url, { email: 'kim@alpha.example', password: 'secret' })
    return Object.assign(new OnboardingDesk(url, accessToken), { role: technician.role, id: technician.id })
  }
  const give = (desk: OnboardingDesk, id: string, role: string) => desk.send(paths.technicianRole(id), { role })

  test('reads, changes nothing, and is told who can; appointed, they may at once; the last one stays', async () => {
    const desk = await kim()
    expect(desk.role).toBe('technician')
    const { id } = await robin.start({ answers: {} })
    const told = {
      status: 403,
      code: 'administrator-needed',
      message: 'This needs an administrator of your organisation. Ask Robin of Alpha or Sam.',
    }
    const acts: [string, object][] = [
      [paths.onboardings, { id: randomUUID(), answers: {} }],
      [paths.onboardingStep(id, 'identity'), { revision: 1, answer: { name: 'Kim and Co', timeZone: 'UTC' } }],
      [paths.onboardingCancel(id), { revision: 1, reason: 'No reason' }],
      [paths.defaults, { revision: 0, set: { atRiskMinutes: 3 } }],
      [paths.technicianRole(desk.id), { role: 'administrator' }],
    ]
    for (const [path, body] of acts) expect(await refusal(await desk.send(path, body)), path).toEqual(told)
    expect((await desk.view(id)).revision).toBe(1)
    expect((await ask(cloud.url, paths.defaults, { token: desk.token })).status).toBe(200)

    expect((await give(robin, desk.id, 'administrator')).status).toBe(200)
    await desk.cancel(id)
    const list = TechnicianList.parse(
      await (await ask(cloud.url, paths.technicians, { token: desk.token })).json(),
    ).technicians
    expect(list.map(({ name, role }) => [name, role])).toEqual([
      ['Kim', 'administrator'],
      ['Robin of Alpha', 'administrator'],
      ['Sam', 'administrator'],
    ])
    for (const one of [ROBIN, SAM]) expect((await give(desk, one, 'technician')).status).toBe(200)
    expect(await refusal(await give(desk, desk.id, 'technician'))).toMatchObject({
      status: 409,
      message: 'Kim is the only administrator. Appoint another one first.',
    })
    // Nor does another organisation see or appoint anybody here.
    expect((await give(await betaDesk(cloud), ROBIN, 'administrator')).status).toBe(404)
  })

  test('becomes one by the command of the operator, also where it is none of the organisation that could', async () => {
    const again = await startCloud({ database: cloud.address, administrators: ['Robin@alpha.example'] })
    await again.close()
    const { role } = TenantList.parse(await (await ask(cloud.url, paths.tenants, { token: robin.token })).json())
    expect(role).toBe('administrator')
    const nobody = startCloud({ database: cloud.address, administrators: ['nobody@alpha.example'] })
    await expect(nobody).rejects.toThrow('A technician with the address nobody@alpha.example does not exist')
  })
})
