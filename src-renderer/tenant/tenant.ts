import { QueryClient } from '@tanstack/react-query'
import { createTRPCClient, type TRPCClient } from '@trpc/client'
import type { TenantRouter } from '../../src-main/compartment/router.ts'
import type { Change, SyncState } from '../../src-shared/domain/views.ts'
import type { Present } from '../../src-shared/protocol/presence.ts'
import type { Connection } from '../app/channel/connection.ts'
import { follow } from '../app/channel/follow.ts'
import { channelLink, problemFrom } from '../app/channel/link.ts'
import { createRefresh } from './changes.ts'
import { createDrafts, type Drafts } from './drafts.ts'
import type { Memory } from './memory.ts'
import { Store } from '../ui/store.ts'
import { NOBODY } from './presence.ts'
import { keys } from './queries.ts'

/** How a tenant's scope is opened and closed; the only thing that knows which tenant it is. */
export interface ScopePort {
  /** @returns a new scope, in use at once */
  open(): string
  close(scope: string): void
  /** The host let go of the client because nobody looked at it for a while. */
  rested(): void
}

/** One open client: its calls, its cache, its place. Nothing in here, or below, can name another. */
export interface Tenant {
  readonly client: TRPCClient<TenantRouter>
  readonly queries: QueryClient
  readonly memory: Memory
  readonly drafts: Drafts
  /** Who else has tickets open, as long as something on screen follows it; see presence.ts. */
  readonly present: Store<readonly Present[]>
  /**
   * Opens the scope anew and reads everything again: what a person does after the compartment was stopped.
   * @returns resolves when that was answered, however it went
   */
  reopen(): Promise<void>
  /** Stops its subscriptions, forgets its data and closes its scope. */
  close(): void
}

const MINUTES = 60_000

/** Makes a client's scope. The scope itself is opened by the first call, and again whenever it was closed. */
export function createTenant(connection: Connection, scopes: ScopePort, memory: Memory): Tenant {
  const scope = createScope(scopes)
  const client = createTRPCClient<TenantRouter>({ links: [channelLink(connection, scope)] })
  const queries = new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: Infinity,
        gcTime: 30 * MINUTES,
        networkMode: 'always',
        refetchOnWindowFocus: false,
        retry: (count, error) => count < 6 && problemFrom(error).retry && connection.state.get() === 'open',
        retryDelay: (count) => Math.min(250 * 2 ** count, 4000),
      },
      mutations: { networkMode: 'always' },
    },
  })
  // Hundreds are opened in a day, and each is read again in milliseconds.
  queries.setQueryDefaults(keys.allTickets, { gcTime: 20_000 })
  const refresh = createRefresh(queries)
  const drafts = createDrafts(memory, (draft) => client.tickets.saveDraft.mutate(draft))
  let first = true
  const stopChanges = follow<Change>(
    connection,
    (observer) => {
      if (!first) void queries.invalidateQueries()
      first = false
      return client.changes.subscribe(undefined, observer)
    },
    refresh.apply,
  )
  let phase: SyncState['phase'] | null = null
  const stopSync = follow<SyncState>(
    connection,
    (observer) => client.sync.watch.subscribe(undefined, observer),
    (state) => {
      if (phase === 'first-sync' && state.phase !== phase) refresh.settle()
      phase = state.phase
      queries.setQueryData(keys.sync, state)
      void queries.invalidateQueries({ queryKey: keys.report })
      void queries.invalidateQueries({ queryKey: keys.inbox })
    },
  )
  const unwatch = connection.state.subscribe(() => {
    if (connection.state.get() !== 'open') scope.forget()
  })
  return {
    client,
    queries,
    memory,
    drafts,
    present: new Store(NOBODY),
    reopen() {
      scope.forget()
      return queries.invalidateQueries()
    },
    close() {
      drafts.flush()
      stopChanges()
      stopSync()
      unwatch()
      refresh.stop()
      void queries.cancelQueries()
      // What is still on screen leaves it only after this, and would then be kept by a timer until its time is over.
      for (const kept of [...queries.getQueryCache().getAll(), ...queries.getMutationCache().getAll()])
        kept.gcTime = Infinity
      queries.clear()
      scope.close()
    },
  }
}

function createScope(port: ScopePort) {
  let scope: string | null = null
  return {
    current: (): string => (scope ??= port.open()),
    gone(used: string): void {
      if (scope === used) scope = null
    },
    rested: (): void => port.rested(),
    forget(): void {
      scope = null
    },
    close(): void {
      if (scope !== null) port.close(scope)
      scope = null
    },
  }
}
