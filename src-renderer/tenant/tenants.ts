import type { ConsoleState } from '../app/console/console.ts'
import { createMemory, type Memory } from './memory.ts'
import { createTenant, type Tenant } from './tenant.ts'

/** A window holds at most this many clients open at once. */
export const MAX_OPEN = 9

/** The clients that this window holds open, the least recently used one closed when there are too many. */
export interface Tenants {
  /** The open client, opened if need be; answers at once, its first call opens the scope. */
  get(tenantId: string): Tenant
  /** Where the technician was in a client. */
  memory(tenantId: string): Memory
  /** Closes everything and forgets all places: after signing out. */
  clear(): void
}

export function createTenants(
  { connection, client }: Pick<ConsoleState, 'connection' | 'client'>,
  limit = MAX_OPEN,
): Tenants {
  const open = new Map<string, Tenant>()
  const memories = new Map<string, Memory>()

  const memory = (tenantId: string): Memory => {
    const known = memories.get(tenantId)
    if (known) return known
    const made = createMemory()
    memories.set(tenantId, made)
    return made
  }
  return {
    memory,
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
