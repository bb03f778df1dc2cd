import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { ExportPiece } from '../../src-main/console/offboarding-router.ts'
import type { OnboardingHere, OnboardingsList } from '../../src-main/console/onboarding-router.ts'
import type { OffboardingView } from '../../src-shared/protocol/offboarding.ts'
import type { OnboardingView } from '../../src-shared/protocol/onboarding.ts'
import type { SettingsView } from '../../src-shared/protocol/settings.ts'
import type { ClientSummary } from '../../src-shared/domain/views.ts'
import { attach, fileOf, put } from '../cloud/files.ts'
import { onboardingWorld, type OnboardingWorld } from '../cloud/onboarding-desk.ts'
import { Cable } from '../faults/cable.ts'
import { paths } from '../../src-shared/protocol/api.ts'
import { ask } from '../support/cloud.ts'
import { uuid } from '../support/sample.ts'
import { codeOf, HostWindow, MachineKeychain } from './host-window.ts'

// Bringing clients in and taking them out, as a window asks the console for it.

let world: OnboardingWorld
let cable: Cable
let folder: string
let window: HostWindow
const keychain = new MachineKeychain()
const open = (): Promise<HostWindow> => HostWindow.open({ profile: join(folder, 'profile'), keychain })

beforeAll(async () => {
  world = await onboardingWorld()
  cable = await Cable.to(world.cloud.url)
  folder = mkdtempSync(join(tmpdir(), 'bulkhead-onboardings-'))
  window = await open()
  await window.do('session.connect', { url: cable.url, email: 'robin@alpha.example', password: 'secret of Alpha' })
  await untilOnline()
})
afterAll(async () => {
  await window.close()
  await cable.close()
  await world.cloud.close()
  rmSync(folder, { recursive: true, force: true })
})

const untilOnline = (online = true): Promise<void> =>
  vi.waitFor(async () => expect(await window.status()).toMatchObject({ online }))
const one = (id: string): Promise<OnboardingHere> => window.call('query', 'onboarding.one', { id })
const list = (): Promise<OnboardingsList> => window.call('query', 'onboarding.list')
const act = (path: string, input: object): Promise<OnboardingView> => window.do(`onboarding.${path}`, input)
const until = (id: string, step: keyof OnboardingView['steps'], state: string): Promise<OnboardingView> =>
  vi.waitFor(async () => {
    const { view } = await one(id)
    expect(view?.steps[step]).toMatchObject({ state })
    return view!
  })
const identity = (name: string, domains: string[] = []) => ({ name, country: 'DE', domains })

test('a client comes in by three answers; what is inherited stands for the rest', async () => {
  const id = crypto.randomUUID()
  await act('start', { id, answers: { identity: identity('Harbour Legal') } })
  const identified = await until(id, 'identity', 'done')
  expect(identified.next).toBe('start')
  const started = await act('answer', {
    ...{ id, revision: identified.revision, step: 'start' },
    answer: { from: 'template', template: 'law-firm' },
  })
  const onCall = { technicians: ['sam@alpha.example'] }
  const hours = { id, revision: started.revision, step: 'hours', answer: { onCall } }
  const { revision } = await act('answer', hours)
  await act('rest', { id, revision })
  const verified = await until(id, 'verify', 'done')
  expect(verified.next).toBe('live')
  // Who is on call works for the client, though nobody said so.
  expect(verified.answers.people).toEqual({
    people: [
      { technician: 'robin@alpha.example', may: ['see', 'act', 'reveal'] },
      { technician: 'sam@alpha.example', may: ['see', 'act'] },
    ],
  })
  expect(await window.call<SettingsView>('query', 'onboarding.settings', { id })).toMatchObject({
    template: { key: 'law-firm' },
  })
  const closed = { hours: { monday: [{ from: '10:00', to: '12:00' }] } }
  const { settings } = await window.call<SettingsView>('query', 'onboarding.settings', { id })
  const calendars = settings.calendars.value.map((calendar) => ({ ...calendar, ...closed }))
  expect(await window.call('query', 'onboarding.tryOut', { id, set: { calendars } })).toMatch(
    /raised on Monday.* 11:55/,
  )
  expect(await codeOf(window.call('query', 'onboarding.tryOut', { id, set: { calendars: [] } }))).toBe(
    'settings-incoherent',
  )
  await act('answer', { id, revision: verified.revision, step: 'live', answer: { note: 'Signed by Ms Harbour' } })
  await until(id, 'live', 'done')
  await vi.waitFor(async () => {
    const clients = await window.call<ClientSummary[]>('query', 'clients.list')
    const here = clients.find(({ name }) => name === 'Harbour Legal')
    expect(here).toBeDefined()
    expect(here?.onboarding).toBeUndefined()
  })
  const file = await window.call<{ name: string; text: string }>('query', 'onboarding.file', { id })
  expect(file.name).toBe('harbour-legal.yaml')
  expect(file.text).toContain('onboarding: 1')
  expect(file.text).toContain('template: law-firm')
})

