import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import { openEncrypted } from '../../../src-main/storage/open.ts'
import type { TicketPatch } from '../../../src-shared/domain/ticket.ts'
import { Compartment, type CompartmentEvents } from '../../../src-main/compartment/compartment.ts'
import { assignmentOf, Driven } from '../../compartment/driver.ts'
import { ticketOf } from '../../compartment/desk.ts'
import { median, timed, type Bench } from '../bench.ts'
import { tenantToken, type Clouds } from '../cloud.ts'
import { firstTicket, smallTenant, type SeedSize } from '../seed.ts'

/** The owner of the compartment while nobody asks it for anything. */
const NOBODY: CompartmentEvents = {
  tokenWanted: () => undefined,
  rollup: () => undefined,
  syncState: () => undefined,
  turnWanted: () => undefined,
  turnDone: () => undefined,
  quiet: () => undefined,
}

/**
 * Edits in a real compartment, one after the other: in its own thread, and from the call in another thread to the
 * answer there. The answer comes after the ledger's commit with `synchronous=FULL`. Beside it: one row a commit into a
 * file of the same kind.
 */
export async function measureEdits(bench: Bench, clouds: Clouds, size: SeedSize): Promise<void> {
  if (!bench.wants('edit', 'editCall')) return
  const cloudUrl = await clouds.cloud(size)
  const token = await tenantToken(cloudUrl, smallTenant(1))
  const folder = join(bench.folder(), 'edits')
  mkdirSync(folder)
  const compartment = await Driven.open({ folder, cloudUrl, online: false, token: () => token })
  await compartment.sync()
  // Edits stay in the ledger: what the push does at the same time is another figure.
  await compartment.call('mutation', 'sync.pause', { paused: true })
  const db = openEncrypted({
    ...{ file: join(folder, 'bare.db'), key: randomBytes(32), synchronous: 'FULL', pageSize: 4096, cacheKiB: 2000 },
  })
  db.exec('CREATE TABLE edit (id INTEGER PRIMARY KEY, body TEXT)')
  const bare = db.prepare<[string]>('INSERT INTO edit (body) VALUES (?)')
  const first = firstTicket(size, 1)
  const measure = async (
    name: 'edit' | 'editCall',
    edit: (input: { id: string; patch: TicketPatch }) => unknown,
  ): Promise<void> => {
    const ours: number[] = []
    const alone: number[] = []
    for (let i = 0; i < bench.size(400, 120) + 20; i++) {
      const { id } = ticketOf(first + (i % size.smallTickets))
      const patch = { subject: `${name} ${i}` }
      const took = await timed(() => edit({ id, patch }))
      const row = await timed(() => bare.run(JSON.stringify({ id, patch })))
      // The first ones warm both.
      if (i < 20) continue
      ours.push(took)
      alone.push(row)
    }
    bench.report(name, median(ours), median(alone))
  }
  await measure('editCall', ({ id, patch }) => compartment.edit(id, patch))
  await compartment.close()
  const within = new Compartment(assignmentOf({ folder, cloudUrl, online: false }), NOBODY)
  await measure('edit', (input) => within.api.edit(input))
  await within.close()
  db.close()
}
