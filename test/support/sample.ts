import { createHash } from 'node:crypto'
import type { Configuration } from '../../src-shared/domain/configuration.ts'
import type { Entry } from '../../src-shared/domain/entry.ts'
import type { Contact } from '../../src-shared/domain/people.ts'
import type { Ticket } from '../../src-shared/domain/ticket.ts'
import type { SandboxClient, SandboxData } from '../../src-cloud/load.ts'

/** A valid UUID that is always the same for the same words. */
export function uuid(...words: (string | number)[]): string {
  const hex = createHash('sha256').update(words.join('/')).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

export const sampleConfiguration: Configuration = {
  statuses: [
    { key: 'new', label: 'New', category: 'new', stopsClock: false },
    { key: 'open', label: 'In Progress', category: 'open', stopsClock: false },
    { key: 'vendor', label: 'Awaiting Vendor', category: 'waiting', stopsClock: true },
    { key: 'done', label: 'Done', category: 'closed', stopsClock: true },
  ],
  priorities: [
    { key: 'p1', label: 'Urgent', rank: 1, colour: '#e03131' },
    { key: 'p2', label: 'Normal', rank: 2, colour: '#1971c2' },
  ],
  types: [{ key: 'incident', label: 'Incident' }],
  queues: [{ key: 'desk', label: 'Service Desk' }],
  customFields: [
    { type: 'text', key: 'site', label: 'Site' },
    { type: 'number', key: 'seats', label: 'Seats' },
    { type: 'date-time', key: 'window', label: 'Window' },
    { type: 'select', key: 'floor', label: 'Floor', options: [{ key: 'one', label: 'One' }] },
  ],
  atRiskMinutes: 60,
}

/**
 * A small tenant, the same for the same name.
 * @param count tickets, each with one entry
 * @param filler characters of a ticket's description
 */
export function sampleClient(name: string, count: number, filler = 40): SandboxClient {
  const id = uuid('tenant', name)
  const contact: Contact = {
    id: uuid(name, 'contact'),
    name: `Contact of ${name}`,
    email: null,
    phone: null,
    title: null,
    site: null,
    vip: false,
  }
  return {
    tenant: {
      id,
      name,
      shortName: name.slice(0, 12),
      domains: [`${name.toLowerCase()}.example`],
      aliases: [name.slice(0, 3)],
      industry: 'Testing',
      colour: '#1971c2',
      timeZone: 'Europe/Berlin',
    },
    configuration: sampleConfiguration,
    contacts: [contact],
    tickets: (function* () {
      for (let number = 1; number <= count; number++) yield sampleTicket(name, number, contact.id, filler)
    })(),
  }
}

function sampleTicket(
  name: string,
  number: number,
  requesterId: string,
  filler: number,
): { ticket: Ticket; entries: Entry[] } {
  const at = new Date(Date.UTC(2026, 0, 1) + number * 60_000).toISOString()
  const ticket: Ticket = {
    id: uuid(name, 'ticket', number),
    number,
    subject: `${name} ticket ${number}`,
    description: 'lorem "ipsum" \\ dolor '.repeat(1 + filler / 22).slice(0, filler),
    status: 'open',
    priority: 'p2',
    type: null,
    queue: 'desk',
    requesterId,
    assigneeId: null,
    tags: [],
    customFields: { site: 'Harbour' },
    createdAt: at,
    updatedAt: at,
    dueAt: null,
  }
  const author = { kind: 'contact', id: requesterId, name: `Contact of ${name}` } as const
  const entry: Entry = {
    id: uuid(name, 'entry', number),
    ticketId: ticket.id,
    kind: 'reply',
    author,
    body: `First word on ${number}`,
    createdAt: at,
  }
  return { ticket, entries: [entry] }
}

/** An organisation with one technician, robin@<name>.example, and the given clients. */
export function sampleOrganisation(name: string, clients: SandboxClient[]): SandboxData {
  return {
    organisation: { id: uuid('organisation', name), name },
    technicians: [
      {
        id: uuid('technician', name),
        name: `Robin of ${name}`,
        email: `robin@${name.toLowerCase()}.example`,
        password: `secret of ${name}`,
      },
    ],
    clients,
  }
}
