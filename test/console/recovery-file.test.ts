import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { readRecoveryFile, writeRecoveryFile } from '../../src-main/console/recovery-file.ts'

const keys = new Map([
  ['console', new Uint8Array(randomBytes(32))],
  ['a client', new Uint8Array(randomBytes(32))],
])
const PHRASE = 'a phrase of its own'
const refused = (code: string) => ({ problem: { code } })

test('keys come back by name, and none is readable in the file', async () => {
  const text = await writeRecoveryFile(keys, 'Alpha', PHRASE)
  expect(await readRecoveryFile(text, PHRASE)).toEqual(keys)
  for (const key of keys.values())
    for (const spelling of ['hex', 'base64', 'base64url'] as const)
      expect(text).not.toContain(Buffer.from(key).toString(spelling))
  expect(text).not.toContain('a client')
})

test('a wrong passphrase and a damaged file are told apart', async () => {
  const text = await writeRecoveryFile(keys, 'Alpha', PHRASE)
  await expect(readRecoveryFile(text, 'another phrase')).rejects.toMatchObject(refused('recovery-passphrase-wrong'))
  const { sealed } = JSON.parse(text) as { sealed: string }
  const flipped = (sealed.startsWith('A') ? 'B' : 'A') + sealed.slice(1)
  for (const damaged of [
    '',
    text.slice(0, -20),
    text.replace(sealed, flipped),
    text.replace('"Alpha"', '"Beta"'),
    '[]',
  ])
    await expect(readRecoveryFile(damaged, PHRASE)).rejects.toMatchObject(refused('recovery-damaged'))
})

test('what is written around the keys is bound to them, whoever corrects the checksum', async () => {
  const one = JSON.parse(await writeRecoveryFile(keys, 'Alpha', PHRASE)) as Record<string, unknown>
  const other = JSON.parse(await writeRecoveryFile(keys, 'Beta', PHRASE)) as Record<string, unknown>
  // The header of one with the keys of the other, under the same salt: only the associated data differs.
  const forged = { ...one, organisation: 'Beta' }
  await expect(readRecoveryFile(JSON.stringify(forged), PHRASE)).rejects.toMatchObject(refused('recovery-damaged'))
  await expect(readRecoveryFile(JSON.stringify({ ...other, sealed: one['sealed'] }), PHRASE)).rejects.toMatchObject(
    refused('recovery-damaged'),
  )
})

test('a file that asks for more memory than a machine has, or of a newer version, is not opened', async () => {
  const file = JSON.parse(await writeRecoveryFile(keys, 'Alpha', PHRASE)) as { argon2id: object }
  const greedy = { ...file, argon2id: { ...file.argon2id, memory: 1e9 } }
  await expect(readRecoveryFile(JSON.stringify(greedy), PHRASE)).rejects.toMatchObject(refused('recovery-damaged'))
  await expect(readRecoveryFile(JSON.stringify({ ...file, version: 2 }), PHRASE)).rejects.toMatchObject(
    refused('file-newer'),
  )
})
