import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { consoleChecks, type OnboardingView, type ReportedCheck } from '../../src-shared/protocol/onboarding.ts'
import type { ClientSummary } from '../../src-shared/domain/views.ts'
import { OnboardingDesk } from '../cloud/onboarding-desk.ts'
import { auditOf, filesWith, Opened, raw } from '../compartment/vault-support.ts'
import { temporaryFolder } from '../compartment/driver.ts'
import { withCloud, type TestCloud } from '../support/cloud.ts'
import { sampleClient, sampleOrganisation, uuid } from '../support/sample.ts'
import { codeOf, HostWindow } from './host-window.ts'

const keys = Object.keys(consoleChecks)
let cloud: TestCloud
let window: HostWindow
const profile = mkdtempSync(join(tmpdir(), 'bulkhead-verify-'))
beforeAll(async () => {
  cloud = await withCloud([sampleOrganisation('Alpha', [sampleClient('Acme', 2)])])
  window = await HostWindow.open({ profile: join(profile, 'p'), keychain: null })
  const account = { email: 'robin@alpha.example', password: 'secret of Alpha' }
  await window.do('session.connect', { url: cloud.url, ...account, passphrase: 'seven wild geese' })
  // A client has its key once it was opened.
  await window.call('query', 'desk', undefined, await window.client(uuid('tenant', 'Acme')))
})
afterAll(async () => {
  await window.close()
  await cloud.close()
  rmSync(profile, { recursive: true, force: true })
})

test('a console makes the checks of a new client with its own compartment, and the onboarding tells them', async () => {
  const robin = new OnboardingDesk(cloud.url, (await cloud.signIn()).accessToken)
  const { id } = await robin.start({ answers: {} })
  const run = () => window.do<OnboardingView>('verification.run', { onboardingId: id })
  expect(await codeOf(run())).toBe('step-not-ready')
  await robin.answer(id, 'identity', { name: 'To be checked', timeZone: 'UTC' })
  const { tenantId } = await robin.until(id, 'identity', 'done')
  await vi.waitFor(async () =>
    expect((await window.call<ClientSummary[]>('query', 'clients.list')).map((one) => one.id)).toContain(tenantId),
  )
  await run()
  for (const step of ['start', 'hours', 'service', 'inheritance', 'people'] as const)
    await robin.skip(id, step, 'As it comes')
  await robin.answer(id, 'verify')
  const { steps } = await robin.until(id, 'verify', 'done')
  const told = (steps.verify.checks ?? []).filter(({ where }) => where === 'console')
  expect(told.map(({ key, state, by }) => [key, state, by])).toEqual(
    keys.map((key) => [key, 'passed', 'Robin of Alpha']),
  )
  expect(told.at(-1)?.detail).toMatch(/^All 3 keys came back, .* has it not yet: save a new one\.$/)
  // Nothing is left of it, and no file was saved that would count as a recovery file.
  const scope = await window.client(tenantId)
  for (const removed of [false, true])
    expect(await window.call('query', 'vault.list', { text: '', removed }, scope)).toEqual([])
  expect(await window.call('query', 'keys.report')).toMatchObject({ recoveryAt: null })
})

test('a compartment whose trail was tampered with says so; who may not reveal is told that it was not tried', async () => {
  const [place, other] = [temporaryFolder(), temporaryFolder()]
  const [opened, barred] = [new Opened(place.folder), new Opened(other.folder, { may: ['see', 'act'] })]
  try {
    const db = raw(place.folder, 'ledger')
    const guards = db.prepare("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'")
    for (const name of guards.pluck().all() as string[]) db.exec(`DROP TRIGGER ${name}`)
    db.prepare("UPDATE audit SET actor = 'nobody' WHERE seq = 1").run()
    db.close()
    const found = (await opened.caller.selfCheck()) as ReportedCheck[]
    expect(found.map(({ key, state }) => [key, state])).toEqual([
      ['reveal', 'passed'],
      ['sealed', 'passed'],
      ['audit', 'failed'],
    ])
    expect(found[2]?.detail).toBe('Row 1 of the audit trail does not follow from the one before.')
    const acts = auditOf(place.folder).map(({ action }) => action)
    expect(acts).toEqual(['vault.create', 'vault.reveal', 'vault.erase'])
    expect(filesWith(place.folder, 'Check of the vault')).toEqual([])
    const untried = (await barred.caller.selfCheck()) as ReportedCheck[]
    expect(untried.map(({ state }) => state)).toEqual(['warning', 'warning', 'passed'])
    expect(auditOf(other.folder)).toEqual([])
  } finally {
    await opened.close()
    await barred.close()
    place.remove()
    other.remove()
  }
})
