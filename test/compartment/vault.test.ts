import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Change } from '../../src-shared/domain/views.ts'
import { configuration, deskChanges, idOf } from './desk.ts'
import { Driven, ME, temporaryFolder, type Outputs } from './driver.ts'
import { ScriptedCloud } from './scripted-cloud.ts'
import { auditOf, grant, login, Opened, problemCode, raw } from './vault-support.ts'

const ANN = idOf('Ann')
const SEED = 'JBSWY3DPEHPK3PXP'
let place: ReturnType<typeof temporaryFolder>
const open: { close(): Promise<void> }[] = []

beforeEach(() => {
  place = temporaryFolder()
})
afterEach(async () => {
  vi.useRealTimers()
  for (const one of open.splice(0)) await one.close()
  place.remove()
})

function start(more: ConstructorParameters<typeof Opened>[1] = {}): Opened {
  const opened = new Opened(place.folder, more)
  open.push(opened)
  return opened
}
async function restart(opened: Opened, more: ConstructorParameters<typeof Opened>[1] = {}): Promise<Opened> {
  open.splice(open.indexOf(opened), 1)
  await opened.close()
  return start(more)
}

test('a credential of every kind is kept, without its secrets in what is shown', async () => {
  const opened = start()
  const made = [
    await opened.vault.create(login({ url: 'https://dc.example.com', secrets: { password: 'first', seed: SEED } })),
    await opened.vault.create({ kind: 'api-token', name: 'Backup API', secrets: { token: 'token-1' } }),
    await opened.vault.create(grant()),
    await opened.vault.create({ kind: 'ssh-key', name: 'Router', secrets: { privateKey: 'key', passphrase: 'pass' } }),
    await opened.vault.create({ kind: 'note', name: 'Alarm code', secrets: { text: '1234' } }),
    await opened.vault.create({ kind: 'totp', name: 'Portal', secrets: { seed: SEED } }),
  ]
  expect(made.map(({ has }) => has)).toEqual([
    ['password', 'seed'],
    ['token'],
    ['refreshToken'],
    ['passphrase', 'privateKey'],
    ['text'],
    ['seed'],
  ])
  expect(made[0]).toMatchObject({
    version: 1,
    due: 'none',
    canUse: true,
    canReveal: true,
    url: 'https://dc.example.com',
  })
  const again = await restart(opened)
  const listed = await again.vault.list({ text: '' })
  expect(listed).toEqual(made.toSorted((x, y) => x.name.localeCompare(y.name)))
  expect(JSON.stringify(listed)).not.toMatch(/first|token-1|refresh-1|1234|JBSW/)
  expect(await again.reveal(made[3]?.id ?? '', 'privateKey')).toEqual({ value: 'key', forgetAfter: 30 })
})

test('a vault is made with the first credential, and not before', async () => {
  const opened = start()
  expect(existsSync(join(place.folder, 'vault.db'))).toBe(false)
  await opened.vault.create(login())
  expect(existsSync(join(place.folder, 'vault.db'))).toBe(true)
})

test('what a kind needs must be there, and nothing that it has not', async () => {
  const { vault } = start()
  const refused = async (input: Parameters<typeof vault.create>[0], reason: string): Promise<void> => {
    await expect(vault.create(input)).rejects.toThrow(reason)
  }
  await refused(login({ secrets: {} }), 'needs its password')
  await refused(login({ secrets: { password: 'x', privateKey: 'y' } }), 'has no privateKey')
  await refused({ kind: 'totp', name: 'x', secrets: { seed: 'not base32!' } }, 'base32')
  expect(await vault.list({ text: '' })).toEqual([])
  expect(auditOf(place.folder)).toEqual([])
})

test('search looks at names only, whatever the accents and case', async () => {
  const { vault } = start()
  await vault.create(login({ name: 'Überwachung Büro', username: 'geheim', url: 'https://geheim.example' }))
  await vault.create(login({ name: 'Backup' }))
  const names = async (text: string): Promise<string[]> => (await vault.list({ text })).map(({ name }) => name)
  expect(await names('buro UBER')).toEqual(['Überwachung Büro'])
  expect(await names('geheim')).toEqual([])
  expect(await names("' OR 1=1 --")).toEqual([])
  expect(await names('')).toEqual(['Backup', 'Überwachung Büro'])
})

