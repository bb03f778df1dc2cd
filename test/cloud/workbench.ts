import { randomUUID } from 'node:crypto'
import { tokenKey, Tokens } from '../../src-cloud/tokens.ts'
import { tableOf } from '../../src-cloud/tables.ts'
import type { Choice, Configuration } from '../../src-shared/domain/configuration.ts'
import type { Ticket } from '../../src-shared/domain/ticket.ts'
import type { EntityKind } from '../../src-shared/protocol/feed.ts'
import type { MutationBody, MutationResult } from '../../src-shared/protocol/mutation.ts'
import { pushed, withCloud, type TestCloud } from '../support/cloud.ts'
import { sampleClient, sampleConfiguration, sampleOrganisation, uuid } from '../support/sample.ts'

export const ROBIN = uuid('technician', 'Alpha')
export const SAM = uuid('technician', 'Sam')

/** One client, Acme, two technicians who work there, a neighbour, Zephyr, and what a test of mutations asks. */
export interface Workbench {
  cloud: TestCloud
  robin: string
  sam: string
  /** Sends one mutation as a client of its own. */
  one(body: MutationBody, as?: string): Promise<MutationResult>
  /** Sends some in one batch of a new client. */
  all(bodies: MutationBody[], as?: string): Promise<MutationResult[]>
  /** A row of Acme as the table holds it. */
  row<E = Record<string, unknown>>(kind: EntityKind, id: string): Promise<Row<E>>
  ticket(id: string): Promise<Ticket>
  /** A ticket of Acme that no other test touches. */
  fresh(): string
  /** The newest version of Acme. */
  head(): Promise<number>
}

export interface Row<E> {
  data: E
  version: number
  deleted: boolean
}

/** A configuration whose priorities follow from the reach and the haste of a ticket. */
export function withMatrix(configuration: Configuration): Configuration {
  const [few, many] = ['few', 'many'].map((key) => ({ key, label: key })) as [Choice, Choice]
  const fields = (['reach', 'haste'] as const).map((key) => ({
    ...{ type: 'select' as const, key, options: [few, many] },
    label: key === 'reach' ? 'Reach' : 'Urgency',
  }))
  const priorities = { few: { few: 'p2', many: 'p2' }, many: { few: 'p2', many: 'p1' } }
  return {
    ...configuration,
    customFields: [...configuration.customFields, ...fields],
    priorityMatrix: { impact: 'reach', urgency: 'haste', priorities },
  }
}

/** @param count tickets of Acme */
export async function withWorkbench(count: number): Promise<Workbench> {
  const acme = sampleClient('Acme', count)
  const data = sampleOrganisation('Alpha', [
    {
      ...acme,
      configuration: {
        ...withMatrix(sampleConfiguration),
        attachments: { maxBytes: 1000, refusedExtensions: ['exe'] },
      },
    },
    sampleClient('Zephyr', 3),
  ])
  const sam = { id: SAM, name: 'Sam of Alpha', email: 'sam@alpha.example', password: 'secret' }
  const cloud = await withCloud([{ ...data, technicians: [...data.technicians, sam] }])
  const tokens = new Tokens(await tokenKey(cloud.owner))
  const tenant = uuid('tenant', 'Acme')
  const robin = await tokens.tenant({ technician: ROBIN, tenant })
  let next = 0
  const all = async (bodies: MutationBody[], as = robin) =>
    (await pushed(cloud.url, as, randomUUID(), 1, bodies)).results
  const row = async <E>(kind: EntityKind, id: string): Promise<Row<E>> => {
    const [found] = await cloud.owner<Row<E>[]>`
      select data, version, deleted from ${cloud.owner(tableOf[kind])} where tenant_id = ${tenant} and id = ${id}`
    if (!found) throw new Error(`no such ${kind}`)
    return found
  }
  return {
    cloud,
    robin,
    sam: await tokens.tenant({ technician: SAM, tenant }),
    all,
    one: async (body, as) => {
      const [result] = await all([body], as)
      if (!result) throw new Error('no result')
      return result
    },
    row,
    ticket: async (id) => (await row<Ticket>('ticket', id)).data,
    fresh: () => uuid('Acme', 'ticket', ++next),
    head: async () => {
      const [feed] = await cloud.owner<{ version: number }[]>`
        select version from tenant_feed where tenant_id = ${tenant}`
      return feed?.version ?? NaN
    },
  }
}

export const newTicket = {
  subject: 'New',
  description: '',
  status: 'new',
  priority: 'p2',
  type: null,
  queue: null,
  requesterId: null,
  assigneeId: null,
  tags: [],
  customFields: {},
}

export const note = (ticketId: string, body = 'A note.', entryId: string = randomUUID()): MutationBody => ({
  kind: 'entry.create',
  ticketId,
  entryId,
  entryKind: 'note',
  body,
})

/** What a rejection looks like. */
export const rejection = (code: string) => ({ outcome: 'rejected', code })
