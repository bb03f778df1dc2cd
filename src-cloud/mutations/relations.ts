import type { Entry } from '../../src-shared/domain/entry.ts'
import {
  inverseRelation,
  MAX_LINKS,
  type LinkRelation,
  type Ticket,
  type TicketLink,
} from '../../src-shared/domain/ticket.ts'
import type { BodyOf } from '../../src-shared/protocol/mutation.ts'
import type { Desk, EntityRow, Held } from './desk.ts'
import { applied, DELETED, OTHER_MISSING, refused, rejected, TOO_LARGE, type Outcome } from './outcome.ts'
import { isTooLarge, liveTicket, openTicket, writeTicket } from './tickets.ts'

const TOO_MANY_LINKS = refused('too-many', { what: 'A ticket', limit: MAX_LINKS, things: 'links' })
const NO_SUCH_ENTRY = rejected('invalid-input', 'An entry to copy is not one of this ticket (any more).')
const ENTRY_TAKEN = rejected('invalid-input', 'An entry with the id of a copy is there already.')

export function mergeTickets(desk: Desk, { ticketId, intoId }: BodyOf<'ticket.merge'>): Outcome {
  const known = liveTicket(desk, ticketId)
  if ('result' in known) return known
  const into = desk.get('ticket', intoId)
  if (!into || into.deleted) return OTHER_MISSING
  const root = last(wayOf(desk, into, mergedInto))
  if (root.data.id === ticketId) return refused('circular', { ticket: nameOf(known.data) })
  const [, next] = wayOf(desk, known, mergedInto)
  if (next) {
    if (last(wayOf(desk, next, mergedInto)) !== root) return refused('merged-elsewhere', { ticket: nameOf(next.data) })
  } else writeTicket(desk, { ...known, data: { ...known.data, mergedInto: root.data.id } })
  return applied([`ticket/${ticketId}`], known.version)
}

export function unmergeTicket(desk: Desk, { ticketId }: BodyOf<'ticket.unmerge'>): Outcome {
  const known = liveTicket(desk, ticketId)
  if ('result' in known) return known
  const { mergedInto: into, ...data } = known.data
  if (into) writeTicket(desk, { ...known, data: data as Ticket })
  return applied([`ticket/${ticketId}`], known.version)
}

export function linkTickets(desk: Desk, { ticketId, otherId, relation }: BodyOf<'ticket.link'>): Outcome {
  const known = liveTicket(desk, ticketId)
  if ('result' in known) return known
  if (otherId === ticketId) return refused('circular', { ticket: nameOf(known.data) })
  const other = desk.get('ticket', otherId)
  if (!other || other.deleted) return OTHER_MISSING
  if (relation === 'parent' || relation === 'child') {
    const [child, parent] = relation === 'parent' ? [known, other] : [other, known]
    const wrong = misplaced(desk, child, parent)
    if (wrong) return wrong
  }
  const sides = [
    [known, withLink(known.data, { ticketId: otherId, relation })],
    [other, withLink(other.data, { ticketId, relation: inverseRelation[relation] })],
  ] as const
  for (const [, data] of sides) {
    if (data && (data.links?.length ?? 0) > MAX_LINKS) return TOO_MANY_LINKS
    if (data && isTooLarge(data)) return TOO_LARGE
  }
  for (const [held, data] of sides) if (data) writeTicket(desk, { ...held, data })
  return applied([`ticket/${ticketId}`, `ticket/${otherId}`], Math.max(known.version, other.version))
}

export function unlinkTickets(desk: Desk, { ticketId, otherId, relation }: BodyOf<'ticket.unlink'>): Outcome {
  const known = liveTicket(desk, ticketId)
  if ('result' in known) return known
  const rows: EntityRow[] = []
  const drop = (held: Held<Ticket>, link: TicketLink): void => {
    rows.push(`ticket/${held.data.id}`)
    if (!carries(held.data, link)) return
    const links = held.data.links?.filter((one) => !isSame(one, link)) ?? []
    writeTicket(desk, { ...held, data: { ...held.data, links } })
  }
  const other = desk.get('ticket', otherId)
  drop(known, { ticketId: otherId, relation })
  if (other && !other.deleted) drop(other, { ticketId, relation: inverseRelation[relation] })
  return applied(rows, Math.max(known.version, other?.version ?? 0))
}

