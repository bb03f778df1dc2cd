import type { ConsoleState } from '../app/console/console.ts'
import { createMemory, type Memory } from './memory.ts'
import { createSight } from './sight.ts'
import { createTenant, type Tenant } from './tenant.ts'

/** A window holds at most this many clients open at once. */
export const MAX_OPEN = 9

/** The clients that this window holds open, the least recently used one closed when there are too many. */
export interface Tenants {
  /** The open client, opened if need be; answers at once, its first call opens the scope. */
  get(tenantId: string): Tenant
  /** Where the technician was in a client. */
  memory(tenantId: string): Memory
  /** Says that this client is on screen now. */
  arrive(tenantId: string): void
  /** Sends what was typed a moment ago on its way to the disk. */
  flush(): void
  /** Closes everything and forgets all places: after signing out, and when the console locks. */
  clear(): void
}

export function createTenants(
  { connection, client, settings }: Pick<ConsoleState, 'connection' | 'client' | 'settings'>,
  limit = MAX_OPEN,
): Tenants {
  const open = new Map<string, Tenant>()
  const memories = new Map<string, Memory>()
  const sight = createSight()

  const memory = (tenantId: string): Memory => {
    const known = memories.get(tenantId)
    if (known) return known
    const made = createMemory(settings.get().openTickets[tenantId], () => sight.isFresh(tenantId))
    memories.set(tenantId, made)
    made.openTicket.subscribe(() => keepOpenTicket(tenantId, made.openTicket.get()))
    return made
  }
  const keepOpenTicket = (tenantId: string, ticketId: string | null): void => {
    const { [tenantId]: _, ...others } = settings.get().openTickets
    const openTickets = ticketId === null ? others : { ...others, [tenantId]: ticketId }
    settings.set({ ...settings.get(), openTickets })
    client.settings.change.mutate({ openTickets }).catch(() => undefined)
  }
  return {
    memory,
    arrive: sight.arrive,
    get(tenantId) {
      const tenant =
        open.get(tenantId) ??
        createTenant(
          connection,
          {
            open() {
              const scope = newScope()
              connection.open(scope, tenantId)
              return scope
            },
            // What it showed is forgotten here too; going there makes it anew, at the same place.
            rested() {
              open.get(tenantId)?.close()
              open.delete(tenantId)
            },
            close: (scope) => void client.clients.close.mutate({ scope }).catch(() => undefined),
          },
          memory(tenantId),
        )
      open.delete(tenantId)
      open.set(tenantId, tenant)
      for (const [id, oldest] of open) {
        if (open.size <= limit) break
        open.delete(id)
        oldest.close()
      }
      return tenant
    },
    flush() {
      for (const tenant of open.values()) tenant.drafts.flush()
    },
    clear() {
      for (const tenant of open.values()) tenant.close()
      open.clear()
      memories.clear()
    },
  }
}

/** A handle that nobody guesses: 256 random bits in base64url. */
function newScope(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32))
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}
