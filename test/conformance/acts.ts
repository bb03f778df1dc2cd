import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import { tableOf } from '../../src-cloud/tables.ts'
import type { TestCloud } from '../support/cloud.ts'
import { uuid } from '../support/sample.ts'
import type { TinyTenant } from './client.mjs'

export const ticket = (number: number) => uuid('Acme', 'ticket', number)
export const update = (number: number, base: object, patch: object) => ({
  kind: 'ticket.update',
  ticketId: ticket(number),
  base,
  patch,
})
export const note = (number: number, body: string) => ({
  kind: 'entry.create',
  ticketId: ticket(number),
  entryId: randomUUID(),
  entryKind: 'note',
  body,
})

export const about = (act: string, number: number) => ({ kind: `ticket.${act}`, ticketId: ticket(number) })
export const work = (number: number, minutes: number) => ({
  ...note(number, 'Worked.'),
  entryKind: 'time',
  time: { minutes, billable: true, workedAt: '2026-11-20T08:00:00.000Z' },
})

/** What Postgres holds of the tenant, as the store of a client that asks for no kinds apart. */
export async function inPostgres({ owner }: TestCloud): Promise<Map<string, unknown>> {
  const held = new Map<string, unknown>()
  for (const [kind, table] of Object.entries(tableOf)) {
    if (kind === 'change') continue
    const rows = await owner.unsafe<{ id: string; data: unknown }[]>(
      `select id::text, data from ${table} where tenant_id = $1 and not deleted`,
      [uuid('tenant', 'Acme')],
    )
    for (const { id, data } of rows) held.set(`${kind}/${id}`, data)
  }
  return held
}

export async function expectSame(cloud: TestCloud, ...clients: TinyTenant[]): Promise<void> {
  const held = await inPostgres(cloud)
  for (const one of clients) expect(Object.fromEntries(one.store)).toEqual(Object.fromEntries(held))
}

type Link = { ticketId: string; relation: keyof typeof sides }
const sides = { related: 'related', parent: 'child', child: 'parent', blocks: 'blocked-by', 'blocked-by': 'blocks' }

export function expectWholeLinks(one: TinyTenant): void {
  const held = [...one.store].flatMap(([key, { id, links = [] }]) =>
    key.startsWith('ticket/') ? [[id as string, links as Link[]] as const] : [],
  )
  for (const [id, links] of held) {
    for (const { ticketId, relation } of links) {
      const [, theirs = []] = held.find(([other]) => other === ticketId) ?? []
      expect(theirs).toContainEqual({ ticketId: id, relation: sides[relation] })
    }
  }
}
