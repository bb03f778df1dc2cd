import { createHash } from 'node:crypto'
import fs from 'node:fs'
import fsPromises from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import { Holdings } from '../../src-main/compartment/holdings.ts'
import { deriveKeys } from '../../src-main/compartment/keys.ts'
import { rotate } from '../../src-main/compartment/rotation/rotate.ts'
import { replaceFile } from '../../src-main/console/files.ts'
import { opensWith } from '../../src-main/storage/open.ts'
import { idOf } from '../compartment/desk.ts'
import { watchStatements } from './statements.ts'

/** The root keys before and after, and what the secrets of the vault are bound to. */
export const [OLD, NEW] = [7, 9]
const BINDING = Buffer.alloc(32, 3)
const CONTENT = Buffer.from('what a technician added and the cloud does not have')
const SHA = createHash('sha256').update(CONTENT).digest('hex')
const UPLOAD = idOf('upload')

const rootKey = (byte: number): ArrayBuffer => new Uint8Array(32).fill(byte).buffer
const keysOf = (byte: number) => deriveKeys(new Uint8Array(rootKey(byte)))
const filesIn = (place: string): string => join(place, 'client')
const keyFile = (place: string): string => join(place, 'key')

export function openHoldings(place: string, byte: number): Holdings {
  const technician = { id: idOf('me'), name: 'Robin Vale', email: 'robin@example.com' }
  const assignment = { folder: filesIn(place), rootKey: rootKey(byte), binding: BINDING, technician }
  return new Holdings({ ...assignment, cloudUrl: 'http://127.0.0.1:9', online: false })
}

/** A client with an unsent note, a half-typed reply, an unsent file and a credential, and a stand-in for its keyring. */
export async function makeClient(place: string): Promise<void> {
  fs.mkdirSync(place, { recursive: true })
  const held = openHoldings(place, OLD)
  const note = {
    kind: 'entry.create' as const,
    ticketId: idOf('ticket'),
    entryId: idOf('note'),
    entryKind: 'note' as const,
  }
  held.ledger.append({ ...note, body: 'Not sent yet' }, { entry: note.entryId })
  const file = await held.files.begin('upload', { size: CONTENT.length })
  await file.writeChunk(0, CONTENT)
  await held.files.keep('upload', file, SHA)
  held.ledger.change(() => {
    held.ledger.drafts.put(note.ticketId, 'reply', 'Half a thou')
    const upload = { attachmentId: UPLOAD, ticketId: note.ticketId, mutationId: idOf('mutation'), sha256: SHA }
    held.ledger.uploads.put({ ...upload, size: CONTENT.length, problem: null })
  })
  const at = new Date(0).toISOString()
  const facts = {
    name: 'Router',
    username: null,
    url: null,
    header: null,
    tokenUrl: null,
    clientId: null,
    expiresAt: null,
  }
  const rest = { rotateAfterDays: null, mayUse: 'everyone' as const, mayReveal: 'everyone' as const }
  held.vault.change(() => {
    held.vault.add(idOf('credential'), 'login', at)
    const version = { id: idOf('credential'), kind: 'login' as const, version: 1, by: 'Robin', at, rotatedAt: at }
    held.vault.put({ ...version, facts: { ...facts, ...rest }, changed: ['password'] }, { password: 'tr0ub4dor' })
  })
  held.close()
  replaceFile(keyFile(place), String(OLD))
}

/** Gives the client another root key as the console does: copies, one write to the keyring, then the next opening. */
export async function rotateClient(place: string): Promise<void> {
  await rotate({ folder: filesIn(place), from: rootKey(OLD), to: rootKey(NEW), binding: BINDING })
  replaceFile(keyFile(place), String(NEW))
  openHoldings(place, NEW).close()
}

/** Opens the client with the key that its keyring has. @returns what is wrong; nothing where all the work is there */
export async function lookAt(place: string): Promise<string[]> {
  const key = Number(fs.readFileSync(keyFile(place), 'utf8'))
  const wrong: string[] = []
  const must = (what: string, holds: boolean): unknown => holds || wrong.push(what)
  const held = openHoldings(place, key)
  try {
    must('the unsent note', held.ledger.inState('queued').length === 1)
    must('the draft', held.ledger.drafts.of(idOf('ticket'))[0]?.body === 'Half a thou')
    must('the upload', held.ledger.uploads.find(UPLOAD)?.sha256 === SHA)
    const file = await held.files.open(SHA)
    must('the content', (await file.read(0, 1000)).equals(CONTENT))
    await file.close()
    const [credential] = held.vault.all(false)
    must('the secret', credential !== undefined && held.vault.openAll(credential).password === 'tr0ub4dor')
  } finally {
    held.close()
  }
  const other = keysOf(key === OLD ? NEW : OLD)
  for (const [name, otherKey] of [
    ['ledger', other.ledger],
    ['cache', other.cache],
    ['vault', other.vault],
  ] as const)
    must(`${name} under one key`, !opensWith(join(filesIn(place), `${name}.db`), otherKey))
  for (const name of fs.readdirSync(filesIn(place))) must(`${name} gone`, !/rekey|-journal/.test(name))
  must('one copy of the content', fs.readdirSync(join(filesIn(place), 'files')).length === 1)
  return wrong
}

const SYNC = ['rmSync', 'renameSync', 'copyFileSync', 'mkdirSync', 'fsyncSync', 'writeSync', 'openSync'] as const
const ASYNC = ['copyFile', 'rename', 'rm', 'open'] as const
type Methods = Record<string, (...args: unknown[]) => unknown>

/** Calls `before` ahead of every SQL statement and every call that changes files. @returns a function that ends it */
export function watchSteps(before: () => void): () => void {
  const undo = [watchStatements(before)]
  const wrap = (object: Methods, names: readonly string[]): void => {
    for (const name of names) {
      const real = object[name]
      if (!real) throw new Error(`no ${name}`)
      object[name] = (...args) => {
        before()
        return real.apply(object, args)
      }
      undo.push(() => void (object[name] = real))
    }
  }
  wrap(fs as unknown as Methods, SYNC)
  wrap(fsPromises as unknown as Methods, ASYNC)
  syncBuiltinESMExports()
  return () => {
    for (const one of undo) one()
    syncBuiltinESMExports()
  }
}