test('what a colleague does is told, and whoever was slower learns who and when', async () => {
  const id = crypto.randomUUID()
  const { revision } = await act('start', { id, answers: { identity: identity('Brook Clinic') } })
  const before = window.heard.length
  void window.call('subscription', 'onboarding.watch').catch(() => undefined)
  await world.sam.skip(id, 'hours', 'They tell us later')
  await vi.waitFor(() => expect(window.heard.slice(before).some((frame) => frame.includes(id))).toBe(true))
  const skipped = { id, step: 'service', reason: 'They tell us later', revision }
  await expect(act('skip', skipped)).rejects.toThrow(/^Sam did something here meanwhile, at .*Look at it again/)
  expect(await codeOf(act('rest', { id, revision }))).toBe('onboarding-changed')
  const { revision: now } = (await one(id)).view!
  expect(await codeOf(act('cancel', { id, revision: now, reason: 'x' }))).toBe('invalid-input')
  await act('cancel', { id, revision: now, reason: 'They chose another provider' })
  await vi.waitFor(async () => expect((await one(id)).view).toMatchObject({ state: 'cancelled' }))
  expect((await list()).onboardings?.find((line) => line.id === id)).toMatchObject({ state: 'cancelled' })
})

test('offline it says so, shows what was known, and keeps what is typed, also through a restart', async () => {
  const [known, fresh] = [crypto.randomUUID(), crypto.randomUUID()]
  const { revision } = await act('start', {
    id: known,
    answers: { identity: identity('Cliff Foods', ['cliff.example']) },
  })
  await until(known, 'identity', 'done')
  cable.pull()
  await untilOnline(false)
  expect(await one(known)).toMatchObject({ view: { name: 'Cliff Foods' }, problem: { code: 'cloud-unreachable' } })
  const answer = { id: known, step: 'start', revision, answer: { from: 'empty' } }
  expect(await codeOf(act('answer', answer))).toBe('cloud-unreachable')
  await window.do('onboarding.keepDraft', { id: known, step: 'start', draft: '{"from":"empty"}' })
  await window.do('onboarding.keepDraft', { id: fresh, step: 'identity', draft: '{"name":"Dune Hotels"}' })
  expect(await codeOf(act('start', { id: fresh, answers: { identity: identity('Dune Hotels') } }))).toBe(
    'cloud-unreachable',
  )
  await window.close()

  window = await open()
  expect((await list()).problem).not.toBeNull()
  expect((await list()).drafts).toMatchObject([{ name: 'Dune Hotels' }, { id: known }])
  expect(await one(fresh)).toMatchObject({ view: null, drafts: { identity: '{"name":"Dune Hotels"}' } })
  cable.plugIn()
  await untilOnline()
  expect(await one(known)).toMatchObject({ view: { name: 'Cliff Foods' }, drafts: { start: '{"from":"empty"}' } })
  expect(await one(fresh)).toMatchObject({ view: null, problem: null })
  // The domain is another's, who is on the way in.
  const taken = { id: fresh, answers: { identity: identity('Dune Hotels', ['cliff.example']) } }
  await expect(act('start', taken)).rejects.toThrow(/^Robin of Alpha is onboarding Cliff Foods already, since/)
  await act('start', { id: fresh, answers: { identity: identity('Dune Hotels') } })
  await act('answer', { ...answer, revision: (await one(known)).view?.revision })
  expect((await list()).drafts).toEqual([])
})

const offboardings = (): Promise<OffboardingView[]> => window.call('query', 'offboarding.list')
const untilOut = (id: string, state: string): Promise<OffboardingView> =>
  vi.waitFor(async () => {
    const found = (await offboardings()).find((view) => view.id === id)
    expect(found?.state).toBe(state)
    return found!
  })
/** Takes the archive of an export, piece by piece. */
async function takeExport(id: string): Promise<{ bytes: Buffer; end: NonNullable<ExportPiece['end']> }> {
  const [taking, parts] = [crypto.randomUUID(), [] as Buffer[]]
  for (let offset = 0; ;) {
    const { data, end } = await window.call<ExportPiece>('query', 'offboarding.take', { id, taking, offset })
    const part = Buffer.from(data, 'base64')
    parts.push(part)
    offset += part.length
    if (end) return { bytes: Buffer.concat(parts), end }
  }
}

