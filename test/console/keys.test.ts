import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { readRecoveryFile } from '../../src-main/console/recovery-file.ts'
import type { KeyReport, RecoveryFile, RecoveryResult } from '../../src-shared/domain/keys.ts'
import type { ClientSummary, Draft, SyncState, TicketDetail } from '../../src-shared/domain/views.ts'
import { withCloud, type TestCloud } from '../support/cloud.ts'
import { sampleClient, sampleOrganisation, uuid } from '../support/sample.ts'
import { codeOf, HostWindow, MachineKeychain, type Machine } from './host-window.ts'

const [ACME, ZEPHYR] = [uuid('tenant', 'Acme'), uuid('tenant', 'Zephyr')]
const TICKET = uuid('Acme', 'ticket', 1)
const PHRASE = 'seven wild geese'
let cloud: TestCloud
let folder: string
let keychain: MachineKeychain
const open: HostWindow[] = []

beforeEach(async () => {
  cloud = await withCloud([sampleOrganisation('Alpha', [sampleClient('Acme', 5), sampleClient('Zephyr', 5)])])
  folder = mkdtempSync(join(tmpdir(), 'bulkhead-keys-'))
  keychain = new MachineKeychain()
})
afterEach(async () => {
  for (const window of open.splice(0)) await window.close()
  await cloud.close()
  rmSync(folder, { recursive: true, force: true })
})

const profile = (): string => join(folder, 'profile')
const keyringText = (): string => readFileSync(join(profile(), 'keyring.json'), 'utf8')
const setAside = (): string[] => readdirSync(profile()).filter((name) => name.startsWith('set-aside-'))

async function start(machine: Partial<Machine> = {}): Promise<HostWindow> {
  const window = await HostWindow.open({ profile: profile(), keychain, ...machine })
  open.push(window)
  return window
}
async function stop(window: HostWindow): Promise<void> {
  open.splice(open.indexOf(window), 1)
  await window.close()
}
const connect = (window: HostWindow, more: object = {}) =>
  window.do('session.connect', {
    ...{ url: cloud.url, email: 'robin@alpha.example', password: 'secret of Alpha' },
    ...more,
  })

/** A connected console with both clients loaded, and an edit of Acme that was not sent. */
async function atWork(machine: Partial<Machine> = {}, more: object = {}): Promise<HostWindow> {
  const window = await start(machine)
  await connect(window, more)
  await vi.waitFor(async () => {
    const clients = await window.call<ClientSummary[]>('query', 'clients.list').catch(() => [])
    void clients
    for (const id of [ACME, ZEPHYR]) {
      const state = await window.call<SyncState>('query', 'sync.state', undefined, await window.client(id))
      expect(state.lastSuccessAt).not.toBeNull()
    }
  })
  const scope = await window.client(ACME)
  await window.call('mutation', 'sync.pause', { paused: true }, scope)
  await window.call('mutation', 'tickets.edit', { id: TICKET, patch: { subject: 'Not sent yet' } }, scope)
  await window.call('mutation', 'tickets.saveDraft', { ticketId: TICKET, kind: 'note', body: 'Half a thou' }, scope)
  return window
}

/** The unsent edit and the half-typed note are there, and the clients open. */
async function expectWork(window: HostWindow): Promise<void> {
  const scope = await window.client(ACME)
  const ticket = await window.call<TicketDetail>('query', 'tickets.get', { id: TICKET }, scope)
  expect(ticket.ticket.subject).toBe('Not sent yet')
  expect(await window.call<SyncState>('query', 'sync.state', undefined, scope)).toMatchObject({ pending: 1 })
  const drafts = await window.call<Draft[]>('query', 'tickets.drafts', { ticketId: TICKET }, scope)
  expect(drafts).toMatchObject([{ kind: 'note', body: 'Half a thou' }])
  await window.client(ZEPHYR)
}

