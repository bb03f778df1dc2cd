import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Keyring, readKeyring } from '../../src-main/console/keyring.ts'
import { newPassphraseParameters, sealWithKey, sealWithPassphrase } from '../../src-main/console/sealing.ts'

let profile: string
beforeEach(() => void (profile = mkdtempSync(join(tmpdir(), 'bulkhead-keyring-'))))
afterEach(() => rmSync(profile, { recursive: true, force: true }))

const file = () => join(profile, 'keyring.json')
const quick = { ...newPassphraseParameters(), memory: 1024, passes: 1, lanes: 1 }

test('a root key comes back the same after a restart, and only with the passphrase', async () => {
  const keyring = Keyring.create(profile, await sealWithPassphrase('correct horse', quick), { passphrase: quick })
  const made = await keyring.rootKey('a', false)
  const stored = readKeyring(profile)!
  const again = await Keyring.open(profile, await sealWithPassphrase('correct horse', stored.passphrase!), stored)
  expect(Buffer.from((await again.secret('a'))!).equals(made)).toBe(true)
  const wrong = await sealWithPassphrase('incorrect horse', stored.passphrase!)
  await expect(Keyring.open(profile, wrong, stored)).rejects.toMatchObject({ problem: { code: 'passphrase-wrong' } })
})

test('the file holds no key in the clear, in any spelling', async () => {
  const keyring = Keyring.create(profile, sealWithKey('test', new Uint8Array(32).fill(7)))
  const key = Buffer.from(await keyring.rootKey('a', false))
  const text = readFileSync(file(), 'latin1')
  for (const spelling of ['latin1', 'hex', 'base64', 'base64url'] as const)
    expect(text).not.toContain(key.toString(spelling))
})

test('sealed values are one line of base64 each', async () => {
  const keyring = Keyring.create(profile, sealWithKey('test', new Uint8Array(32)))
  await keyring.setSecret('long', new Uint8Array(5000))
  expect(readKeyring(profile)?.secrets['long']).toMatch(/^[A-Za-z0-9+/]+=*$/)
})

test('a sealed key that was moved to another tenant does not open', async () => {
  const sealing = sealWithKey('test', new Uint8Array(32))
  const keyring = Keyring.create(profile, sealing)
  await keyring.rootKey('a', false)
  const stored = JSON.parse(readFileSync(file(), 'utf8')) as { secrets: Record<string, string> }
  stored.secrets['b'] = stored.secrets['a']!
  writeFileSync(file(), JSON.stringify(stored))
  const moved = await Keyring.open(profile, sealing, readKeyring(profile)!)
  await expect(moved.secret('b')).rejects.toMatchObject({ problem: { code: 'key-wrong' } })
})

test('no new key is made over files whose key is missing', async () => {
  const keyring = Keyring.create(profile, sealWithKey('test', new Uint8Array(32)))
  await expect(keyring.rootKey('a', true)).rejects.toMatchObject({ problem: { code: 'key-missing' } })
  expect(readKeyring(profile)).toBeNull()
})

test('another sealing backend than the one that wrote is refused, and the file stays as it was', async () => {
  await Keyring.create(profile, sealWithKey('keychain-a', new Uint8Array(32))).rootKey('a', false)
  const before = readFileSync(file(), 'utf8')
  const opening = Keyring.open(profile, sealWithKey('keychain-b', new Uint8Array(32)), readKeyring(profile)!)
  await expect(opening).rejects.toMatchObject({ problem: { code: 'sealing-changed' } })
  expect(readFileSync(file(), 'utf8')).toBe(before)
})

test.each([
  ['rubbish', '{"schema":', 'profile-unreadable'],
  ['the wrong form', '{"schema":1,"secrets":[]}', 'profile-unreadable'],
  ['a newer schema', '{"schema":3}', 'file-newer'],
])('a keyring.json with %s is named, not replaced', (_, text, code) => {
  writeFileSync(file(), text)
  expect(() => readKeyring(profile)).toThrowError(
    expect.objectContaining({ problem: expect.objectContaining({ code }) }) as Error,
  )
  expect(readFileSync(file(), 'utf8')).toBe(text)
})
