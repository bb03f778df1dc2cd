import { copyFileSync, cpSync, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import type { KeyReport, RecoveryFile, RecoveryResult } from '../../src-shared/domain/keys.ts'
import type { TicketDetail } from '../../src-shared/domain/views.ts'
import { codeOf } from './host-window.ts'
import { ACME, expectWork, keyStage, PHRASE, TICKET, ZEPHYR } from './key-stage.ts'

const stage = keyStage()
const { profile, keyringText, setAside, start, stop, connect, atWork } = stage

test('a keychain that hides nothing is refused until a person consents to what was told', async () => {
  stage.keychain.exposed = true
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
  stage.keychain.exposed = true
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
  const [before, key] = [keyringText(), stage.keychain.key]
  stage.keychain.key = Buffer.alloc(32, 1)
  const window = await start()
  expect(await window.status()).toMatchObject({
    state: 'keys',
    problem: { code: 'keychain-changed' },
    remedies: ['retry', 'recovery-file', 'start-again'],
  })
  expect(await window.do('keys.remedy', { remedy: 'retry' })).toMatchObject({ problem: { code: 'keychain-changed' } })
  expect(await codeOf(connect(window))).toBe('invalid-input')
  expect(keyringText()).toBe(before)
  stage.keychain.key = key
  expect(await window.do('keys.remedy', { remedy: 'retry' })).toMatchObject({ state: 'open' })
  await expectWork(window)
})

test('a recovery file opens a copy of the profile on a machine without its keychain, unsent edits included', async () => {
  const first = await atWork()
  const { text, name } = await first.do<RecoveryFile>('keys.exportRecovery', { passphrase: PHRASE })
  expect(name).toMatch(/^bulkhead-recovery-.*\.json$/)
  expect(await first.call<KeyReport>('query', 'keys.report')).toMatchObject({ notInRecovery: 0 })
  await stop(first)
  const elsewhere = join(stage.folder, 'elsewhere')
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
  const sealing = await stage.keychain.find()
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
  const [row] = await stage.cloud.owner<{ id: string }[]>`select id from technician where email = 'robin@alpha.example'`
  await stage.cloud.owner`update technician set email = 'gone@alpha.example' where id = ${row?.id ?? ''}`
  expect(await codeOf(window.do('session.signIn', { password: 'secret of Alpha' }))).toBe('sign-in-wrong')
})

test('a client gets another root key: the work stays, the old key opens nothing, and a recovery file is due', async () => {
  const window = await atWork()
  await window.do('keys.exportRecovery', { passphrase: PHRASE })
  copyFileSync(join(profile(), 'keyring.json'), join(stage.folder, 'old-keyring.json'))
  await window.do('keys.rotate', { tenantId: ACME })
  await expectWork(window)
  expect(await window.call<KeyReport>('query', 'keys.report')).toMatchObject({ notInRecovery: 1 })
  await stop(window)
  expect(readdirSync(join(profile(), 'tenants', ACME)).filter((name) => name.startsWith('rekey'))).toEqual([])
  // With the keyring of before, the client does not open, and says so.
  const now = keyringText()
  copyFileSync(join(stage.folder, 'old-keyring.json'), join(profile(), 'keyring.json'))
  const before = await start()
  expect(await codeOf(before.client(ACME))).toBe('key-wrong')
  await before.client(ZEPHYR)
  await stop(before)
  writeFileSync(join(profile(), 'keyring.json'), now)
  await expectWork(await start())
})