test('an edit changes what it names; earlier versions stay and can be restored', async () => {
  const opened = start()
  const { vault } = opened
  const { id, rotatedAt } = await vault.create(login({ expiresAt: '2031-01-01T00:00:00Z' }))
  const renamed = await vault.edit({ id, patch: { facts: { name: 'New name' }, secrets: {} } })
  expect(renamed).toMatchObject({ name: 'New name', username: 'admin', expiresAt: '2031-01-01T00:00:00Z', rotatedAt })
  await vault.edit({ id, patch: { facts: {}, secrets: { password: 'second', text: 'remark' } } })
  await vault.edit({ id, patch: { facts: {}, secrets: { text: null } } })
  expect((await vault.get({ id })).has).toEqual(['password'])
  // What is as it was makes no version.
  expect(
    await vault.edit({ id, patch: { facts: { name: 'New name' }, secrets: { password: 'second' } } }),
  ).toMatchObject({
    version: 4,
  })
  await expect(vault.edit({ id, patch: { facts: {}, secrets: { password: null } } })).rejects.toThrow(
    'needs its password',
  )
  expect((await opened.reveal(id, 'password')).value).toBe('second')
  const again = await restart(opened)
  expect(await again.vault.versions({ id })).toMatchObject([
    { version: 4, changed: ['text'], by: 'Robin Vale' },
    { version: 3, changed: ['password', 'text'] },
    { version: 2, changed: ['name'] },
    { version: 1, changed: [] },
  ])
  expect(await again.vault.restore({ id, version: 1 })).toMatchObject({ version: 5, name: 'Domain admin' })
  expect((await again.reveal(id, 'password')).value).toBe('first')
  expect((await again.vault.versions({ id }))[0]?.changed).toEqual(['name', 'password'])
  expect(await problemCode(again.vault.restore({ id, version: 9 }))).toBe('not-found')
})

test('what was taken away is not listed, cannot be revealed, and comes back as it was', async () => {
  const opened = start()
  const { vault } = opened
  const made = await vault.create(login())
  await vault.remove({ id: made.id })
  expect(await vault.list({ text: '' })).toEqual([])
  expect(await vault.list({ text: '', removed: true })).toEqual([made])
  for (const act of [vault.get({ id: made.id }), opened.reveal(made.id, 'password'), vault.remove({ id: made.id })])
    expect(await problemCode(act)).toBe('not-found')
  expect(await vault.restore({ id: made.id, version: 1 })).toEqual(made)
  expect((await opened.reveal(made.id, 'password')).value).toBe('first')
})

test('what was taken away long ago is erased', async () => {
  const opened = start()
  const { id } = await opened.vault.create(login())
  await opened.vault.remove({ id })
  vi.useFakeTimers({ now: Date.now() + 31 * 86_400_000, toFake: ['Date'] })
  const again = await restart(opened)
  expect(await again.vault.list({ text: '', removed: true })).toEqual([])
  expect(auditOf(place.folder).at(-1)).toMatchObject({ action: 'vault.erase', entity: `credential ${id}` })
  const db = raw(place.folder, 'vault')
  expect(db.prepare('SELECT count(*) FROM secret').pluck().get()).toBe(0)
  db.close()
})

test('every act has its row in the audit trail, with the reason and without any secret', async () => {
  const opened = start()
  const { vault } = opened
  const { id } = await vault.create(login({ secrets: { password: 'first', seed: SEED } }))
  await vault.edit({ id, patch: { facts: {}, secrets: { password: 'second' } } })
  await opened.reveal(id, 'password', 'Ticket 4711')
  await vault.reveal({ id, field: 'password', purpose: 'copy' })
  await vault.code({ id })
  await vault.remove({ id })
  await vault.restore({ id, version: 2 })
  const trail = auditOf(place.folder)
  expect(trail.map(({ action, detail }) => [action, detail])).toEqual([
    ['vault.create', { kind: 'login' }],
    ['vault.edit', { version: 2, changed: ['password'] }],
    ['vault.reveal', { field: 'password', purpose: 'show', version: 2, reason: 'Ticket 4711' }],
    ['vault.reveal', { field: 'password', purpose: 'copy', version: 2, reason: null }],
    ['vault.code', { version: 2 }],
    ['vault.remove', { version: 2 }],
    ['vault.restore', { from: 2 }],
  ])
  for (const { actor, entity } of trail) expect([actor, entity]).toEqual([ME, `credential ${id}`])
  expect(JSON.stringify(trail)).not.toMatch(/first|second|JBSW|Domain admin/)
})

