import { randomBytes } from 'node:crypto'
import { beforeEach, expect, test } from 'vitest'
import { findSealing, openKeychain } from '../../src-main/electron/sealing.ts'
import { problemOf, type Problem } from '../../src-shared/problem.ts'
import { becomeReady } from '../fakes/electron/app.ts'
import { resetElectron, world } from '../fakes/electron/world.ts'

beforeEach(() => {
  resetElectron()
  becomeReady()
})

async function refusal(work: Promise<unknown>): Promise<Problem> {
  return work.then(
    () => expect.unreachable('it was not refused'),
    (error: unknown) => problemOf(error),
  )
}

test('any bytes come back from one line of base64', async () => {
  const sealing = await openKeychain('linux')
  for (const secret of [new Uint8Array(0), randomBytes(32), Uint8Array.of(0, 255, 10, 13, 0)]) {
    const sealed = await sealing.seal(secret)
    expect(sealed).toMatch(/^[A-Za-z0-9+/]+={0,2}$/)
    expect(Buffer.from(await sealing.open(sealed))).toEqual(Buffer.from(secret))
  }
})

test('the sealed value does not hold the secret in any plain form', async () => {
  const secret = randomBytes(32)
  const sealed = Buffer.from(await (await openKeychain('linux')).seal(secret), 'base64')
  expect(sealed.includes(secret)).toBe(false)
  expect(sealed.includes(secret.toString('base64'))).toBe(false)
})

test('the name of the system store is recorded', async () => {
  expect((await openKeychain('linux')).backend).toBe('safeStorage/gnome_libsecret')
  expect((await openKeychain('darwin')).backend).toBe('safeStorage/keychain')
  expect((await openKeychain('win32')).backend).toBe('safeStorage/dpapi')
})

test('a value that was changed, or sealed on another machine, does not open', async () => {
  const sealing = await openKeychain('linux')
  const sealed = Buffer.from(await sealing.seal(randomBytes(32)), 'base64')
  sealed[sealed.length - 1]! ^= 1
  expect((await refusal(sealing.open(sealed.toString('base64')))).code).toBe('key-wrong')
  expect((await refusal(sealing.open('not sealed'))).code).toBe('key-wrong')
})

test('a store that keeps keys in the clear is refused, and a passphrase takes its place', async () => {
  world.storageBackend = 'basic_text'
  expect((await refusal(openKeychain('linux'))).code).toBe('keychain-missing')
  expect(await findSealing('linux', null)).toEqual({
    source: { kind: 'passphrase', given: null },
    refused: expect.objectContaining({ code: 'keychain-missing', message: expect.stringContaining('basic_text') }),
  })
})

test('a store without a key is refused', async () => {
  world.storageAvailable = false
  expect((await refusal(openKeychain('win32'))).code).toBe('keychain-missing')
})

test('a passphrase that was given is used even where there is a keychain', async () => {
  expect(await findSealing('linux', 'open sesame')).toEqual({
    source: { kind: 'passphrase', given: 'open sesame' },
    refused: null,
  })
})
