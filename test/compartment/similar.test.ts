import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Ticket } from '../../src-shared/domain/ticket.ts'
import { contactOf, deskChanges, idOf, ticketOf } from './desk.ts'
import { Driven, temporaryFolder, type Outputs } from './driver.ts'
import { ScriptedCloud } from './scripted-cloud.ts'

// Tickets that may be duplicates, at the router of a client with many tickets.

const COUNT = 3000
const DAY = 86_400_000
const [ada, ben] = [contactOf(1).id, contactOf(2).id]
const started = Date.UTC(2026, 5, 1)
const told = (subject: string, requesterId: string, days = 0, more: Partial<Ticket> = {}): Partial<Ticket> => ({
  ...{ subject, requesterId, status: 'new', createdAt: new Date(started + days * DAY).toISOString() },
  ...more,
})
/** Tickets that stand for what happens, by number; all others are made-up ones with words of their own. */
const TOLD: Readonly<Record<number, Partial<Ticket>>> = {
  2000: told('Zebra label printer in warehouse jams', ada),
  2001: told('ZEBRA printer jams in the wärehouse again', ada, 1),
  2002: told('Warehouse: Zebra label printer jams', ben, 2),
  2003: told('Zebra printer jams in the warehouse', ada, -45),
  2004: told('Please order a zebra plush toy for the fair', ben, 1),
  2005: told('Please help: the printer of the fair is slow', ada, 1),
  2006: told('Zebra label printer warehouse jams', ada, 1, { mergedInto: idOf('ticket 5') }),
  2007: told('Zebra label printer warehouse jams', ada, 1),
  2100: told('Quixotic', ben),
  2101: told('quixotic', ben, 1),
  2200: told('Umbrella stand', ada, 0, { requesterId: null }),
  2201: told('Umbrella holder', ada, 0, { requesterId: null }),
}
// What nearly every subject says tells nothing.
const COMMON = 'please help the'

let cloud: ScriptedCloud
let driven: Driven
const place = temporaryFolder()
beforeAll(async () => {
  const changes = deskChanges(COUNT).map((change) => {
    if (change.kind !== 'ticket' || !('data' in change)) return change
    const number = (change.data as unknown as Ticket).number
    const { subject } = ticketOf(number)
    const data = ticketOf(number, {
      subject: `${COMMON} ${subject}`,
      ...told(`${COMMON} ${subject}`, ben),
      ...TOLD[number],
    })
    return { ...change, data }
  })
  cloud = await ScriptedCloud.start(changes)
  driven = await Driven.open({ folder: place.folder, cloudUrl: cloud.url })
  await driven.sync()
})
afterAll(async () => {
  await driven.close()
  await cloud.stop()
  place.remove()
})

const similar = (number: number): Promise<Outputs['tickets']['similar']> =>
  driven.call('query', 'tickets.similar', { id: idOf(`ticket ${number}`) })

test('tickets of the same time with the same rare words are told, those of the same requester first, with the words', async () => {
  const link = { id: idOf('ticket 2000'), otherId: idOf('ticket 2007'), relation: 'duplicated-by' }
  const found = (await similar(2000)).map(({ row, sameRequester, words }) => [
    row.number,
    sameRequester,
    words.join(' '),
  ])
  expect(found).toEqual([
    [2007, true, 'zebra label warehouse jams'],
    [2001, true, 'zebra warehouse jams'],
    [2002, false, 'zebra label warehouse jams'],
  ])
  // A decided one is not offered again, though the cloud has not heard of it.
  await driven.call('mutation', 'tickets.link', link)
  expect((await similar(2000)).map(({ row }) => row.number)).toEqual([2001, 2002])
})

test('a single word counts where it is all there is; common words and nobody in common do not', async () => {
  expect((await similar(2100)).map(({ row }) => row.number)).toEqual([2101])
  expect(await similar(2200)).toEqual([])
  expect(await similar(2004)).toEqual([])
  expect(await similar(2005)).toEqual([])
})

test('a ticket that was opened here and not sent yet is compared too', async () => {
  const ticket = { subject: 'Quixotic', description: '', status: 'new', priority: 'p3', requesterId: ben }
  const { ticket: made } = await driven.call<Outputs['tickets']['create']>('mutation', 'tickets.create', ticket)
  const found = await driven.call<Outputs['tickets']['similar']>('query', 'tickets.similar', { id: made.id })
  // Those of the cloud were opened long before.
  expect(found).toEqual([])
  const again = await driven.call<Outputs['tickets']['create']>('mutation', 'tickets.create', ticket)
  const others = await driven.call<Outputs['tickets']['similar']>('query', 'tickets.similar', { id: again.ticket.id })
  expect(others.map(({ row }) => row.id)).toEqual([made.id])
})
