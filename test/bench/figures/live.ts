import type { Change, TicketDetail } from '../../../src-shared/domain/views.ts'
import { ticketOf } from '../../compartment/desk.ts'
import { percentile, type Bench } from '../bench.ts'
import { tenantToken } from '../cloud.ts'
import type { BenchHost } from '../host.ts'
import { firstTicket, smallTenant, type SeedSize } from '../seed.ts'
import { Writer } from '../writer.ts'

/**
 * Edits by another client, until a window that has the client open reads them from its compartment. The clock starts
 * when the edit is sent, so the way to the cloud and the commit are in it; beside it the time until the other client
 * has its answer.
 */
export async function measureLive(bench: Bench, host: BenchHost, cloudUrl: string, size: SeedSize): Promise<void> {
  if (!bench.wants('visible')) return
  const tenantId = smallTenant(1)
  const writer = new Writer(cloudUrl, await tenantToken(cloudUrl, tenantId))
  const { window } = host
  const scope = await window.openClient(tenantId)
  const { id, subject } = ticketOf(firstTicket(size, 1))
  let expected = ''
  let seen = Promise.withResolvers<void>()
  const stop = window.follow<Change>(scope, 'changes', ({ tickets }) => {
    if (tickets !== 'all' && !tickets.includes(id)) return
    void window.call<TicketDetail>(scope, 'query', 'tickets.get', { id }).then(({ ticket }) => {
      if (ticket.subject === expected) seen.resolve()
    })
  })
  const visible: number[] = []
  const answered: number[] = []
  let before = subject
  for (let i = 0; i < bench.size(220, 60); i++) {
    expected = `Changed elsewhere ${i}`
    seen = Promise.withResolvers()
    const began = performance.now()
    const sent = writer.edit(id, { subject: before }, { subject: expected }).then(() => performance.now() - began)
    await seen.promise
    visible.push(performance.now() - began)
    answered.push(await sent)
    before = expected
  }
  stop()
  await window.call('console', 'mutation', 'clients.close', { scope })
  // The first ones warm the way.
  bench.report('visible', percentile(visible.slice(20), 0.95), percentile(answered.slice(20), 0.95))
}
