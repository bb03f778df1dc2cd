import { randomUUID } from 'node:crypto'
import type { WorkTime } from '../../../src-shared/domain/entry.ts'
import { withDefaults } from '../../../src-shared/domain/field-states.ts'
import { patchedTasks, tasksProblem } from '../../../src-shared/domain/task-list.ts'
import type { LinkRelation, NewTicket, TicketPatch } from '../../../src-shared/domain/ticket.ts'
import type { TicketDetail } from '../../../src-shared/domain/views.ts'
import { ProblemError } from '../../../src-shared/problem.ts'
import type { MutationBody } from '../../../src-shared/protocol/mutation.ts'
import type { Bench } from '../bench.ts'
import { flatten } from '../ledger/coalesce.ts'
import type { Change } from '../ledger/ledger.ts'
import type { OutboxItem } from '../ledger/outbox.ts'
import { changeIn } from './edit.ts'
import { bodiesOf, entryWrites, recordEntry } from './entry-writes.ts'
import { updateOf } from './matrix.ts'
import { heldBack, heldUp } from './own-fields.ts'

interface Link {
  id: string
  otherId: string
  relation: LinkRelation
}

/** What a technician does to tickets. Each is in the ledger before it is answered. */
export function ticketWrites(bench: Bench) {
  const { ledger } = bench.held

  /** Records several writes, all or none. */
  const write = (bodies: MutationBody[], work: (change: Change) => void, shown: string): TicketDetail => {
    ledger.change(work)
    bench.show(bodies)
    return bench.ticket(shown)
  }
  const writeOne = (body: MutationBody, detail: Parameters<Change['record']>[1], shown: string): TicketDetail =>
    write([body], (change) => change.record(body, detail), shown)

  const entry = (ticketId: string, kind: 'note' | 'reply' | 'time', body: string, time?: WorkTime): TicketDetail => {
    const writes = entryWrites(bench.held.cache, bench.ticket(ticketId).ticket, kind, body, time)
    const record = (change: Change): void => {
      recordEntry(change, writes)
      // In the same breath: a text that was sent must not come back as one that was not.
      ledger.drafts.remove(ticketId, kind)
    }
    return write(bodiesOf(writes), record, ticketId)
  }

  /** The update that gives a ticket a status; null where it has it. */
  const statusUpdate = (id: string, status: string | null): MutationBody | null => {
    const change = status === null ? null : changeIn(bench.ticket(id).ticket, { status })
    return change && { kind: 'ticket.update', ticketId: id, ...change }
  }

  /** A merge, or its end, and the status that goes with it: after it, and not without it. */
  const mergeWith = (body: MutationBody & { ticketId: string }, other: string, status: string | null): void => {
    const update = statusUpdate(body.ticketId, status)
    ledger.change((change) => {
      const merged: OutboxItem | null = change.record(body, { other })
      if (update) change.record(update, { fields: ['status'] }, merged)
    })
    // Whatever it was merged into looks different too.
    bench.show([body, { kind: 'ticket.merge', ticketId: body.ticketId, intoId: other }])
  }

  const linking = (kind: 'ticket.link' | 'ticket.unlink', { id, otherId, relation }: Link): TicketDetail => {
    const { ticket } = bench.ticket(id)
    if (kind === 'ticket.link') mustDiffer(id, otherId, () => bench.ticket(otherId))
    const there = ticket.links?.some((link) => link.ticketId === otherId && link.relation === relation) ?? false
    if (there === (kind === 'ticket.link')) return bench.ticket(id)
    return writeOne({ kind, ticketId: id, otherId, relation }, { other: otherId, relation }, id)
  }

  return {
    /**
     * @param back whether this takes back what was done: nothing holds that up here, and in the cloud also what was retired
     * may return
     * @throws ProblemError `field-missing`, `field-unfit`
     */
    edit({ id, patch, back = false }: { id: string; patch: TicketPatch; back?: boolean | undefined }): TicketDetail {
      const { ticket } = bench.ticket(id)
      const change = updateOf(bench.held.cache.configuration, ticket, patch, back)
      if (!change) return bench.ticket(id)
      const { tasks } = change.patch
      const wrong = tasks && tasksProblem(ticket.tasks, tasks, patchedTasks(ticket.tasks, tasks, null))
      if (wrong) throw new ProblemError(...wrong)
      const problem = back ? null : heldUp(bench.held.cache.configuration, ticket, change.patch)
      if (problem) throw problem
      const body = { kind: 'ticket.update' as const, ticketId: id, ...change }
      return writeOne(body, { fields: [...flatten(change.patch).keys()] }, id)
    },

    addEntry({ ticketId, kind, body }: { ticketId: string; kind: 'note' | 'reply'; body: string }): TicketDetail {
      return entry(ticketId, kind, body)
    },

    addTime({ ticketId, time, body }: { ticketId: string; time: WorkTime; body: string }): TicketDetail {
      return entry(ticketId, 'time', body, time)
    },

    /** @throws ProblemError `field-missing`, `field-unfit` */
    create(given: NewTicket): TicketDetail {
      const { configuration } = bench.held.cache
      const ticket = { ...given, customFields: withDefaults(configuration.customFields, given) }
      const problem = heldBack(configuration, ticket)
      if (problem) throw problem
      const ticketId = randomUUID()
      const fields = [...flatten(ticket).keys()]
      const body = { kind: 'ticket.create' as const, ticketId, ticket }
      const record = (change: Change): void => {
        change.record(body, { fields })
        ledger.drafts.remove(null, 'ticket')
      }
      return write([body], record, ticketId)
    },

    tag({ id, add, remove }: { id: string; add: string[]; remove: string[] }): TicketDetail {
      const { tags } = bench.ticket(id).ticket
      const added = [...new Set(add)].filter((tag) => !tags.includes(tag))
      const removed = [...new Set(remove)].filter((tag) => tags.includes(tag) && !add.includes(tag))
      if (added.length + removed.length === 0) return bench.ticket(id)
      const body = { kind: 'ticket.tag' as const, ticketId: id, add: added, remove: removed }
      return writeOne(body, { added: added.length, removed: removed.length }, id)
    },

    watch({ id, add, remove }: { id: string; add: string[]; remove: string[] }): TicketDetail {
      const { watchers = [] } = bench.ticket(id).ticket
      const added = [...new Set(add)].filter((one) => !watchers.includes(one))
      const removed = [...new Set(remove)].filter((one) => watchers.includes(one) && !add.includes(one))
      const { cache, technician } = bench.held
      const here = new Set([technician, ...(added.length > 0 ? cache.technicians : [])].map((one) => one.id))
      if (!added.every((one) => here.has(one)))
        throw new ProblemError('invalid-input', { reason: 'Choose a technician who works for this client.' })
      if (added.length + removed.length === 0) return bench.ticket(id)
      const body = { kind: 'ticket.watch' as const, ticketId: id, add: added, remove: removed }
      return writeOne(body, { added: added.length, removed: removed.length }, id)
    },

    merge({ id, intoId, status }: { id: string; intoId: string; status: string | null }): TicketDetail {
      const { mergedInto } = bench.ticket(id)
      mustDiffer(id, intoId, () => bench.ticket(intoId))
      if (mergedInto)
        throw new ProblemError('invalid-input', { reason: 'This ticket is merged already: unmerge it first.' })
      if (bench.read(({ cache }) => cache.tickets.hostsOf(intoId).some((host) => host.id === id)))
        throw new ProblemError('invalid-input', { reason: 'That ticket is merged into this one: unmerge it first.' })
      mergeWith({ kind: 'ticket.merge', ticketId: id, intoId }, intoId, status)
      return bench.ticket(intoId)
    },

    unmerge({ id, status }: { id: string; status: string | null }): TicketDetail {
      const { mergedInto } = bench.ticket(id).ticket
      if (!mergedInto) return bench.ticket(id)
      mergeWith({ kind: 'ticket.unmerge', ticketId: id }, mergedInto, status)
      return bench.ticket(id)
    },

    split({ fromId, entryIds, ticket }: { fromId: string; entryIds: string[]; ticket: NewTicket }): TicketDetail {
      const { entries: all } = bench.ticket(fromId)
      const own = new Set(all.filter(({ from }) => from === null).map(({ id }) => id))
      if (!entryIds.every((id) => own.has(id)))
        throw new ProblemError('invalid-input', { reason: 'Choose entries of this ticket: others are not its own.' })
      const ticketId = randomUUID()
      const entries = [...new Set(entryIds)].map((from) => ({ from, id: randomUUID() }))
      const body = { kind: 'ticket.split' as const, ticketId, fromId, ticket, entries }
      return writeOne(body, { from: fromId, entries: entries.length }, ticketId)
    },

    link: (input: Link): TicketDetail => linking('ticket.link', input),
    unlink: (input: Link): TicketDetail => linking('ticket.unlink', input),

    markSeen(id: string): void {
      const seen = bench.read(({ cache }) => {
        const row = cache.tickets.byId(id)
        return row !== undefined && row.seen < row.version && cache.write(() => cache.tickets.markSeen(row.number))
      })
      if (seen) bench.tell({ tickets: new Set([id]), desk: false })
    },
  }
}

function mustDiffer(id: string, otherId: string, exists: () => unknown): void {
  if (id === otherId)
    throw new ProblemError('invalid-input', { reason: 'Choose another ticket: this is the same one.' })
  exists()
}
