import { randomUUID } from 'node:crypto'
import { connect, type DatabaseAddress, type Sql } from '../../src-cloud/database/connect.ts'
import { loadOrganisation } from '../../src-cloud/load.ts'
import { startCloud } from '../../src-cloud/start.ts'
import { paths } from '../../src-shared/protocol/api.ts'
import type { MutationReply } from '../../src-shared/protocol/mutation.ts'
import { tokenKey, Tokens } from '../../src-cloud/tokens.ts'
import { sampleClient, sampleOrganisation, uuid } from '../support/sample.ts'
import { median } from './bench.ts'

/** Edits of one request, and rows of one raw transaction. */
const BATCH = 100

export interface PushFigures {
  /** Milliseconds for all edits through the cloud over HTTP, a batch of 100 after the other; median of the rounds. */
  pushed: number
  /** Milliseconds for the same rows in raw SQL: a transaction per 100, with one UPDATE of 100 rows. */
  raw: number
  /** raw / pushed. */
  ratio: number
}

/**
 * Pushes edits of as many tickets to a cloud in this process, and writes the same rows by the fastest plain SQL: one
 * statement per 100 that sets data and version, in one transaction with the tenant's counter. Both commit durably.
 * @param address an empty database, as its owner
 */
export async function measurePush(address: DatabaseAddress, edits = 1000, rounds = 5): Promise<PushFigures> {
  const cloud = await startCloud({ database: address })
  const owner = connect(address, 1)
  try {
    const data = sampleOrganisation('Pushed', [sampleClient('Pushed', edits * 2, 400)])
    await loadOrganisation(owner, data)
    const tenant = uuid('tenant', 'Pushed')
    const technician = uuid('technician', 'Pushed')
    const token = await new Tokens(await tokenKey(owner)).tenant({ technician, tenant })
    const pushed: number[] = []
    const raw: number[] = []
    for (let round = 0; round <= rounds; round++) {
      const value = `round ${round}`
      const before = round === 0 ? 'Harbour' : `round ${round - 1}`
      const ids = Array.from({ length: edits }, (_, i) => uuid('Pushed', 'ticket', i + 1))
      const others = Array.from({ length: edits }, (_, i) => uuid('Pushed', 'ticket', edits + i + 1))
      const rows = await rowsOf(owner, others, value)
      const times = [await timeOf(() => push(cloud.url, token, ids, before, value))]
      times.push(await timeOf(() => writeRaw(owner, tenant, rows)))
      // The first round warms both.
      if (round === 0) continue
      pushed.push(times[0] ?? NaN)
      raw.push(times[1] ?? NaN)
    }
    return { pushed: median(pushed), raw: median(raw), ratio: median(raw) / median(pushed) }
  } finally {
    await owner.end()
    await cloud.close()
  }
}

async function push(url: string, token: string, ids: string[], before: string, value: string): Promise<void> {
  const clientId = randomUUID()
  const at = new Date().toISOString()
  for (let from = 0; from < ids.length; from += BATCH) {
    const mutations = ids.slice(from, from + BATCH).map((ticketId, i) => ({
      sequence: from + i + 1,
      schema: 1,
      at,
      body: {
        kind: 'ticket.update',
        ticketId,
        base: { customFields: { site: before } },
        patch: { customFields: { site: value } },
      },
    }))
    const response = await fetch(url + paths.mutations, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ clientId, mutations }),
    })
    const { results } = (await response.json()) as MutationReply
    if (results.length !== mutations.length || results.some(({ outcome }) => outcome !== 'applied'))
      throw new Error('an edit was not applied')
  }
}

/** What the raw way writes, made before the clock runs. */
async function rowsOf(owner: Sql, ids: string[], value: string): Promise<string[]> {
  const rows = await owner<{ id: string; data: { customFields: object } }[]>`
    select id, data from ticket where id = any(string_to_array(${ids.join(',')}, ',')::uuid[])`
  return rows.map(({ id, data }) => JSON.stringify({ id, data: { ...data, customFields: { site: value } } }))
}

async function writeRaw(owner: Sql, tenant: string, rows: string[]): Promise<void> {
  for (let from = 0; from < rows.length; from += BATCH) {
    const batch = rows.slice(from, from + BATCH)
    await owner.begin(async (tx) => {
      const [feed] = await tx<{ version: number }[]>`
        update tenant_feed set version = version + ${batch.length} where tenant_id = ${tenant} returning version`
      await tx`
        update ticket t set data = r -> 'data', version = ${(feed?.version ?? 0) - batch.length} + position
        from json_array_elements(${`[${batch.join(',')}]`}::text::json) with ordinality g(r, position)
        where t.tenant_id = ${tenant} and t.id = (r ->> 'id')::uuid`
    })
  }
}

async function timeOf(work: () => Promise<void>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}