test('a client goes out by an export whose every file is checked, and by its name; the proof tells that nothing is left', async () => {
  const { cloud } = world
  const token = await cloud.tenantToken(1)
  const file = fileOf('log', 3_000_000)
  const attachment = await attach(cloud.url, token, uuid('Zephyr', 'ticket', 1), file)
  await put(cloud.url, token, attachment, 0, file.bytes)
  await ask(cloud.url, paths.attachmentComplete(attachment), { token, method: 'POST' })
  const called = `Büro ${'x'.repeat(70)}.log`
  await cloud.owner`update attachment set data = (data::jsonb || ${JSON.stringify({ name: called })}::text::jsonb)::json where id = ${attachment}`

  const id = crypto.randomUUID()
  const begin = { id, client: uuid('tenant', 'Zephyr'), reason: 'They went elsewhere' }
  cable.pull()
  await untilOnline(false)
  expect(await codeOf(window.do('offboarding.start', begin))).toBe('cloud-unreachable')
  expect(await codeOf(offboardings())).toBe('cloud-unreachable')
  cable.plugIn()
  await untilOnline()
  expect(await codeOf(window.do('offboarding.start', { ...begin, reason: '' }))).toBe('invalid-input')
  const before = window.heard.length
  void window.call('subscription', 'onboarding.watch').catch(() => undefined)
  const told = () => window.heard.slice(before).filter((frame) => frame.includes(`["${id}"]`)).length
  await window.do('offboarding.start', begin)
  await untilOut(id, 'exported')
  await vi.waitFor(() => expect(told()).toBeGreaterThan(0))
  await vi.waitFor(async () => {
    const clients = await window.call<ClientSummary[]>('query', 'clients.list')
    expect(clients.map(({ name }) => name)).not.toContain('Zephyr')
  })

  // What changed since it was listed is not taken for what was listed.
  await cloud.owner`update ticket set data = (data::jsonb || '{"subject": "Other words"}')::json where id = ${uuid('Zephyr', 'ticket', 2)}`
  await expect(takeExport(id)).rejects.toThrow(/^tickets\.jsonl is not what the list says/)
  await window.do('offboarding.listAgain', { id })
  const listed = await untilOut(id, 'exported')
  const { bytes, end } = await takeExport(id)
  expect(end).toEqual({ name: 'zephyr-export.tar', sha256: createHash('sha256').update(bytes).digest('hex') })
  const archive = join(folder, end.name)
  writeFileSync(archive, bytes)
  execFileSync('tar', ['-xf', archive, '-C', folder])
  const out = join(folder, 'zephyr-export')
  expect(execFileSync('sha256sum', ['--check', 'SHA256SUMS'], { cwd: out, encoding: 'utf8' })).toContain(
    'tickets.csv: OK',
  )
  expect(readFileSync(join(out, `attachments/${attachment}-${called}`)).equals(file.bytes)).toBe(true)
  // Somebody else began to take it: whoever was at it is told.
  const first = { id, taking: crypto.randomUUID(), offset: 0 }
  const { data } = await window.call<ExportPiece>('query', 'offboarding.take', first)
  await window.call('query', 'offboarding.take', { ...first, taking: crypto.randomUUID() })
  const next = { ...first, offset: Buffer.from(data, 'base64').length }
  await expect(window.call('query', 'offboarding.take', next)).rejects.toThrow('Save it again.')
  // Also where a piece was on its way; and the one that began last goes on.
  const both = [1, 2].map(() => ({ ...first, taking: crypto.randomUUID() }))
  const taken = await Promise.allSettled(
    both.map((input) => window.call<ExportPiece>('query', 'offboarding.take', input)),
  )
  expect(taken.find(({ status }) => status === 'rejected')).toMatchObject({
    reason: { message: 'This export is not being saved any more. Save it again.' },
  })
  const won = taken.findIndex(({ status }) => status === 'fulfilled')
  const { value } = taken[won] as PromiseFulfilledResult<ExportPiece>
  const goingOn = { ...both[won], offset: Buffer.from(value.data, 'base64').length }
  await window.call('query', 'offboarding.take', goingOn)

  const confirmed = { id, manifestSha256: listed.manifestSha256 }
  await expect(window.do('offboarding.confirm', { ...confirmed, name: 'zephyr' })).rejects.toThrow('called "Zephyr"')
  await window.do('offboarding.confirm', { ...confirmed, name: 'Zephyr' })
  const { proof } = await untilOut(id, 'gone')
  expect(proof).toMatchObject({ client: 'Zephyr', export: { manifestSha256: listed.manifestSha256 } })
  expect(new Set(Object.values(proof!.remaining))).toEqual(new Set([0]))
  expect(await codeOf(window.do('offboarding.cancel', { id }))).toBe('offboarding-over')
  await expect(takeExport(id)).rejects.toThrow('There is no export of Zephyr to save now.')
  await cloud.owner`update technician set role = 'technician' where email = 'robin@alpha.example'`
  const acme = { id: crypto.randomUUID(), client: 'Acme', reason: 'They went elsewhere' }
  expect(await codeOf(window.do('offboarding.start', acme))).toBe('administrator-needed')
})