export function splitTicket(desk: Desk, { ticketId, fromId, ticket, entries }: BodyOf<'ticket.split'>): Outcome {
  const known = desk.get('ticket', ticketId)
  if (known) return known.deleted ? DELETED : applied([`ticket/${ticketId}`], known.version)
  const from = liveTicket(desk, fromId)
  if ('result' in from) return from
  const copies = new Map<string, Entry>()
  for (const { from: original, id } of entries) {
    const entry = desk.get('entry', original)
    if (!entry || entry.deleted || !belongs(desk, entry.data, fromId)) return NO_SUCH_ENTRY
    if (desk.get('entry', id) || copies.has(id)) return ENTRY_TAKEN
    copies.set(id, copyOf(entry.data, id, ticketId))
  }
  const split = withLink(from.data, { ticketId, relation: 'split-into' }) ?? from.data
  if ((split.links?.length ?? 0) > MAX_LINKS) return TOO_MANY_LINKS
  if (isTooLarge(split)) return TOO_LARGE
  const links = [{ ticketId: fromId, relation: 'split-from' as const }]
  const opened = openTicket(desk, { ...ticket, id: ticketId, links }, from.data)
  if (opened.result.outcome !== 'applied') return opened
  writeTicket(desk, { ...from, data: split })
  for (const [id, copy] of copies) desk.create('entry', id, copy)
  const rows = [...copies.keys()].map((id): EntityRow => `entry/${id}`)
  return applied([...opened.rows, `ticket/${fromId}`, ...rows], 0)
}

/** Work counts once, on the ticket where it was noted: its copy is a note. */
function copyOf(original: Entry, id: string, ticketId: string): Entry {
  const { id: copiedFrom, kind, author, body, createdAt, mentions } = original
  const copy = { id, ticketId, kind: kind === 'time' ? ('note' as const) : kind, author, body, createdAt, copiedFrom }
  return mentions ? { ...copy, mentions } : copy
}

/** Whether an entry is of a ticket or of one that was merged into it. */
function belongs(desk: Desk, { ticketId }: Entry, id: string): boolean {
  const ticket = desk.get('ticket', ticketId)
  return ticket !== undefined && wayOf(desk, ticket, mergedInto).some(({ data }) => data.id === id)
}

/** Why a ticket cannot get this parent; null where it can. */
function misplaced(desk: Desk, child: Held<Ticket>, parent: Held<Ticket>): Outcome | null {
  const [, present] = wayOf(desk, child, parentOf)
  if (present && present.data.id !== parent.data.id)
    return refused('has-parent', { child: nameOf(child.data), parent: nameOf(present.data) })
  if (wayOf(desk, parent, parentOf).some(({ data }) => data.id === child.data.id))
    return refused('circular', { ticket: nameOf(child.data) })
  return null
}

const mergedInto = (ticket: Ticket): string | null | undefined => ticket.mergedInto
const parentOf = (ticket: Ticket): string | undefined =>
  ticket.links?.find(({ relation }) => relation === 'parent')?.ticketId

/** Where a ticket leads, itself first. It ends at what is not there any more, and where it would go round. */
function wayOf(
  desk: Desk,
  from: Held<Ticket>,
  next: (ticket: Ticket) => string | null | undefined,
): [Held<Ticket>, ...Held<Ticket>[]] {
  const way: [Held<Ticket>, ...Held<Ticket>[]] = [from]
  for (let id = next(from.data); id;) {
    const held = desk.get('ticket', id)
    if (!held || held.deleted || way.includes(held)) break
    way.push(held)
    id = next(held.data)
  }
  return way
}

function last([first, ...rest]: [Held<Ticket>, ...Held<Ticket>[]]): Held<Ticket> {
  return rest.at(-1) ?? first
}

/** @returns null where it has the link */
function withLink(ticket: Ticket, link: TicketLink): Ticket | null {
  return carries(ticket, link) ? null : { ...ticket, links: [...(ticket.links ?? []), link] }
}

function carries(ticket: Ticket, link: TicketLink): boolean {
  return ticket.links?.some((one) => isSame(one, link)) ?? false
}

function isSame(a: TicketLink, b: { ticketId: string; relation: LinkRelation }): boolean {
  return a.ticketId === b.ticketId && a.relation === b.relation
}

/** A ticket of the same batch has no number yet. */
function nameOf({ number, subject }: Ticket): string {
  return number > 0 ? `#${number}` : `“${subject}”`
}
