import { createHash } from 'node:crypto'
import type { Configuration } from '../../src-shared/domain/configuration.ts'
import type { Entry } from '../../src-shared/domain/entry.ts'
import type { Contact, Technician } from '../../src-shared/domain/people.ts'
import type { Ticket } from '../../src-shared/domain/ticket.ts'
import type { FeedChange } from '../../src-shared/protocol/feed.ts'

export const configuration: Configuration = {
  statuses: [
    { key: 'new', label: 'New', category: 'new', stopsClock: false },
    { key: 'working', label: 'In Progress', category: 'open', stopsClock: false },
    { key: 'vendor', label: 'Awaiting Vendor', category: 'waiting', stopsClock: true },
    { key: 'fixed', label: 'Resolved', category: 'resolved', stopsClock: true },
    { key: 'closed', label: 'Closed', category: 'closed', stopsClock: true },
  ],
  priorities: [
    { key: 'p1', label: 'Critical', rank: 1, colour: '#e03131' },
    { key: 'p2', label: 'High', rank: 2, colour: '#f08c00' },
    { key: 'p3', label: 'Normal', rank: 3, colour: '#1971c2' },
    { key: 'p4', label: 'Low', rank: 4, colour: '#868e96' },
  ],
  types: [{ key: 'incident', label: 'Incident' }],
  queues: [{ key: 'service', label: 'Service Desk' }],
  customFields: [],
  atRiskMinutes: 60,
}

/** The same id for the same name, every time. */
export function idOf(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

export function technicianOf(index: number): Technician {
  return { id: idOf(`technician ${index}`), name: `Technician ${index}`, email: `t${index}@example.com` }
}

export function contactOf(index: number): Contact {
  const id = idOf(`contact ${index}`)
  return { id, name: `Contact ${index}`, email: null, phone: null, title: null, site: null, vip: false }
}

const words =
  'printer outlook password reset invoice laptop monitor network vpn slow crash licence update server backup mailbox quota folder share permission camera headset teams scanner battery display keyboard driver wifi certificate domain login locked account invoice toner paper tray error code boot screen blue restart shutdown remote desktop session timeout firewall rule port switch router cable office floor meeting room projector phone extension voicemail'.split(
    ' ',
  )

/** A random number generator that gives the same row for the same seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let a = seed
  return () => {
    a = (a + 0x6d2b79f5) | 0
    let t = Math.imul(a ^ (a >>> 15), 1 | a)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** Ticket number `number` of a made-up desk; about 600 bytes as a feed line. */
export function ticketOf(number: number, changes: Partial<Ticket> = {}): Ticket {
  const random = randomOf(number)
  const pick = <Value>(values: readonly Value[]): Value => values[Math.floor(random() * values.length)] as Value
  const text = (count: number): string => Array.from({ length: count }, () => pick(words)).join(' ')
  const created = Date.UTC(2024, 0, 1) + number * 300_000
  const closed = random() < 0.85
  return {
    id: idOf(`ticket ${number}`),
    number,
    subject: `${text(5)} ${number}`,
    description: text(14),
    status: closed ? pick(['fixed', 'closed']) : pick(['new', 'working', 'vendor']),
    priority: pick(['p1', 'p2', 'p3', 'p4']),
    type: random() < 0.8 ? 'incident' : null,
    queue: 'service',
    requesterId: contactOf(Math.floor(random() * 50)).id,
    assigneeId: random() < 0.2 ? null : technicianOf(Math.floor(random() * 8)).id,
    tags: random() < 0.2 ? ['vip'] : [],
    customFields: {},
    createdAt: new Date(created).toISOString(),
    updatedAt: new Date(created + Math.floor(random() * 1e9)).toISOString(),
    dueAt: random() < 0.5 ? null : new Date(created + 86_400_000).toISOString(),
    ...changes,
  }
}

export function entryOf(ticketNumber: number, index: number, body: string): Entry {
  return {
    id: idOf(`entry ${ticketNumber} ${index}`),
    ticketId: idOf(`ticket ${ticketNumber}`),
    kind: index % 2 === 0 ? 'reply' : 'note',
    author: { kind: 'technician', id: technicianOf(index % 8).id, name: technicianOf(index % 8).name },
    body,
    createdAt: new Date(Date.UTC(2024, 5, 1) + index * 60_000).toISOString(),
  }
}

/** The feed of a desk with so many tickets: configuration, people, tickets, and an entry for every tenth. */
export function deskChanges(tickets: number, entryEvery = 10): FeedChange[] {
  let version = 0
  const changes: FeedChange[] = []
  const add = (kind: FeedChange['kind'], id: string, data: Record<string, unknown>): void => {
    version += 1
    changes.push({ kind, id, version, data })
  }
  add('configuration', 'configuration', configuration)
  for (let i = 0; i < 8; i++) add('technician', technicianOf(i).id, technicianOf(i))
  for (let i = 0; i < 50; i++) add('contact', contactOf(i).id, contactOf(i))
  for (let number = 1; number <= tickets; number++) {
    const ticket = ticketOf(number)
    add('ticket', ticket.id, ticket)
    if (number % entryEvery !== 0) continue
    const entry = entryOf(number, 0, `Called back about the zeppelin ${number}`)
    add('entry', entry.id, entry)
  }
  return changes
}