test('a keychain that hides nothing is refused until a person consents to what was told', async () => {
  keychain.exposed = true
  const window = await start()
  const status = await window.status()
  expect(status).toMatchObject({ state: 'welcome', sealing: 'passphrase' })
  expect(JSON.stringify(status)).toContain('any program of your account')
  expect(await codeOf(connect(window))).toBe('keychain-exposed')
  expect(existsSync(join(profile(), 'keyring.json'))).toBe(false)
  await connect(window, { consent: true })
  expect((await window.call<KeyReport>('query', 'keys.report')).consentedAt).not.toBeNull()
  await stop(window)
  expect((await (await start()).status()).state).toBe('open')
})

test('consent is a person’s: where the keyring does not tell of it, it is asked for; a passphrase can take its place', async () => {
  keychain.exposed = true
  await stop(await atWork({}, { consent: true }))
  const { consent: _, ...file } = JSON.parse(keyringText()) as Record<string, unknown>
  writeFileSync(join(profile(), 'keyring.json'), JSON.stringify(file))
  const window = await start()
  expect(await window.status()).toMatchObject({
    state: 'keys',
    problem: { code: 'keychain-exposed' },
    remedies: ['passphrase', 'consent', 'retry'],
  })
  expect(await window.do('keys.remedy', { remedy: 'passphrase', passphrase: PHRASE })).toMatchObject({ state: 'open' })
  await expectWork(window)
  await stop(window)
  expect((await (await start()).status()).state).toBe('locked')
})

test('a keychain that was reset is a state of its own: nothing is touched, and retrying helps once it is back', async () => {
  await stop(await atWork())
  const [before, key] = [keyringText(), keychain.key]
  keychain.key = Buffer.alloc(32, 1)
  const window = await start()
  expect(await window.status()).toMatchObject({
    state: 'keys',
    problem: { code: 'keychain-changed' },
    remedies: ['retry', 'recovery-file', 'start-again'],
  })
  expect(await window.do('keys.remedy', { remedy: 'retry' })).toMatchObject({ problem: { code: 'keychain-changed' } })
  expect(await codeOf(connect(window))).toBe('invalid-input')
  expect(keyringText()).toBe(before)
  keychain.key = key
  expect(await window.do('keys.remedy', { remedy: 'retry' })).toMatchObject({ state: 'open' })
  await expectWork(window)
})

test('a recovery file opens a copy of the profile on a machine without its keychain, unsent edits included', async () => {
  const first = await atWork()
  const { text, name } = await first.do<RecoveryFile>('keys.exportRecovery', { passphrase: PHRASE })
  expect(name).toMatch(/^bulkhead-recovery-.*\.json$/)
  expect(await first.call<KeyReport>('query', 'keys.report')).toMatchObject({ notInRecovery: 0 })
  await stop(first)
  const elsewhere = join(folder, 'elsewhere')
  cpSync(profile(), elsewhere, { recursive: true })
  const window = await start({ profile: elsewhere, keychain: null })
  expect(await window.status()).toMatchObject({ state: 'keys', problem: { code: 'sealing-changed' } })
  const given = { file: text, passphrase: PHRASE, newPassphrase: 'for this machine' }
  const importing = (change: object) => window.do<RecoveryResult>('keys.importRecovery', { ...given, ...change })
  expect(await codeOf(importing({ passphrase: 'not that one' }))).toBe('recovery-passphrase-wrong')
  expect(await codeOf(importing({ file: text.slice(0, 300) }))).toBe('recovery-damaged')
  expect(await codeOf(importing({ newPassphrase: undefined }))).toBe('passphrase-needed')
  expect(await importing({ dryRun: true })).toEqual({ restored: 2, same: 0, missing: 0 })
  expect((await window.status()).state).toBe('keys')
  expect(await importing({})).toEqual({ restored: 2, same: 0, missing: 0 })
  expect(await window.status()).toMatchObject({ state: 'open' })
  await expectWork(window)
  // The keyring of before is kept.
  expect(readdirSync(elsewhere).filter((n) => n.startsWith('set-aside-'))).toHaveLength(1)
})