test('where the rules ask for a reason there is no value without one', async () => {
  const opened = start({ rules: { vault: { reasonNeeded: true, forgetAfter: 12 } } })
  const { id } = await opened.vault.create(login())
  expect(await opened.vault.policy()).toEqual({ reasonNeeded: true, forgetAfter: 12 })
  expect(await problemCode(opened.reveal(id, 'password'))).toBe('reason-needed')
  expect(await problemCode(opened.reveal(id, 'password', '   '))).toBe('reason-needed')
  expect(await opened.reveal(id, 'password', 'Ticket 4711')).toEqual({ value: 'first', forgetAfter: 12 })
  expect(auditOf(place.folder).filter(({ action }) => action === 'vault.reveal')).toHaveLength(1)
})

test('rules that are not known yet ask for a reason', async () => {
  const opened = start({ rules: null })
  const { id } = await opened.vault.create(login())
  expect(await problemCode(opened.reveal(id, 'password'))).toBe('reason-needed')
})

test('seeds and refresh tokens are never shown, codes are', async () => {
  const opened = start()
  const { id } = await opened.vault.create(login({ secrets: { password: 'first', seed: SEED } }))
  const { id: oauth } = await opened.vault.create(grant())
  await expect(opened.reveal(id, 'seed')).rejects.toThrow('never shown')
  await expect(opened.reveal(oauth, 'refreshToken')).rejects.toThrow('never shown')
  const code = await opened.vault.code({ id })
  expect(code).toMatchObject({ code: expect.stringMatching(/^\d{6}$/) as string, period: 30 })
  expect(code.secondsLeft).toBeGreaterThan(0)
  expect(await problemCode(opened.vault.code({ id: oauth }))).toBe('not-found')
})

test('who may not, does not: each act asks who acts', async () => {
  const robin = start()
  const hers = login({ mayReveal: [ANN], mayUse: [ME], secrets: { password: 'first', seed: SEED } })
  const { id, ...rights } = await robin.vault.create(hers)
  expect(rights).toMatchObject({ canReveal: false, canUse: true, canChange: false })
  const everyone = { facts: { mayReveal: 'everyone' as const }, secrets: {} }
  for (const act of [
    robin.reveal(id, 'password'),
    robin.vault.edit({ id, patch: everyone }),
    robin.vault.edit({ id, patch: { facts: {}, secrets: { password: 'mine' } } }),
    robin.vault.remove({ id }),
    robin.vault.restore({ id, version: 1 }),
    robin.vault.versions({ id }),
  ])
    expect(await problemCode(act)).toBe('credential-refused')
  expect((await robin.vault.code({ id })).code).toHaveLength(6)
  expect(auditOf(place.folder).filter(({ action }) => action === 'vault.refused')).toHaveLength(6)
  const ann = await restart(robin, { me: ANN })
  expect((await ann.reveal(id, 'password')).value).toBe('first')
  expect(await problemCode(ann.vault.code({ id }))).toBe('credential-refused')
  await ann.vault.edit({ id, patch: everyone })
  expect((await (await restart(ann)).reveal(id, 'password')).value).toBe('first')
})

test('what nobody may see can be replaced as a whole, and no rule of it loosened without', async () => {
  const { vault } = start()
  const { id } = await vault.create(login({ mayReveal: [], url: 'https://a.example' }))
  expect(await vault.get({ id })).toMatchObject({ canReveal: false, canChange: true })
  const change = (facts: Parameters<typeof vault.edit>[0]['patch']['facts'], password?: string) =>
    vault.edit({ id, patch: { facts, secrets: password ? { password } : {} } })
  await expect(change({ mayReveal: 'everyone' })).rejects.toThrow('anew')
  await expect(change({ url: 'https://b.example' })).rejects.toThrow('anew')
  expect(await problemCode(vault.restore({ id, version: 1 }))).toBeNull()
  await change({ name: 'Other name' })
  expect(await problemCode(vault.restore({ id, version: 1 }))).toBe('credential-refused')
  expect(await change({ mayReveal: 'everyone' }, 'new')).toMatchObject({ canReveal: true })
})

