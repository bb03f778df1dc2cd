import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Keyring } from '../../src-main/console/keyring.ts'
import { openRegistry } from '../../src-main/console/open-registry.ts'
import type { Registry } from '../../src-main/console/registry.ts'
import { sealWithKey } from '../../src-main/console/sealing.ts'
import type { Tenant } from '../../src-shared/domain/tenant.ts'
import { atRiskCount } from '../../src-shared/domain/rollup.ts'

let profile: string
let keyring: Keyring
let registry: Registry

beforeEach(async () => {
  profile = mkdtempSync(join(tmpdir(), 'bulkhead-registry-'))
  keyring = Keyring.create(profile, sealWithKey('test', new Uint8Array(32)))
  registry = await openRegistry(profile, keyring)
})
afterEach(() => {
  registry.close()
  rmSync(profile, { recursive: true, force: true })
})
const again = async () => {
  registry.close()
  registry = await openRegistry(profile, keyring)
}

function tenant(n: number, name = `Client ${n}`): Tenant {
  return {
    id: `00000000-0000-4000-8000-00000000000${n}`,
    name,
    shortName: `C${n}`,
    domains: [],
    aliases: [],
    industry: '',
    colour: '#112233',
    timeZone: 'Europe/Berlin',
    head: n,
  }
}
const ids = [1, 2, 3].map((n) => tenant(n).id)
const rollup = { version: 5, open: 3, unread: 1, due: [1000, 70_000], atRiskMinutes: 1, pending: 2, failed: 0 }

test('tenants, rollups, pins and visits are there again after a restart', async () => {
  registry.replaceTenants([tenant(1), tenant(2)])
  registry.setRollup(ids[0]!, rollup)
  registry.pin(ids[1]!, true)
  registry.setOpened(ids[0]!, '2026-01-01T00:00:00Z')
  await again()
  expect(registry.get(ids[0]!)).toEqual({
    tenant: tenant(1),
    rollup,
    pin: null,
    lastOpenedAt: '2026-01-01T00:00:00Z',
    left: false,
  })
  expect(registry.get(ids[1]!)).toMatchObject({ pin: 0 })
})

test("the cloud's list tells what came, went and changed, and keeps what is known of the rest", async () => {
  expect(registry.replaceTenants([tenant(1), tenant(2)])).toEqual({ changed: [ids[0], ids[1]], gone: [] })
  registry.setRollup(ids[0]!, rollup)
  expect(registry.replaceTenants([tenant(1), tenant(2, 'Renamed'), tenant(3)]).changed.sort()).toEqual([ids[1], ids[2]])
  expect(registry.get(ids[0]!)?.rollup).toEqual(rollup)
  expect(registry.replaceTenants([tenant(1)])).toEqual({ changed: [ids[1], ids[2]], gone: [ids[1], ids[2]] })
  await again()
  expect(registry.all().map((known) => known.tenant.id)).toEqual([ids[0]])
})

test('pins stay in order and without gaps', async () => {
  registry.replaceTenants([tenant(1), tenant(2), tenant(3)])
  for (const id of [ids[2], ids[0], ids[1]]) registry.pin(id!, true)
  expect(registry.pin(ids[0]!, false).sort()).toEqual([ids[0], ids[1]])
  await again()
  expect(ids.map((id) => registry.get(id)?.pin)).toEqual([null, 1, 0])
})

test('a head only ever grows', () => {
  registry.replaceTenants([tenant(3)])
  registry.setHead(ids[2]!, 9)
  registry.setHead(ids[2]!, 4)
  expect(registry.get(ids[2]!)?.tenant.head).toBe(9)
})

test('console.db without its key is refused and left, not made anew', async () => {
  registry.replaceTenants([tenant(1)])
  registry.close()
  const size = statSync(join(profile, 'console.db')).size
  const other = Keyring.create(
    mkdtempSync(join(tmpdir(), 'bulkhead-registry-other-')),
    sealWithKey('test', new Uint8Array(32)),
  )
  await expect(openRegistry(profile, other)).rejects.toMatchObject({ problem: { code: 'key-missing' } })
  await other.setSecret('console', new Uint8Array(32))
  await expect(openRegistry(profile, other)).rejects.toMatchObject({ problem: { code: 'key-wrong' } })
  expect(statSync(join(profile, 'console.db')).size).toBe(size)
  registry = await openRegistry(profile, keyring)
  expect(registry.all()).toHaveLength(1)
})

test("a ticket is at risk from the client's own minutes before it is due, and past it", () => {
  expect([9_999, 10_000, 70_000].map((now) => atRiskCount(rollup, now))).toEqual([1, 2, 2])
})
