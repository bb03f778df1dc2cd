import { copyFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { inspect } from 'node:util'
import type { inferRouterOutputs } from '@trpc/server'
import { afterEach, beforeEach, expect, expectTypeOf, test } from 'vitest'
import type { CompartmentApi, TenantRouter } from '../../src-main/compartment/router.ts'
import { tenantRouter } from '../../src-main/compartment/router.ts'
import type { Authorisation } from '../../src-main/compartment/vault/use/authorisation.ts'
import type { CredentialUse } from '../../src-main/compartment/vault/use/credential-use.ts'
import { problemOf } from '../../src-shared/problem.ts'
import { ME, temporaryFolder } from '../compartment/driver.ts'
import { auditOf, filesWith, grant, login, Opened, problemCode, raw } from '../compartment/vault-support.ts'

const A = { bindingByte: 1 }
// As if every layer above had failed: the same keys, another client.
const B = { bindingByte: 2 }
const MARKER = 'Marker-5e1f-Oystercatcher'
const SEED = 'JBSWY3DPEHPK3PXP'
let a: ReturnType<typeof temporaryFolder>
let b: ReturnType<typeof temporaryFolder>
const open: Opened[] = []

beforeEach(() => {
  a = temporaryFolder()
  b = temporaryFolder()
})
afterEach(async () => {
  for (const opened of open.splice(0)) await opened.close()
  a.remove()
  b.remove()
})

function start(folder: string, more: ConstructorParameters<typeof Opened>[1]): Opened {
  const opened = new Opened(folder, more)
  open.push(opened)
  return opened
}
async function end(opened: Opened): Promise<void> {
  open.splice(open.indexOf(opened), 1)
  await opened.close()
}
/** Runs SQL on a vault, as a bug or an attacker with the file's key would. */
function sql(folder: string, text: string, ...values: unknown[]): number {
  const db = raw(folder, 'vault')
  try {
    return db.prepare(text).run(...values).changes
  } finally {
    db.close()
  }
}
/** Every way to get at a secret of a credential. */
async function outcomes(opened: Opened, id: string): Promise<(string | null)[]> {
  return [
    await problemCode(opened.reveal(id, 'password', 'because')),
    await problemCode(opened.vault.code({ id })),
    await problemCode(opened.compartment.credentials.authorise(id, { method: 'GET', url: 'https://a.example/' })),
  ]
}
const SHUT = ['secret-unreadable', 'secret-unreadable', 'secret-unreadable']
const full = () => login({ url: 'https://a.example', secrets: { password: 'first', seed: SEED, text: 'remark' } })

test("another client's record does not open in this vault, though the keys were the same", async () => {
  const theirs = start(b.folder, B)
  const { id } = await theirs.vault.create(full())
  const { id: own } = await start(a.folder, A).vault.create(full())
  const from = raw(b.folder, 'vault')
  const to = raw(a.folder, 'vault')
  for (const table of ['credential', 'version', 'secret']) {
    for (const row of from.prepare(`SELECT * FROM ${table}`).raw().all() as unknown[][])
      to.prepare(`INSERT INTO ${table} VALUES (${row.map(() => '?').join(', ')})`).run(...row)
  }
  from.close()
  to.close()
  const [opened] = open.slice(-1)
  if (!opened) throw new Error('not open')
  expect(await opened.vault.list({ text: '' })).toHaveLength(2)
  expect(await outcomes(opened, id)).toEqual(SHUT)
  expect(await outcomes(opened, own)).toEqual([null, null, null])
  expect(await outcomes(theirs, id)).toEqual([null, null, null])
})

test("another client's vault as a whole in this place: nothing of it opens, and with its own keys not even the file", async () => {
  const theirs = start(b.folder, B)
  const { id } = await theirs.vault.create(full())
  await end(theirs)
  copyFileSync(join(b.folder, 'vault.db'), join(a.folder, 'vault.db'))
  const opened = start(a.folder, A)
  expect(await outcomes(opened, id)).toEqual(SHUT)
  await end(opened)
  // As it is in truth: every client has keys of its own.
  const c = temporaryFolder()
  copyFileSync(join(b.folder, 'vault.db'), join(c.folder, 'vault.db'))
  expect(await problemCode(start(c.folder, { bindingByte: 3, keyByte: 9 }).vault.list({ text: '' }))).toBe(
    'file-damaged',
  )
  await end(open[0] as Opened)
  c.remove()
})

test('an old sealed secret put in the place of the new one does not open', async () => {
  const opened = start(a.folder, A)
  const { id } = await opened.vault.create(full())
  await opened.vault.edit({ id, patch: { facts: {}, secrets: { password: 'second' } } })
  const put = `UPDATE secret SET sealed = (SELECT o.sealed FROM secret o WHERE o.credential = secret.credential
    AND o.field = secret.field AND o.version = 1) WHERE version = 2`
  expect(sql(a.folder, put)).toBe(3)
  expect(await outcomes(opened, id)).toEqual(SHUT)
  // The rows that were there before still open, and a restore brings one back.
  await opened.vault.restore({ id, version: 1 })
  expect((await opened.reveal(id, 'password')).value).toBe('first')
})

test('a secret in the place of another field does not open: a seed cannot be shown as a note', async () => {
  const opened = start(a.folder, A)
  const { id } = await opened.vault.create(full())
  const swap = `UPDATE secret SET sealed = (SELECT o.sealed FROM secret o WHERE o.field = 'seed') WHERE field = 'text'`
  expect(sql(a.folder, swap)).toBe(1)
  expect(await problemCode(opened.reveal(id, 'text'))).toBe('secret-unreadable')
  expect(sql(a.folder, `UPDATE secret SET field = 'token' WHERE field = 'seed'`)).toBe(1)
  expect(await problemCode(opened.reveal(id, 'token'))).toBe('secret-unreadable')
})

test('a secret in the place of another credential does not open', async () => {
  const opened = start(a.folder, A)
  const { id: one } = await opened.vault.create(full())
  const { id: other } = await opened.vault.create(full())
  sql(
    a.folder,
    `UPDATE secret SET sealed = (SELECT o.sealed FROM secret o WHERE o.credential = ? AND o.field = 'password')
     WHERE credential = ? AND field = 'password'`,
    one,
    other,
  )
  expect(await problemCode(opened.reveal(other, 'password'))).toBe('secret-unreadable')
})

test('every bit of a sealed secret counts', async () => {
  const opened = start(a.folder, A)
  const { id } = await opened.vault.create({ kind: 'note', name: 'x', secrets: { text: 'first' } })
  const db = raw(a.folder, 'vault')
  const sealed = db.prepare<[], Buffer>('SELECT sealed FROM secret').pluck().get() ?? Buffer.alloc(0)
  for (let bit = 0; bit < sealed.length * 8; bit++) {
    const changed = Buffer.from(sealed)
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    db.prepare('UPDATE secret SET sealed = ?').run(changed)
    expect(await problemCode(opened.reveal(id, 'text'))).toBe('secret-unreadable')
  }
  for (const short of [0, 1, 12, 27, sealed.length - 1]) {
    db.prepare('UPDATE secret SET sealed = ?').run(sealed.subarray(0, short))
    expect(await problemCode(opened.reveal(id, 'text'))).toBe('secret-unreadable')
  }
  db.close()
})

test.each([
  ['$.mayReveal', '"everyone"'],
  ['$.mayUse', '"everyone"'],
  ['$.url', '"https://evil.example"'],
  ['$.tokenUrl', '"https://evil.example/token"'],
  ['$.name', '"Other"'],
])('rules and addresses belong to the secret: with %s changed in the file it does not open', async (path, value) => {
  const opened = start(a.folder, A)
  const rules = { mayReveal: [ME], mayUse: [ME] }
  const { id } = await opened.vault.create({ ...full(), ...rules })
  const set = 'UPDATE version SET facts = json_set(facts, ?, json(?))'
  expect(sql(a.folder, set, path, value)).toBe(1)
  expect(await problemCode(opened.vault.code({ id }))).toBe('secret-unreadable')
  expect(await problemCode(opened.reveal(id, 'password'))).toBe('secret-unreadable')
})

test('a grant is not renewed at an address that was put into the file', async () => {
  const asked: string[] = []
  const server = await listening(asked)
  const opened = start(a.folder, A)
  const { id } = await opened.vault.create(grant({ url: 'https://a.example', tokenUrl: 'https://a.example/token' }))
  const evil = JSON.stringify(`https://127.0.0.1:${(server.address() as AddressInfo).port}/token`)
  sql(a.folder, `UPDATE version SET facts = json_set(facts, '$.tokenUrl', json(?))`, evil)
  const use = opened.compartment.credentials.authorise(id, { method: 'GET', url: 'https://a.example/' })
  expect(await problemCode(use)).toBe('secret-unreadable')
  expect(asked).toEqual([])
  server.close()
})

test('a person cannot have a refresh token sent to an address of their own', async () => {
  const { vault } = start(a.folder, A)
  const tokenUrl = 'https://a.example/token'
  const { id } = await vault.create(grant({ tokenUrl, secrets: { refreshToken: 'r', clientSecret: 's' } }))
  const facts = { tokenUrl: 'https://evil.example/token' }
  await expect(vault.edit({ id, patch: { facts, secrets: {} } })).rejects.toThrow('anew')
  await expect(vault.edit({ id, patch: { facts, secrets: { refreshToken: 'mine' } } })).rejects.toThrow('clientSecret')
  const secrets = { refreshToken: 'mine', clientSecret: 'mine' }
  expect(await vault.edit({ id, patch: { facts, secrets } })).toMatchObject(facts)
})

test('code gone wrong cannot have a secret sent elsewhere than to the origin of the credential', async () => {
  const opened = start(a.folder, A)
  const { id } = await opened.vault.create(full())
  const { id: nowhere } = await opened.vault.create(login())
  for (const url of [
    'https://evil.example/',
    'http://a.example/',
    'https://a.example:444/',
    'https://a.example.evil.example/',
    'https://a.example@evil.example/',
    'https://evil.example/?https://a.example',
  ])
    expect(await problemCode(opened.compartment.credentials.authorise(id, { method: 'GET', url }))).toBe(
      'credential-elsewhere',
    )
  const use = opened.compartment.credentials.authorise(nowhere, { method: 'GET', url: 'https://a.example/' })
  expect(await problemCode(use)).toBe('credential-elsewhere')
})

test('no file of a compartment ever holds a secret, a name or an address of a credential in the clear', async () => {
  const opened = start(a.folder, A)
  const marked = (n: number): string => `${MARKER}-${n}`
  const look = (): void => {
    expect(filesWith(a.folder, MARKER)).toEqual([])
    expect(filesWith(a.folder, MARKER.toUpperCase())).toEqual([])
  }
  const { id } = await opened.vault.create(
    login({
      name: marked(1),
      username: marked(2),
      url: `https://${MARKER}.example`,
      secrets: { password: marked(3), text: marked(4) },
    }),
  )
  look()
  await opened.vault.edit({ id, patch: { facts: { name: marked(5) }, secrets: { password: marked(6) } } })
  await opened.reveal(id, 'password', marked(7))
  await opened.vault.importPreview({ csv: `name,url,username,password\n${marked(8)},,${marked(8)},${marked(8)}` })
  await opened.vault.import({ csv: `name,url,username,password\n${marked(9)},,${marked(9)},${marked(9)}` })
  await opened.vault.remove({ id })
  await opened.vault.restore({ id, version: 1 })
  look()
  await end(opened)
  look()
  // The scan can find what is there.
  const db = raw(a.folder, 'vault')
  expect(db.prepare('SELECT facts FROM version').pluck().all().join('')).toContain(MARKER)
  expect(
    db
      .prepare<[], Buffer>('SELECT sealed FROM secret')
      .pluck()
      .all()
      .some((one) => one.includes(MARKER)),
  ).toBe(false)
  db.close()
})

test('no query, no list and no error holds a secret; the audit trail neither', async () => {
  const opened = start(a.folder, A)
  const { vault } = opened
  const long = MARKER.repeat(3000)
  const errors: unknown[] = []
  const failing = async (act: Promise<unknown>): Promise<void> => {
    errors.push(
      problemOf(
        await act.then(
          () => expect.fail('it was taken'),
          (error: unknown) => error,
        ),
      ),
    )
  }
  const { id } = await vault.create(login({ secrets: { password: MARKER, text: MARKER } }))
  await failing(vault.create(login({ secrets: { password: long } })))
  await failing(vault.create(login({ secrets: { seed: MARKER } })))
  await failing(vault.create({ kind: 'totp', name: 'x', secrets: { seed: MARKER } }))
  await failing(vault.create({ kind: 'totp', name: 'x', secrets: { seed: `otpauth://totp/x?secret=${MARKER}` } }))
  await failing(vault.edit({ id, patch: { facts: {}, secrets: { token: MARKER } } }))
  await failing(vault.import({ csv: MARKER }))
  await failing(vault.import({ csv: `${MARKER}\n"${MARKER}` }))
  const csv = `name,url,username,password,notes,totp\n${MARKER.repeat(20)},,x,${MARKER},,\nb,,c,d,,${MARKER}\n"${MARKER}`
  const preview = await vault.importPreview({ csv })
  expect(preview.bad).toHaveLength(3)
  const db = raw(a.folder, 'vault')
  db.exec(`UPDATE secret SET sealed = randomblob(60) WHERE field = 'text'`)
  db.close()
  await failing(opened.reveal(id, 'text'))
  const told = [
    errors,
    preview.bad,
    await vault.list({ text: '' }),
    await vault.get({ id }),
    await vault.versions({ id }),
    await vault.policy(),
    await opened.caller.desk(),
    await opened.caller.sync.report(),
    await opened.caller.sync.diagnostics(),
    await opened.caller.outbox.list(),
    await opened.caller.inbox.list(),
    auditOf(a.folder),
  ]
  expect(JSON.stringify(told)).not.toContain(MARKER)
})

test('whatever carries a secret is a mutation, which windows do not keep', () => {
  const all = Object.entries(tenantRouter._def.procedures as unknown as Record<string, { _def: { type: string } }>)
  const queries = all.filter(([name, { _def }]) => name.startsWith('vault.') && _def.type !== 'mutation')
  expect(queries.map(([name]) => name).sort()).toEqual(['vault.get', 'vault.list', 'vault.policy', 'vault.versions'])
})

/** Whether an authorisation is anywhere in a type. */
type Holds<Type, Depth extends 0[] = []> = Type extends Authorisation
  ? true
  : Depth['length'] extends 6
    ? false
    : Type extends (...parameters: never[]) => unknown
      ? false
      : Type extends object
        ? { [Key in keyof Type]: Holds<Type[Key], [...Depth, 0]> }[keyof Type]
        : false

test('no procedure can answer with what authorises a request', async () => {
  // By their types: neither an answer, nor what procedures act on, leads there.
  expectTypeOf<true extends Holds<{ deep: { list: Authorisation[] } }> ? true : false>().toEqualTypeOf<true>()
  expectTypeOf<true extends Holds<inferRouterOutputs<TenantRouter>> ? true : false>().toEqualTypeOf<false>()
  expectTypeOf<Extract<CompartmentApi[keyof CompartmentApi], CredentialUse>>().toEqualTypeOf<never>()
  expectTypeOf<Extract<keyof CompartmentApi['vault'], 'authorise' | 'forUse' | 'peek'>>().toEqualTypeOf<never>()
  // And where the types were lied to: it becomes no JSON, and a copy for another thread has nothing in it.
  const opened = start(a.folder, A)
  const { id } = await opened.vault.create(login({ url: 'https://a.example', secrets: { password: MARKER } }))
  const made = await opened.compartment.credentials.authorise(id, { method: 'GET', url: 'https://a.example/x' })
  const headers = new Headers()
  made.addTo(headers)
  const carried = headers.get('authorization') ?? ''
  expect(carried).toMatch(/^Basic /)
  expect(() => JSON.stringify({ made })).toThrow('stays inside')
  for (const shown of [JSON.stringify(structuredClone(made)), inspect(made, { depth: 9 }), String(made)]) {
    expect(shown).not.toContain(MARKER)
    expect(shown).not.toContain(carried.slice(6))
  }
})

async function listening(asked: string[]): Promise<Server> {
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    response.end()
  })
  server.on('connection', () => asked.push('connection'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}
