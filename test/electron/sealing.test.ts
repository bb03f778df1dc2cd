import { randomBytes } from 'node:crypto'
import { beforeEach, expect, test } from 'vitest'
import { findPresence, findSealing, openKeychain } from '../../src-main/electron/sealing.ts'
import type { Keychain } from '../../src-main/console/host.ts'
import { problemOf, type Problem } from '../../src-shared/problem.ts'
import { becomeReady } from '../fakes/electron/app.ts'
import { resetElectron, world } from '../fakes/electron/world.ts'

beforeEach(() => {
  resetElectron()
  becomeReady()
})

async function keychain(platform: NodeJS.Platform = 'linux'): Promise<Keychain> {
  return (await openKeychain(platform)) ?? expect.unreachable('there is a keychain')
}

async function refusal(work: Promise<unknown>): Promise<Problem> {
  return work.then(
    () => expect.unreachable('it was not refused'),
    (error: unknown) => problemOf(error),
  )
}

test('any bytes come back from one line of base64', async () => {
  const sealing = await keychain()
  for (const secret of [new Uint8Array(0), randomBytes(32), Uint8Array.of(0, 255, 10, 13, 0)]) {
    const sealed = await sealing.seal(secret)
    expect(sealed).toMatch(/^[A-Za-z0-9+/]+={0,2}$/)
    expect(Buffer.from(await sealing.open(sealed))).toEqual(Buffer.from(secret))
  }
})

test('the sealed value does not hold the secret in any plain form', async () => {
  const secret = randomBytes(32)
  const sealed = Buffer.from(await (await keychain()).seal(secret), 'base64')
  expect(sealed.includes(secret)).toBe(false)
  expect(sealed.includes(secret.toString('base64'))).toBe(false)
})

test('the name of the system store is recorded', async () => {
  expect(await keychain('linux')).toMatchObject({ backend: 'safeStorage/gnome_libsecret', exposed: false })
  expect(await keychain('darwin')).toMatchObject({ backend: 'safeStorage/keychain', exposed: false })
  expect(await keychain('win32')).toMatchObject({ backend: 'safeStorage/dpapi', exposed: false })
})

test('a value that was changed, or sealed on another machine, does not open', async () => {
  const sealing = await keychain()
  const sealed = Buffer.from(await sealing.seal(randomBytes(32)), 'base64')
  sealed[sealed.length - 1]! ^= 1
  expect((await refusal(sealing.open(sealed.toString('base64')))).code).toBe('key-wrong')
  expect((await refusal(sealing.open('not sealed'))).code).toBe('key-wrong')
})

test('a store that keeps keys in the clear is told apart, and said', async () => {
  world.storageBackend = 'basic_text'
  expect(await keychain()).toMatchObject({ backend: 'safeStorage/basic_text', exposed: true })
  const { refused } = await findSealing('linux', null)
  expect(refused).toMatchObject({ code: 'keychain-missing', message: expect.stringContaining('basic_text') as string })
})

test('a store without a key is none; one that comes later is found then', async () => {
  world.storageAvailable = false
  const { source } = await findSealing('win32', null)
  expect(await source.keychain()).toBeNull()
  world.storageAvailable = true
  expect(await source.keychain()).toMatchObject({ backend: 'safeStorage/dpapi' })
})

test('a passphrase that was given is kept, also where there is a keychain', async () => {
  expect(await findSealing('linux', 'open sesame')).toMatchObject({ source: { given: 'open sesame' }, refused: null })
})

test('where the system cannot ask who is there, nothing pretends that it did', () => {
  expect(findPresence('linux')).toBeNull()
  expect(findPresence('win32')).toBeNull()
})
