import { createTRPCClient, type TRPCClient } from '@trpc/client'
import type { ConsoleRouter } from '../../../src-main/console/router.ts'
import type { SessionStatus } from '../../../src-shared/domain/session-status.ts'
import type { ClientsChange, ClientSummary, Settings } from '../../../src-shared/domain/views.ts'
import { Store } from '../../ui/store.ts'
import { follow } from '../channel/follow.ts'
import type { Connection } from '../channel/connection.ts'
import { channelLink, CONSOLE } from '../channel/link.ts'

export const INITIAL_SETTINGS: Settings = {
  theme: 'auto',
  density: 'compact',
  afterResolve: 'stay',
  openTickets: {},
  lockAfterMinutes: null,
  restAfterMinutes: 30,
  keys: {},
}

/** What spans clients, as the window knows it: session, clients, settings. Names and counts, never tickets. */
export interface ConsoleState {
  readonly connection: Connection
  readonly client: TRPCClient<ConsoleRouter>
  /** Null until the host has said. */
  readonly session: Store<SessionStatus | null>
  /** By id; null until the first list came. */
  readonly clients: Store<ReadonlyMap<string, ClientSummary> | null>
  readonly settings: Store<Settings>
}

/**
 * Follows clients on their way in or out.
 * @param moved told the ids of onboardings and offboardings that have moved on; `*` where any may have
 * @returns ends it
 */
export function followMoves({ connection, client }: ConsoleState, moved: (ids: string[]) => void): () => void {
  return follow<string[]>(connection, (o) => client.onboarding.watch.subscribe(undefined, o), moved)
}

/** Connects the console's stores to the host for the life of the window. */
export function createConsole(connection: Connection): ConsoleState {
  const client = createTRPCClient<ConsoleRouter>({ links: [channelLink(connection, CONSOLE)] })
  const session = new Store<SessionStatus | null>(null)
  const clients = new Store<ReadonlyMap<string, ClientSummary> | null>(null)
  const settings = new Store(INITIAL_SETTINGS)

  follow<SessionStatus>(connection, (o) => client.session.watch.subscribe(undefined, o), session.set)

  let stopClients: (() => void) | null = null
  const watchClients = (): void => {
    const open = session.get()?.state === 'open'
    if (open && !stopClients) {
      let fresh = true
      stopClients = follow<ClientsChange>(
        connection,
        (o) => {
          fresh = true
          return client.clients.watch.subscribe(undefined, o)
        },
        ({ changed, gone }) => {
          const next = new Map(fresh ? [] : clients.get())
          fresh = false
          for (const summary of changed) next.set(summary.id, summary)
          for (const id of gone) next.delete(id)
          clients.set(next)
        },
      )
    } else if (!open && stopClients) {
      stopClients()
      stopClients = null
      clients.set(null)
    }
  }
  session.subscribe(watchClients)

  const readSettings = (): void => {
    if (connection.state.get() !== 'open') return
    client.settings.get.query().then(settings.set, () => undefined)
  }
  connection.state.subscribe(readSettings)
  readSettings()
  return { connection, client, session, clients, settings }
}