test('reminders: expired, to be changed, soon', async () => {
  const { vault } = start()
  const day = 86_400_000
  const at = (days: number): string => new Date(Date.now() + days * day).toISOString()
  const due = async (facts: Parameters<typeof login>[0]): Promise<string> => (await vault.create(login(facts))).due
  expect(await due({ expiresAt: at(-1) })).toBe('expired')
  expect(await due({ expiresAt: at(13) })).toBe('soon')
  expect(await due({ expiresAt: at(15) })).toBe('none')
  expect(await due({ rotateAfterDays: 90 })).toBe('none')
  const { id } = await vault.create(login({ rotateAfterDays: 10 }))
  vi.useFakeTimers({ now: Date.now() + 11 * day, toFake: ['Date'] })
  expect(await vault.get({ id })).toMatchObject({ due: 'rotate' })
  // Another name is no other secret.
  expect(await vault.edit({ id, patch: { facts: { name: 'x' }, secrets: {} } })).toMatchObject({ due: 'rotate' })
  expect(await vault.edit({ id, patch: { facts: {}, secrets: { password: 'second' } } })).toMatchObject({ due: 'soon' })
})

test('windows hear that credentials changed, and the console how many want attention; neither hears more', async () => {
  const cloud = await ScriptedCloud.start(deskChanges(10))
  const driven = await Driven.open({ folder: place.folder, cloudUrl: cloud.url, online: false })
  open.push(driven)
  await driven.sync()
  const changes: Change[] = []
  driven.follow<Change>('changes', (change) => changes.push(change))
  const due = login({ name: 'Zeppelin', expiresAt: '2020-01-01T00:00:00Z', secrets: { password: 'marker-7f3a' } })
  const made = await driven.call<Outputs['vault']['create']>('mutation', 'vault.create', due)
  await vi.waitFor(() => expect(changes).toContainEqual({ tickets: [], desk: false, vault: true }))
  await vi.waitFor(() => expect(driven.rollups.at(-1)).toMatchObject({ vaultFrom: [expect.any(Number)] }))
  const from = driven.rollups.at(-1)?.vaultFrom?.[0] ?? 0
  expect(new Date(from).toISOString()).toBe('2019-12-18T00:00:00.000Z')
  await driven.call('mutation', 'vault.reveal', { id: made.id, field: 'password', purpose: 'show' })
  const told = [driven.rollups, changes, driven.states, await driven.call('query', 'sync.report')]
  const diagnostics = await driven.call<string>('query', 'sync.diagnostics')
  expect(JSON.stringify(told) + diagnostics).not.toMatch(/marker|Zeppelin/)
  expect(cloud.received).toEqual([])
  await cloud.stop()
})

test('a vault on a full disk keeps what it has, and an act that was not done has a row that says so', async () => {
  const opened = start({ maxPages: { vault: 20 } })
  const { id } = await opened.vault.create(login())
  const long = 'x'.repeat(30_000)
  const add = (): Promise<unknown> => opened.vault.create({ kind: 'note', name: 'long', secrets: { text: long } })
  let taken = 0
  await expect(
    (async () => {
      for (; taken < 20; taken++) await add()
    })(),
  ).rejects.toThrow('disk is full')
  expect(await opened.vault.list({ text: 'long' })).toHaveLength(taken)
  expect((await opened.reveal(id, 'password')).value).toBe('first')
  const created = auditOf(place.folder).filter(({ action }) => action === 'vault.create')
  const failed = auditOf(place.folder).filter(({ action }) => action === 'vault.failed')
  expect(created.length - failed.length).toBe(taken + 1)
})

test('a damaged vault is said and left as it is, and tickets go on', async () => {
  const opened = start()
  await opened.vault.create(login())
  open.length = 0
  await opened.close()
  const file = join(place.folder, 'vault.db')
  const bytes = readFileSync(file)
  bytes[40] = (bytes[40] ?? 0) ^ 1
  writeFileSync(file, bytes)
  const again = start()
  expect(await problemCode(again.vault.list({ text: '' }))).toBe('file-damaged')
  expect(await again.caller.desk()).toMatchObject({ configuration: { statuses: configuration.statuses } })
  expect(readFileSync(file).equals(bytes)).toBe(true)
})

test('a vault of a newer version is said and left as it is', async () => {
  const opened = start()
  await opened.vault.create(login())
  open.length = 0
  await opened.close()
  const db = raw(place.folder, 'vault')
  db.pragma('user_version = 99')
  db.close()
  expect(await problemCode(start().vault.list({ text: '' }))).toBe('file-newer')
})