test('without keyring.json nothing is written over the files: they are restored, or set aside and started again', async () => {
  const first = await atWork()
  const { text } = await first.do<RecoveryFile>('keys.exportRecovery', { passphrase: PHRASE })
  await stop(first)
  rmSync(join(profile(), 'keyring.json'))
  const window = await start()
  expect(await window.status()).toMatchObject({ state: 'keys', problem: { code: 'keyring-missing' } })
  expect(await codeOf(connect(window))).toBe('invalid-input')
  expect(await window.do('keys.remedy', { remedy: 'start-again' })).toMatchObject({ state: 'welcome' })
  expect(existsSync(join(profile(), setAside()[0] ?? '', 'tenants', ACME, 'ledger.db'))).toBe(true)
  await connect(window)
  await window.client(ACME)
  // The file of before belongs to what was set aside.
  expect(await codeOf(window.do('keys.importRecovery', { file: text, passphrase: PHRASE }))).toBe('recovery-foreign')
})

test('the damaged key of one client concerns that client alone, and its remedies put it right', async () => {
  const first = await atWork()
  const { text } = await first.do<RecoveryFile>('keys.exportRecovery', { passphrase: PHRASE })
  await stop(first)
  const file = JSON.parse(keyringText()) as { secrets: Record<string, string> }
  file.secrets[ACME] = `${file.secrets[ACME]?.slice(0, 40)}\n${file.secrets[ACME]?.slice(40)}`
  writeFileSync(join(profile(), 'keyring.json'), JSON.stringify(file))
  const window = await start()
  expect((await window.status()).state).toBe('open')
  expect(await codeOf(window.client(ACME))).toBe('key-wrong')
  await window.client(ZEPHYR)
  const importing = { file: text, passphrase: PHRASE }
  expect(await window.do('keys.importRecovery', { ...importing, dryRun: true })).toMatchObject({ restored: 1, same: 1 })
  expect(await codeOf(window.client(ACME))).toBe('key-wrong')
  await window.do('keys.importRecovery', importing)
  await expectWork(window)
})

test('one client is started again from the cloud: its files are set aside, the others stay', async () => {
  const window = await atWork()
  const zephyr = await window.client(ZEPHYR)
  await window.do('keys.remedy', { remedy: 'start-again', tenantId: ACME })
  expect(existsSync(join(profile(), setAside()[0] ?? '', ACME, 'ledger.db'))).toBe(true)
  const scope = await window.client(ACME)
  await vi.waitFor(async () => {
    const ticket = await window.call<TicketDetail>('query', 'tickets.get', { id: TICKET }, scope)
    expect(ticket.ticket.subject).not.toBe('Not sent yet')
  })
  expect(await window.call('query', 'sync.state', undefined, zephyr)).toMatchObject({ pending: 0 })
})

test('a lock closes every client and forgets the keys; the passphrase brings the work back', async () => {
  const window = await atWork({ keychain: null }, { passphrase: PHRASE })
  const scope = await window.client(ACME)
  expect(await window.do('session.lock')).toMatchObject({ state: 'locked', by: 'passphrase' })
  expect(await codeOf(window.call('query', 'tickets.get', { id: TICKET }, scope))).toBe('scope-closed')
  expect(await codeOf(window.client(ACME))).toBe('locked')
  for (const path of ['keys.exportRecovery', 'keys.rotate', 'keys.setPassphrase', 'session.trySandbox'])
    expect(
      await codeOf(window.do(path, { passphrase: PHRASE, tenantId: ACME, current: PHRASE, next: PHRASE })),
    ).toMatch(/^(locked|not-signed-in)$/)
  // No log lies beside the files: they were closed in order.
  expect(readdirSync(join(profile(), 'tenants', ACME)).filter((name) => /-wal$|-shm$/.test(name))).toEqual([])
  expect(await codeOf(window.do('session.unlock', {}))).toBe('passphrase-needed')
  expect(await codeOf(window.do('session.unlock', { passphrase: 'six wild geese' }))).toBe('passphrase-wrong')
  expect(await window.do('session.unlock', { passphrase: PHRASE })).toMatchObject({
    state: 'open',
    signInNeeded: false,
  })
  expect(await codeOf(window.call('query', 'tickets.get', { id: TICKET }, scope))).toBe('scope-closed')
  await expectWork(window)
})

