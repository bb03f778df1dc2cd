import type { SandboxClient, SandboxData } from '../../src-cloud/load.ts'
import { SANDBOX_SIGN_IN } from '../../src-main/console/sandbox-cloud.ts'
import { configuration, contactOf, entryOf, idOf, technicianOf, ticketOf } from '../compartment/desk.ts'

/** What a cloud of the bench holds: one large client, and so many small ones. */
export interface SeedSize {
  /** Tickets of the large client; 0 for none. */
  tickets: number
  small: number
  /** Tickets of a small client. */
  smallTickets: number
}

/** A client with no more tickets has one contact, and nobody has taken one. */
const FEW = 100

/** By name the first client of every list. */
export const LARGE = idOf('tenant large')

/** @param index from 1 */
export function smallTenant(index: number): string {
  return idOf(`tenant small ${index}`)
}

/** Number of the first ticket of a small client. @param index from 1 */
export function firstTicket(size: SeedSize, index: number): number {
  return 1 + index * size.smallTickets
}

/** An organisation of made-up desks that the sandbox's technician signs in to. Every tenth ticket has a conversation. */
export function seedOf(size: SeedSize): SandboxData {
  const clients: SandboxClient[] = []
  if (size.tickets > 0) clients.push(client(LARGE, 'Aardvark Logistics', 1, size.tickets))
  for (let i = 1; i <= size.small; i++)
    clients.push(
      client(smallTenant(i), `Client ${String(i).padStart(3, '0')}`, firstTicket(size, i), size.smallTickets),
    )
  const me = { ...technicianOf(0), ...SANDBOX_SIGN_IN }
  const others = Array.from({ length: Math.max(size.tickets, size.smallTickets) > FEW ? 7 : 0 }, (_, i) => ({
    ...technicianOf(i + 1),
    password: idOf(`${i}`),
  }))
  return { organisation: { id: idOf('organisation'), name: 'Bench' }, technicians: [me, ...others], clients }
}

function client(id: string, name: string, first: number, count: number): SandboxClient {
  return {
    tenant: {
      ...{ id, name, shortName: name.slice(0, 12), domains: [], aliases: [] },
      ...{ industry: 'Testing', colour: '#1971c2', timeZone: 'Europe/Berlin' },
    },
    configuration,
    contacts: Array.from({ length: count > FEW ? 50 : 1 }, (_, i) => contactOf(i)),
    tickets: (function* () {
      for (let number = first; number < first + count; number++) {
        const body = 'Called back: restarted the service, asked to watch it until tomorrow.'
        const ticket =
          count > FEW ? ticketOf(number) : ticketOf(number, { requesterId: contactOf(0).id, assigneeId: null })
        yield { ticket, entries: number % 10 === 0 ? [entryOf(number, 0, body)] : [] }
      }
    })(),
  }
}
