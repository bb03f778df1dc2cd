import { connect as dial, createServer, type AddressInfo, type Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { deskChanges, idOf } from '../compartment/desk.ts'
import { Driven, temporaryFolder, type Start } from '../compartment/driver.ts'
import { ScriptedCloud } from '../compartment/scripted-cloud.ts'
import { pushed, withCloud, type TestCloud } from '../support/cloud.ts'
import { sampleClient, sampleOrganisation, uuid } from '../support/sample.ts'
import { ran } from './cases.ts'
import { serverTickets, settled, viewOf } from './equal.ts'

// What must not bring a client to a halt.

const [ACME, ZEPHYR] = [uuid('tenant', 'Acme'), uuid('tenant', 'Zephyr')]
let cloud: TestCloud
const undo: (() => unknown)[] = []
beforeAll(async () => {
  cloud = await withCloud([sampleOrganisation('Alpha', [sampleClient('Acme', 10), sampleClient('Zephyr', 3)])])
})
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})
afterAll(() => cloud.close())

async function compartment(start: Partial<Start>): Promise<Driven> {
  const { folder, remove } = temporaryFolder()
  const driven = await Driven.open({ folder, online: false, ...start })
  undo.push(remove, () => driven.close())
  await driven.sync()
  return driven
}

test('transactions that stay open, of another client and of this one, hold up no feed, and what they wrote comes after', async () => {
  const token = await cloud.tenantToken()
  const driven = await compartment({
    cloudUrl: cloud.url,
    token: () => token,
    me: (await cloud.signIn()).technician.id,
  })
  const open = Promise.withResolvers<void>()
  undo.push(() => open.resolve())
  const begun: Promise<void>[] = []
  const hold = (tenant: string, name: string, publish: boolean): Promise<unknown> => {
    const ready = Promise.withResolvers<void>()
    begun.push(ready.promise)
    return cloud.owner.begin(async (tx) => {
      await tx`select bulkhead.use_tenant(${tenant})`
      await tx`update ticket set version = null, data = jsonb_set(data::jsonb, '{subject}', '"Held"')::json
        where tenant_id = ${tenant} and id = ${uuid(name, 'ticket', 3)}`
      // The other client's counter is taken already; of this one only a row.
      if (publish) await tx`select bulkhead.publish()`
      ready.resolve()
      await open.promise
      if (!publish) await tx`select bulkhead.publish()`
    })
  }
  const held = [hold(ZEPHYR, 'Zephyr', true), hold(ACME, 'Acme', false)]
  await Promise.all(begun)
  for (let n = 1; n <= 10; n++) {
    const entry = { ticketId: uuid('Acme', 'ticket', 1), entryId: crypto.randomUUID(), body: `meanwhile ${n}` }
    await pushed(cloud.url, token, crypto.randomUUID(), 1, [{ kind: 'entry.create', entryKind: 'note', ...entry }])
    await driven.sync()
    expect((await driven.ticket(entry.ticketId)).entries.map(({ body }) => body)).toContain(entry.body)
  }
  expect((await driven.ticket(uuid('Acme', 'ticket', 3))).ticket.subject).not.toBe('Held')
  open.resolve()
  await Promise.all(held)
  await settled([driven])
  const server = await serverTickets(cloud.owner, ACME)
  expect(server[2]?.ticket.subject).toBe('Held')
  expect(await viewOf(driven, server)).toEqual(server)
  ran('commits beside open transactions', 10)
})

test('connections that the other side resets when they are used again cost a repetition, and no edit', async () => {
  const scripted = await ScriptedCloud.start(deskChanges(20))
  undo.push(() => scripted.stop())
  let resets = 0
  const sockets = new Set<Socket>()
  // As a gateway that has forgotten an idle connection: the first answer passes, the next request meets a reset.
  const gateway = createServer((near) => {
    const far = dial(Number(new URL(scripted.url).port), '127.0.0.1')
    let answered = false
    sockets.add(near)
    near.on('error', () => far.destroy()).on('close', () => far.destroy())
    far.on('error', () => near.destroy()).on('close', () => near.destroySoon())
    near.on('data', (bytes: Buffer) => {
      if (!answered) return far.write(bytes)
      resets += 1
      return near.resetAndDestroy()
    })
    far.on('data', (bytes: Buffer) => {
      answered = true
      near.write(bytes)
    })
  })
  await new Promise<void>((resolve) => gateway.listen(0, '127.0.0.1', resolve))
  undo.push(
    () => new Promise((resolve) => gateway.close(resolve)),
    () => sockets.forEach((socket) => socket.destroy()),
  )
  const cloudUrl = `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`
  const driven = await compartment({ cloudUrl, online: true })
  const bodies = Array.from({ length: 5 }, (_, i) => `note ${i}`)
  for (const body of bodies) {
    await driven.call('mutation', 'tickets.addEntry', { ticketId: idOf('ticket 7'), kind: 'note', body })
    // Nobody asks for it: it goes by itself.
    await vi.waitFor(async () => expect((await driven.state()).pending).toBe(0))
  }
  const arrived = scripted.received.flatMap(({ mutations }) =>
    mutations.map(({ body }) => ('body' in body ? body.body : '')),
  )
  expect(arrived).toEqual(bodies)
  await vi.waitFor(async () => expect(await driven.state()).toMatchObject({ problem: null, pending: 0 }))
  expect(resets).toBeGreaterThan(0)
  ran('connections reset when they were used again', resets)
})
