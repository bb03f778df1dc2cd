import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { brokenAuditRow, type AuditRow } from '../../src-main/compartment/ledger/audit.ts'
import { idOf } from './desk.ts'
import { temporaryFolder } from './driver.ts'
import { auditOf, grant, login, Opened, problemCode, raw } from './vault-support.ts'

let place: ReturnType<typeof temporaryFolder>
const open: Opened[] = []

beforeEach(() => {
  place = temporaryFolder()
})
afterEach(async () => {
  for (const opened of open.splice(0)) await opened.close()
  place.remove()
})

function start(more: ConstructorParameters<typeof Opened>[1] = {}): Opened {
  const opened = new Opened(place.folder, more)
  open.push(opened)
  return opened
}
function reveals(): number {
  return auditOf(place.folder).filter(({ action }) => action === 'vault.reveal').length
}
/** Lets a process reveal until it dies. @returns the values that it was answered */
async function killed(when: 'before' | 'after' | 'later'): Promise<string[]> {
  const script = fileURLToPath(new URL('revealing-process.ts', import.meta.url))
  const child = spawn(process.execPath, [script, place.folder, when], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exit = once(child, 'exit')
  const lines: string[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line)
    if (when === 'later' && lines.length === 20) child.kill('SIGKILL')
  }
  expect(await exit).toEqual([null, 'SIGKILL'])
  expect(lines.shift()).toBe('made')
  return lines
}

test('a kill -9 between the row and the answer leaves the row, and nobody has the value', async () => {
  expect(await killed('after')).toEqual([])
  expect(reveals()).toBe(1)
})

test('a kill -9 right before the row leaves neither', async () => {
  expect(await killed('before')).toEqual([])
  expect(reveals()).toBe(0)
})

test('whenever it is killed, every value that was answered has its row', async () => {
  const values = await killed('later')
  expect(values.length).toBeGreaterThan(10)
  expect(new Set(values)).toEqual(new Set(['marker-1c9e']))
  expect(reveals()).toBeGreaterThanOrEqual(values.length)
  const db = raw(place.folder, 'ledger')
  expect(brokenAuditRow(db.prepare<[], AuditRow>('SELECT * FROM audit ORDER BY seq').iterate())).toBeNull()
  db.close()
})

const request = { method: 'GET', url: 'https://a.example/' }

/** A credential of each kind that something is handed out of. */
async function fill(opened: Opened): Promise<{ id: string; oauth: string }> {
  const secrets = { password: 'p', seed: 'MZXW6YTB' }
  const { id } = await opened.vault.create(login({ url: 'https://a.example', secrets }))
  const places = { url: 'https://a.example', tokenUrl: 'https://127.0.0.1:9/' }
  const { id: oauth } = await opened.vault.create(grant(places))
  return { id, oauth }
}
/** Everything that hands something out; what needs the smallest row comes first. */
function acts(opened: Opened, { id, oauth }: { id: string; oauth: string }): (() => Promise<unknown>)[] {
  return [
    () => opened.vault.code({ id }),
    () => opened.reveal(id, 'password'),
    () => opened.compartment.credentials.authorise(id, request),
    () => opened.compartment.credentials.authorise(oauth, request),
  ]
}

test('on a full disk there is no row, and so no value, no code and no use', async () => {
  const made = await fill(start())
  await (open.shift() as Opened).close()
  const opened = start({ maxPages: { ledger: 14 } })
  const handing = acts(opened, made)
  let taken = 0
  for (; taken < 500 && (await problemCode(opened.vault.code({ id: made.id }))) === null; taken++);
  expect(taken).toBeGreaterThan(0)
  const before = auditOf(place.folder).length
  for (const act of handing) expect(await problemCode(act())).toBe('disk-full')
  expect(auditOf(place.folder)).toHaveLength(before)
})

test('where the ledger takes no rows, for whatever reason, nothing is handed out and nothing changes', async () => {
  const opened = start()
  const made = await fill(opened)
  const handing = acts(opened, made)
  const listed = await opened.vault.list({ text: '' })
  const db = raw(place.folder, 'ledger')
  db.exec(`CREATE TRIGGER no_rows BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'no'); END`)
  db.close()
  for (const act of handing) expect(await problemCode(act())).toBe('internal')
  const { id } = made
  for (const act of [
    opened.vault.create(login({ name: 'Another' })),
    opened.vault.edit({ id, patch: { facts: { name: 'Another' }, secrets: {} } }),
    opened.vault.remove({ id }),
    opened.vault.import({ csv: 'name,url,username,password\nx,,y,z' }),
  ])
    expect(await problemCode(act)).toBe('internal')
  expect(await opened.vault.list({ text: '' })).toEqual(listed)
})

test('the row of an act names who did it', async () => {
  const robin = start()
  const { id } = await robin.vault.create(login())
  await robin.reveal(id, 'password')
  await (open.shift() as Opened).close()
  const ann = start({ me: idOf('Ann') })
  await ann.reveal(id, 'password')
  expect(auditOf(place.folder).at(-1)).toMatchObject({ action: 'vault.reveal', actor: idOf('Ann') })
})

test('a technician without the right to reveal at this client sees no secret, whomever a credential names, and uses it', async () => {
  const robin = start()
  const { id } = await robin.vault.create(login({ url: 'https://dc.example.com' }))
  await (open.shift() as Opened).close()
  const reader = start({ may: ['see', 'act'] })
  expect(await reader.vault.get({ id })).toMatchObject({ canReveal: false, canUse: true, canChange: false })
  expect(await problemCode(reader.reveal(id, 'password'))).toBe('credential-refused')
  await (open.shift() as Opened).close()
  const again = start({ may: ['see', 'act', 'reveal'] })
  expect(await problemCode(again.reveal(id, 'password'))).toBeNull()
})
