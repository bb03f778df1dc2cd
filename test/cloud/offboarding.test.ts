import { createHash, randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { main } from '../../src-cloud/offboard-command/main.ts'
import { signatureOf } from '../../src-cloud/offboarding/run.ts'
import { startCloud } from '../../src-cloud/start.ts'
import { tokenKey } from '../../src-cloud/tokens.ts'
import { paths } from '../../src-shared/protocol/api.ts'
import { OffboardingView, type DeletionProof } from '../../src-shared/protocol/offboarding.ts'
import { ask, push, type TestCloud } from '../support/cloud.ts'
import { uuid } from '../support/sample.ts'
import { attach, fileOf, put } from './files.ts'
import { onboardingWorld, refusal, type OnboardingDesk } from './onboarding-desk.ts'
import { newTicket } from './workbench.ts'

const [ACME, ZEPHYR] = [uuid('tenant', 'Acme'), uuid('tenant', 'Zephyr')]
let cloud: TestCloud
let robin: OnboardingDesk
let acme: string
const folder = mkdtempSync(join(tmpdir(), 'bulkhead-offboard-'))
beforeAll(async () => {
  ;({ cloud, robin } = await onboardingWorld())
  acme = await cloud.tenantToken(0)
})
afterAll(async () => {
  await cloud.close()
  rmSync(folder, { recursive: true, force: true })
})

const names = async () => (await robin.tenants()).map(({ name }) => name)
const view = async (response: Promise<Response>) => OffboardingView.parse(await (await response).json())
const look = (id: string) => view(ask(cloud.url, paths.offboarding(id), { token: robin.token }))
const until = (id: string, state: string) =>
  vi.waitFor(async () => {
    const now = await look(id)
    expect(now.state).toBe(state)
    return now
  })
const start = (client: string) =>
  robin.send(paths.offboardings, { id: randomUUID(), client, reason: 'They went elsewhere' })
const write = (token: string) =>
  push(cloud.url, token, randomUUID(), 1, [
    { kind: 'ticket.create', ticketId: randomUUID(), ticket: { ...newTicket, status: 'new' } },
  ])
async function command(...flags: string[]): Promise<{ code: number; out: string }> {
  const out: string[] = []
  const said = { write: (line: string) => out.push(line) }
  const env = { BULKHEAD_CLOUD: cloud.url, BULKHEAD_EMAIL: 'robin@alpha.example', BULKHEAD_PASSWORD: 'secret of Alpha' }
  return { code: await main(flags, env, said, said), out: out.join('') }
}

test('closed, a client is in no list and its tokens count no more; cancelled, all is as it was', async () => {
  const begun = await view(start('zephyr'))
  expect(await names()).toEqual(['Acme'])
  const zephyr = uuid('tenant', 'Zephyr')
  const minted = await ask(cloud.url, paths.tenantToken(zephyr), { token: robin.token, method: 'POST' })
  expect(minted.status).toBe(403)
  expect((await refusal(await start('Zephyr'))).message).toBe('Robin of Alpha is taking Zephyr out already.')
  await until(begun.id, 'exported')
  const wrong = { manifestSha256: '0'.repeat(64), name: 'Zephyr' }
  expect((await refusal(await robin.send(paths.offboardingAct(begun.id, 'confirm'), wrong))).message).toContain(
    'Take them again',
  )
  expect((await command('--client=Zephyr', '--cancel')).out).toBe('Zephyr is open again to whoever worked for it.\n')
  expect(await names()).toEqual(['Acme', 'Zephyr'])
  expect((await write(await cloud.tenantToken(1))).status).toBe(200)
})

test('a token that was minted before counts no more, for reading either', async () => {
  const token = await cloud.tenantToken(1)
  const { id } = await view(start(ZEPHYR))
  await vi.waitFor(async () => expect((await ask(cloud.url, paths.changes, { token })).status).toBe(403))
  expect((await write(token)).status).toBe(403)
  await until(id, 'exported')
  await robin.send(paths.offboardingAct(id, 'cancel'), {})
  await vi.waitFor(async () => expect((await ask(cloud.url, paths.changes, { token })).status).toBe(200))
})

test('the command exports everything, checked; with --delete nothing is left in any table, and that is proven', async () => {
  const file = fileOf('log', 3000)
  const attachment = await attach(cloud.url, acme, uuid('Acme', 'ticket', 1), file)
  await put(cloud.url, acme, attachment, 0, file.bytes)
  expect((await ask(cloud.url, paths.attachmentComplete(attachment), { token: acme, method: 'POST' })).status).toBe(200)

  const first = await command('--client=Acme', `--to=${join(folder, 'first')}`)
  expect([first.code, first.out]).toEqual([0, expect.stringContaining('Nothing is deleted.')])
  expect(await cloud.owner`select from ticket where tenant_id = ${ACME}`).toHaveLength(5)
  const to = join(folder, 'last')
  const last = await command('--client=Acme', `--to=${to}`, '--delete', '--reason=They went elsewhere')
  expect([last.code, last.out]).toEqual([0, expect.stringMatching(/✓ Acme is deleted: nothing is left in \d\d tables/)])

  const lines = readFileSync(join(to, 'SHA256SUMS'), 'utf8').trimEnd().split('\n')
  for (const line of lines) {
    const [digest = '', name = ''] = line.split('  ')
    expect(
      createHash('sha256')
        .update(readFileSync(join(to, name)))
        .digest('hex'),
      name,
    ).toBe(digest)
  }
  const rows = (name: string) =>
    readFileSync(join(to, name), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(
    rows('tickets.jsonl')
      .map(({ subject }) => subject)
      .sort(),
  ).toEqual([1, 2, 3, 4, 5].map((n) => `Acme ticket ${n}`))
  expect(rows('entries.jsonl')).toHaveLength(5)
  expect(readFileSync(join(to, 'tickets.csv'), 'utf8')).toContain('Acme ticket 3')
  expect(readFileSync(join(to, `attachments/${attachment}-firewall.log`)).equals(file.bytes)).toBe(true)
  expect(JSON.parse(readFileSync(join(to, 'people.json'), 'utf8'))).toHaveLength(3)

  const tables = await cloud.owner<{ name: string }[]>`
    select relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and a.attnum > 0
    where relkind = 'r' and relnamespace = 'public'::regnamespace and relname not in ('onboarding', 'offboarding')`
  for (const { name } of tables)
    expect(await cloud.owner`select from ${cloud.owner(name)} where tenant_id = ${ACME}`, name).toHaveLength(0)
  expect(await cloud.owner`select from tenant where id = ${ACME}`).toHaveLength(0)
  expect(await cloud.owner`select from ticket where tenant_id = ${ZEPHYR}`).not.toHaveLength(0)
  const { signature, ...proof } = JSON.parse(readFileSync(join(to, 'deletion.json'), 'utf8')) as DeletionProof
  expect(proof).toMatchObject({ client: 'Acme', reason: 'Left', confirmedBy: 'Robin of Alpha' })
  expect(Object.keys(proof.remaining)).toEqual(expect.arrayContaining(tables.map(({ name }) => name)))
  expect(new Set(Object.values(proof.remaining))).toEqual(new Set([0]))
  expect(signature).toBe(signatureOf(proof, await tokenKey(cloud.owner)))
})

test('what retention demands is kept, closed, until it is over; then it is deleted by itself', async () => {
  await cloud.owner`update configuration set data = (data::jsonb || '{"retention": {"keepDays": 30000}}')::json where tenant_id = ${ZEPHYR}`
  const kept = await command('--client=Zephyr', `--to=${join(folder, 'kept')}`, '--delete')
  expect([kept.code, kept.out]).toEqual([3, expect.stringMatching(/want its tickets kept until 21\d\d-/)])
  expect(await names()).toEqual([])
  expect(await cloud.owner`select from ticket where tenant_id = ${ZEPHYR}`).not.toHaveLength(0)
  // Years later, when the cloud looks at what is busy.
  await cloud.owner`update configuration set data = (data::jsonb - 'retention')::json where tenant_id = ${ZEPHYR}`
  await cloud.owner`update offboarding set retained_until = now() where tenant_id = ${ZEPHYR} and state = 'retained'`
  const [row] = await cloud.owner<
    { organisation: string; offboarding: string }[]
  >`select * from bulkhead.busy_offboardings()`
  expect(row).toBeDefined()
  const again = await startCloud({ database: cloud.address })
  await until(row?.offboarding ?? '', 'gone')
  await again.close()
})

test('one clear sentence about a client that is not there, a folder in use, and to whoever is no administrator', async () => {
  expect((await command('--client=Nobody', `--to=${join(folder, 'x')}`)).out).toContain('No client is called "Nobody"')
  expect(await command('--client=Acme', `--to=${join(folder, 'last')}`)).toMatchObject({
    code: 2,
    out: expect.stringContaining('is not empty'),
  })
  await cloud.owner`update technician set role = 'technician' where email = 'robin@alpha.example'`
  expect(await refusal(await start('Zephyr'))).toMatchObject({ code: 'administrator-needed' })
})
