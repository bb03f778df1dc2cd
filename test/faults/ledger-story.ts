import type { MutationBody, MutationResult } from '../../src-shared/protocol/mutation.ts'
import { cancel, dismiss, reopen, resend, resolve } from '../../src-main/compartment/ledger/decisions.ts'
import type { Ledger } from '../../src-main/compartment/ledger/ledger.ts'
import type { OutboxItem } from '../../src-main/compartment/ledger/outbox.ts'
import { idOf } from '../compartment/desk.ts'

/** What a ledger goes through, each step one thing that must happen whole or not at all. */
export type Step = [name: string, run: (ledger: Ledger) => void]

const NOW = '2026-03-01T08:00:00.000Z'
const ticketId = (name: string): string => idOf(`ticket ${name}`)
const note = (name: string): MutationBody => ({
  ...{ kind: 'entry.create', ticketId: ticketId(name), entryId: idOf(`note ${name}`) },
  ...{ entryKind: 'note', body: `On ${name}` },
})
const edit = (name: string, from: string, to: string): MutationBody => ({
  ...{ kind: 'ticket.update', ticketId: ticketId(name) },
  ...{ base: { status: from, subject: 'As it was' }, patch: { status: to, subject: `${name} ${to}` } },
})
const create = (name: string): MutationBody => ({
  kind: 'ticket.create',
  ticketId: ticketId(name),
  ticket: {
    ...{ subject: name, description: '', status: 'new', priority: 'p1', type: null, queue: null },
    ...{ requesterId: null, assigneeId: null, tags: [], customFields: {} },
  },
})
const append = (body: MutationBody): Step => [`append ${body.kind}`, (ledger) => void ledger.append(body, {})]
const take = (held: string[] = []): Step => [
  'take',
  (ledger) => void ledger.take(100, new Set(held.map((name) => ticketId(name)))),
]
const settle = (...answers: ((item: OutboxItem) => Omit<MutationResult, 'sequence'>)[]): Step => [
  'settle',
  (ledger) => {
    const flying = ledger.inState('queued').filter(({ sequence }) => sequence !== null)
    flying.sort((a, b) => (a.sequence ?? 0) - (b.sequence ?? 0))
    const results = flying
      .slice(0, answers.length)
      .map((item, i) => ({ ...answers[i]?.(item), sequence: item.sequence }))
    ledger.settle(results as MutationResult[])
  },
]
const applied = () => ({ outcome: 'applied' as const, version: 10 })
const merged = () => ({ outcome: 'merged' as const, version: 11 })
const rejected = () => ({ outcome: 'rejected' as const, code: 'invalid-input', message: 'It does not fit.' })
const retry = () => ({ outcome: 'retry' as const, message: 'Later.' })
const conflict = () => ({
  ...{ outcome: 'conflict' as const, version: 12 },
  conflicts: [{ field: 'status', base: 'new', mine: 'working', theirs: 'vendor', at: NOW, by: 'Noor' }],
})
/** The first that waits for a person, by what became of it. */
const failed = (ledger: Ledger, outcome: string): OutboxItem => {
  const item = ledger.inState('failed').find((one) => one.outcome?.outcome === outcome)
  if (!item) throw new Error(`nothing ${outcome}`)
  return item
}
const seen = (): unknown => null

/** Everything that is ever written to a ledger, with the states that it can be written in. */
export function ledgerStory(): Step[] {
  let decided = ''
  const decide = (name: string, outcome: string, run: (ledger: Ledger, id: string) => unknown): Step => [
    name,
    (ledger) => {
      decided = failed(ledger, outcome).id
      run(ledger, decided)
    },
  ]
  const reopened: Step = ['reopen', (ledger) => void reopen(ledger, decided)]
  return [
    append(note('a')),
    append(edit('b', 'new', 'working')),
    append(edit('b', 'working', 'vendor')),
    append(edit('undone', 'new', 'working')),
    ['append what undoes it', (ledger) => void ledger.append(undoing(), {})],
    append(create('c')),
    append(note('c')),
    take(),
    ['not sent', (ledger) => ledger.notSent(ledger.inState('queued'))],
    take(['a']),
    settle(applied, retry),
    take(),
    settle(applied, merged),
    take(),
    settle(applied),
    ['release', (ledger) => void ledger.release(10)],
    ['release', (ledger) => void ledger.release(11)],
    append(edit('d', 'new', 'working')),
    append(note('e')),
    append(create('f')),
    append(note('f')),
    take(),
    settle(conflict, rejected, rejected),
    ['release', (ledger) => void ledger.release(12)],
    decide('resolve with mine', 'conflict', (ledger, id) => resolve(ledger, id, [{ field: 'status', choice: 'mine' }])),
    reopened,
    decide('resolve with theirs', 'conflict', (ledger, id) =>
      resolve(ledger, id, [{ field: 'status', choice: 'theirs' }]),
    ),
    reopened,
    decide('resolve with another', 'conflict', (ledger, id) =>
      resolve(ledger, id, [{ field: 'status', choice: 'other', value: 'fixed' }]),
    ),
    take(),
    settle(applied),
    reopened,
    decide('dismiss', 'conflict', dismiss),
    decide('resend a note', 'rejected', (ledger, id) => resend(ledger, id, { text: 'Mended' }, seen)),
    decide('resend a ticket and what follows', 'rejected', (ledger, id) => resend(ledger, id, {}, seen)),
    take(),
    ['renumber', (ledger) => ledger.renumber()],
    take(),
    [
      'set aside',
      (ledger) => {
        const [item] = ledger.inState('queued')
        if (item) ledger.setAside(item, 'request-refused', 'The cloud could not take this edit (HTTP 400).')
      },
    ],
    append(create('g')),
    append(note('g')),
    [
      'cancel a ticket and what follows',
      (ledger) => {
        const item = ledger
          .inState('queued')
          .find(({ body }) => body.kind === 'ticket.create' && body.ticketId === ticketId('g'))
        cancel(ledger, item?.id ?? '')
      },
    ],
    [
      'pause',
      (ledger) => {
        ledger.paused = true
      },
    ],
    ['the cloud was set back', (ledger) => ledger.cloudSetBack()],
    ['offer again', (ledger) => ledger.offerAgain(ledger.sent().slice(0, 2), 'It was lost.')],
    append(note('h')),
  ]
}

/** What takes the edit of the ticket `undone` back before it was sent. */
function undoing(): MutationBody {
  return {
    ...{ kind: 'ticket.update', ticketId: ticketId('undone') },
    ...{ base: { status: 'working', subject: 'undone working' }, patch: { status: 'new', subject: 'As it was' } },
  }
}
