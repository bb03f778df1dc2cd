import { repliedHistory } from '../../src-shared/domain/history.ts'
import type { Entry } from '../../src-shared/domain/entry.ts'
import type { BodyOf } from '../../src-shared/protocol/mutation.ts'
import type { Desk } from './desk.ts'
import { applied, rejected, STRANGER, type Outcome } from './outcome.ts'
import { liveTicket, writeTicket } from './tickets.ts'

export function createEntry(desk: Desk, body: BodyOf<'entry.create'>): Outcome {
  const { entryId: id, ticketId } = body
  const known = desk.get('entry', id)
  if (known) {
    if (known.data.ticketId === ticketId) return applied([`entry/${id}`], known.version)
    return rejected('invalid-input', 'An entry with this id belongs to another ticket.')
  }
  if ((body.entryKind === 'time') !== (body.time !== undefined))
    return rejected('invalid-input', 'An entry of work says how long it took, and no other entry does.')
  if (body.mentions && body.entryKind !== 'note')
    return rejected('invalid-input', 'Only an internal note mentions technicians.')
  const ticket = liveTicket(desk, ticketId)
  if ('result' in ticket) return ticket
  const { author } = desk
  if (!author) return STRANGER
  const entry: Entry = { id, ticketId, kind: body.entryKind, author, body: body.body, createdAt: desk.now }
  const { history } = ticket.data
  const replied = body.entryKind === 'reply' && history ? { history: repliedHistory(history, desk.now) } : {}
  writeTicket(desk, { ...ticket, data: { ...ticket.data, ...replied } })
  // A note is not refused for somebody who has left: their name stays as text.
  const mentions = (body.mentions ?? [])
    .map((one) => ({ ...one, id: one.id.toLowerCase() }))
    .filter((one) => desk.technicians.has(one.id))
  desk.create('entry', id, {
    ...entry,
    ...(body.time && { time: body.time }),
    ...(mentions.length > 0 && { mentions }),
  })
  return applied([`entry/${id}`], 0)
}