test('a lock beside a keychain takes a passphrase that matters: without it the keychain opens nothing', async () => {
  const window = await atWork()
  expect(await codeOf(window.do('session.lock'))).toBe('lock-needs-passphrase')
  expect((await window.status()).state).toBe('open')
  expect(await window.do('keys.setPassphrase', { next: PHRASE })).toMatchObject({
    passphrase: true,
    unlockBy: 'passphrase',
  })
  await window.do('session.lock')
  // Whoever has the keychain still opens no value of the keyring.
  const { secrets } = JSON.parse(keyringText()) as { secrets: Record<string, string> }
  const sealing = await keychain.find()
  for (const [name, sealed] of Object.entries(secrets)) {
    const opened = Buffer.from((await sealing?.open(sealed)) ?? []).toString('latin1')
    expect(opened).toMatch(/^[A-Za-z0-9+/]+=*$/)
    expect(Buffer.from(opened, 'base64').includes(name)).toBe(false)
  }
  await window.do('session.unlock', { passphrase: PHRASE })
  await expectWork(window)
  expect(await codeOf(window.do('keys.setPassphrase', { next: null }))).toBe('passphrase-needed')
  expect(await codeOf(window.do('keys.exportRecovery', { passphrase: 'mine from now on' }))).toBe('passphrase-needed')
  expect(await codeOf(window.do('keys.setPassphrase', { current: 'six geese', next: null }))).toBe('passphrase-wrong')
  await window.do('keys.setPassphrase', { current: PHRASE, next: 'eight wild geese' })
  await window.do('keys.setPassphrase', { current: 'eight wild geese', next: null })
  await stop(window)
  await expectWork(await start())
})

/** Holds the keychain's answer to the question of this number, as a system does that asks its owner first. */
function heldAt(question: number): { asked: Promise<void>; answer(): void } {
  let count = 0
  const [asked, answered] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  keychain.answers = async () => {
    if (++count !== question) return
    asked.resolve()
    await answered.promise
  }
  return { asked: asked.promise, answer: answered.resolve }
}

test('a passphrase that is being changed is changed before a lock forgets the keys; what waits is refused', async () => {
  const window = await atWork({}, { passphrase: PHRASE })
  const next = 'eight wild geese'
  const held = heldAt(2)
  const ended: string[] = []
  const note = (what: string) => (code: string) => void ended.push(`${what}: ${code}`)
  const change = codeOf(window.do('keys.setPassphrase', { current: PHRASE, next })).then(note('change'))
  await held.asked
  const waits = codeOf(window.do('keys.rotate', { tenantId: ACME })).then(note('waits'))
  const lock = codeOf(window.do('session.lock')).then(note('lock'))
  // Nothing of a client is to be seen from here on, although the keys are still needed.
  expect((await window.status()).state).toBe('locked')
  expect(await codeOf(window.client(ACME))).toBe('locked')
  expect(ended).toEqual([])
  held.answer()
  await Promise.all([change, waits, lock])
  expect(ended.toSorted()).toEqual(['change: none', 'lock: none', 'waits: locked'])
  expect(ended[0]).toBe('change: none')
  expect(await codeOf(window.do('session.unlock', { passphrase: PHRASE }))).toBe('passphrase-wrong')
  expect(await window.do('session.unlock', { passphrase: next })).toMatchObject({ state: 'open' })
  await expectWork(window)
})

