import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Attachment } from '../../src-shared/domain/attachment.ts'
import type { BodyOf } from '../../src-shared/protocol/mutation.ts'
import { readFeed } from '../support/cloud.ts'
import { uuid } from '../support/sample.ts'
import { note, rejection, ROBIN, withWorkbench, type Workbench } from './workbench.ts'

let bench: Workbench
beforeAll(async () => {
  bench = await withWorkbench(60)
})
afterAll(() => bench.cloud.close())

describe('a file', () => {
  const file = { name: 'log.txt', type: 'text/plain', size: 3, sha256: 'b'.repeat(64) }
  const add = (ticketId: string, attachment: object = {}, entryId: string | null = null): BodyOf<'attachment.add'> => ({
    kind: 'attachment.add',
    attachmentId: randomUUID(),
    ticketId,
    entryId,
    attachment: { ...file, ...attachment },
  })

  test('is put to a ticket, or to an entry of it, by its technician, and touches the ticket', async () => {
    const [ticketId, entryId] = [bench.fresh(), randomUUID()]
    const body = add(ticketId, {}, entryId)
    const [, result] = await bench.all([note(ticketId, 'See the log.', entryId), body])
    const { data, version } = await bench.row<Attachment>('attachment', body.attachmentId)
    expect(result).toEqual({ sequence: 2, outcome: 'applied', version })
    expect(data).toEqual({
      id: body.attachmentId,
      ticketId,
      entryId,
      ...file,
      available: false,
      author: { kind: 'technician', id: ROBIN, name: 'Robin of Alpha' },
      createdAt: (await bench.ticket(ticketId)).updatedAt,
    })
    const { changes } = await readFeed(bench.cloud.url, bench.robin, version - 1)
    expect(changes[0]).toEqual({ kind: 'attachment', id: body.attachmentId, version, data })
  })

  test('whose content the client has already can be read at once; one of another size cannot', async () => {
    const ticketId = bench.fresh()
    const held = { sha256: 'c'.repeat(64), size: 7 }
    await bench.cloud.owner`
      insert into content (tenant_id, sha256, size, complete) values (${uuid('tenant', 'Acme')}, ${held.sha256}, 7, true)`
    const [same, other] = [add(ticketId, held), add(ticketId, { ...held, size: 8 })]
    await bench.all([same, other])
    expect((await bench.row<Attachment>('attachment', same.attachmentId)).data.available).toBe(true)
    expect((await bench.row<Attachment>('attachment', other.attachmentId)).data.available).toBe(false)
  })

  test('that is too large, of a refused kind, at another’s entry or ticket, or of a wrong form is rejected', async () => {
    const [ticketId, other, entryId] = [bench.fresh(), bench.fresh(), randomUUID()]
    await bench.one(note(other, 'Elsewhere.', entryId))
    const known = add(other)
    await bench.one(known)
    const head = await bench.head()
    expect(
      await bench.all([
        add(ticketId, { size: 1001 }),
        add(ticketId, { name: 'Setup.EXE' }),
        add(ticketId, { name: 'setup.exe. .' }),
        add(ticketId, {}, entryId),
        add(ticketId, {}, uuid('x')),
        { ...known, ticketId },
        add(ticketId, { name: '../etc/passwd' }),
        add(ticketId, { sha256: 'none' }),
        add(uuid('x')),
      ]),
    ).toMatchObject([
      rejection('too-large'),
      rejection('file-refused'),
      rejection('file-refused'),
      ...Array.from({ length: 5 }, () => rejection('invalid-input')),
      rejection('not-found'),
    ])
    expect(await bench.head()).toBe(head)
  })

  test('goes with its ticket', async () => {
    const ticketId = bench.fresh()
    const body = add(ticketId)
    await bench.one(body)
    await bench.cloud.owner`select bulkhead.delete_ticket(${uuid('tenant', 'Acme')}, ${ticketId})`
    expect(await bench.row('attachment', body.attachmentId)).toMatchObject({ deleted: true })
    expect(await bench.one(add(ticketId))).toMatchObject(rejection('ticket-deleted'))
    await bench.cloud.owner`select bulkhead.sweep_tombstones(${uuid('tenant', 'Acme')}, -1)`
    expect(await bench.cloud.owner`select from attachment where id = ${body.attachmentId}`).toHaveLength(0)
    expect(await bench.cloud.owner`select from ticket where id = ${ticketId}`).toHaveLength(0)
  })
})
