import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openRegistryFile } from '../../src-main/console/open-registry.ts'
import { readRecoveryFile } from '../../src-main/console/recovery-file.ts'
import type { KeyReport, RecoveryFile } from '../../src-shared/domain/keys.ts'
import { codeOf } from './host-window.ts'
import { ACME, expectWork, keyStage, PHRASE, ZEPHYR } from './key-stage.ts'

// Keys while something else happens to them: a lock in the middle of an act, keys that are gone, files that are newer.

const stage = keyStage()
const { profile, keyringText, start, stop, atWork } = stage

/** Holds the keychain's answer to the question of this number, as a system does that asks its owner first. */
function heldAt(question: number): { asked: Promise<void>; answer(): void } {
  let count = 0
  const [asked, answered] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  stage.keychain.answers = async () => {
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

test('a recovery file that lacks keys says whose, and they stay due', async () => {
  const first = await atWork()
  await stop(first)
  const file = JSON.parse(keyringText()) as { secrets: Record<string, string> }
  file.secrets[ACME] = `AAAA${file.secrets[ACME]?.slice(4)}`
  delete file.secrets[ZEPHYR]
  writeFileSync(join(profile(), 'keyring.json'), JSON.stringify(file))
  const window = await start()
  const { text, missing } = await window.do<RecoveryFile>('keys.exportRecovery', { passphrase: PHRASE })
  expect(missing).toEqual(['Acme', 'Zephyr'])
  expect((await readRecoveryFile(text, PHRASE)).size).toBe(1)
  expect(await window.call<KeyReport>('query', 'keys.report')).toMatchObject({ notInRecovery: 2 })
})

test('a profile that a newer version wrote opens on another try; diagnostics hold nothing of a client', async () => {
  const first = await atWork()
  const { text } = await first.do<RecoveryFile>('keys.exportRecovery', { passphrase: PHRASE })
  await stop(first)
  const file = join(profile(), 'console.db')
  const before = readFileSync(file)
  const keys = await readRecoveryFile(text, PHRASE)
  const registry = openRegistryFile(profile(), keys.get('console')!)
  registry.pragma('user_version = 99')
  registry.close()
  const window = await start()
  expect(await window.status()).toMatchObject({ state: 'broken', problem: { code: 'file-newer' } })
  const diagnostics = await window.call<string>('query', 'session.diagnostics')
  expect(diagnostics).toContain('problem: file-newer')
  expect(diagnostics).toContain('clients with files: 2')
  expect(diagnostics).not.toMatch(/Acme|Zephyr|Robin|alpha|[0-9a-f]{8}-[0-9a-f]{4}|\//)
  expect(await window.do('keys.remedy', { remedy: 'retry' })).toMatchObject({ state: 'broken' })
  expect(await codeOf(window.do('keys.remedy', { remedy: 'start-again' }))).toBe('invalid-input')
  writeFileSync(file, before)
  expect(await window.do('keys.remedy', { remedy: 'retry' })).toMatchObject({ state: 'open' })
  await expectWork(window)
})