test('a console that is closed while a passphrase is being changed leaves a keyring that opens', async () => {
  const window = await atWork({}, { passphrase: PHRASE })
  const next = 'eight wild geese'
  const held = heldAt(2)
  window.do('keys.setPassphrase', { current: PHRASE, next }).catch(() => undefined)
  await held.asked
  const stopped = stop(window)
  held.answer()
  await stopped
  const again = await start()
  expect(await again.do('session.unlock', { passphrase: next })).toMatchObject({ state: 'open' })
  await expectWork(again)
})

test('a rotation and an export that a lock comes into end whole, and the lock after them', async () => {
  const window = await atWork({ presence: async () => true })
  for (const [path, input] of [
    ['keys.rotate', { tenantId: ACME }],
    ['keys.exportRecovery', { passphrase: PHRASE }],
  ] as const) {
    const ended: string[] = []
    const act = window.do<RecoveryFile | undefined>(path, input).finally(() => ended.push(path))
    // The act has begun by then.
    await window.status()
    const lock = window.do('session.lock').finally(() => ended.push('lock'))
    const [made] = await Promise.all([act, lock])
    expect(ended).toEqual([path, 'lock'])
    if (made) expect((await readRecoveryFile(made.text, PHRASE)).size).toBe(3)
    await window.do('session.unlock', {})
    await expectWork(window)
  }
  expect(await window.call<KeyReport>('query', 'keys.report')).toMatchObject({ notInRecovery: 0 })
})

test('where the system asks who is there, a lock opens on its word', async () => {
  let there = false
  const window = await atWork({ presence: async () => there })
  expect(await window.do('session.lock')).toMatchObject({ state: 'locked', by: 'system' })
  expect(await codeOf(window.do('session.unlock', {}))).toBe('unlock-refused')
  there = true
  expect(await window.do('session.unlock', {})).toMatchObject({ state: 'open' })
  await expectWork(window)
})

test('when the system locks, so does the console where it may lock by itself', async () => {
  const window = await start({ keychain: null })
  await connect(window, { passphrase: PHRASE })
  window.host.away()
  expect((await window.status()).state).toBe('open')
  await window.do('settings.change', { lockAfterMinutes: 5 })
  window.host.away()
  expect((await window.status()).state).toBe('locked')
})

test('signing out ends every scope, and the profile takes no other technician', async () => {
  const window = await atWork()
  const scope = await window.client(ACME)
  await window.do('session.signOut')
  expect(await codeOf(window.call('query', 'tickets.get', { id: TICKET }, scope))).toBe('scope-closed')
  await expectWork(window)
  const [row] = await cloud.owner<{ id: string }[]>`select id from technician where email = 'robin@alpha.example'`
  await cloud.owner`update technician set email = 'gone@alpha.example' where id = ${row?.id ?? ''}`
  expect(await codeOf(window.do('session.signIn', { password: 'secret of Alpha' }))).toBe('sign-in-wrong')
})

test('a client gets another root key: the work stays, the old key opens nothing, and a recovery file is due', async () => {
  const window = await atWork()
  await window.do('keys.exportRecovery', { passphrase: PHRASE })
  copyFileSync(join(profile(), 'keyring.json'), join(folder, 'old-keyring.json'))
  await window.do('keys.rotate', { tenantId: ACME })
  await expectWork(window)
  expect(await window.call<KeyReport>('query', 'keys.report')).toMatchObject({ notInRecovery: 1 })
  await stop(window)
  expect(readdirSync(join(profile(), 'tenants', ACME)).filter((name) => name.startsWith('rekey'))).toEqual([])
  // With the keyring of before, the client does not open, and says so.
  const now = keyringText()
  copyFileSync(join(folder, 'old-keyring.json'), join(profile(), 'keyring.json'))
  const before = await start()
  expect(await codeOf(before.client(ACME))).toBe('key-wrong')
  await before.client(ZEPHYR)
  await stop(before)
  writeFileSync(join(profile(), 'keyring.json'), now)
  await expectWork(await start())
})
