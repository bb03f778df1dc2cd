import { useParams } from '@tanstack/react-router'
import type { Command } from '../commands/commands.ts'
import { useCommands } from '../commands/use-commands.tsx'
import { useIsAdministrator } from '../console/context.tsx'
import { useTenants } from '../tenants-context.tsx'
import { useNewClient } from '../../features/onboarding/new-client.ts'
import { places, useGo } from './go.ts'

/** The screens, each by two keys: `g` and a letter. Those of a client are there while one is on screen. */
export function useGoCommands(): void {
  const { tenantId } = useParams({ strict: false })
  const tenants = useTenants()
  const go = useGo()
  const newClient = useNewClient()
  const administers = useIsAdministrator()
  const to = (id: string, title: string, keys: string[], place: string): Command => ({
    ...{ id, title, keys, group: 'Go to', run: () => go(place) },
  })
  useCommands([
    to('all-clients', 'All clients', ['g h', 'Mod+0'], places.clients),
    to('keys', 'Keys and lock', ['g k'], places.keys),
    to('onboardings', 'Onboarding of new clients', ['g o'], places.onboardings),
    to('defaults', 'Settings of the organisation', ['g d'], places.defaults),
    { id: 'new-client', title: 'New client', group: 'Clients', keys: ['g n'], run: () => newClient() },
    ...(administers
      ? [
          to('offboardings', 'Offboarding of clients', ['g y'], places.offboardings),
          ...(tenantId ? [to('offboard', 'Take this client out', [], places.offboarding(tenantId))] : []),
        ]
      : []),
    ...(tenantId
      ? [
          {
            ...to('tickets', 'Tickets of this client', ['g t'], places.client(tenantId)),
            run() {
              tenants.memory(tenantId).openTicket.set(null)
              go(places.client(tenantId))
            },
          },
          to('inbox', 'Undecided edits of this client', ['g i'], places.inbox(tenantId)),
          to('vault', 'Credentials of this client', ['g v'], places.vault(tenantId)),
          to('settings', 'Settings of this client', ['g ,'], places.settings(tenantId)),
          to('sync', 'Sync of this client', ['g q'], places.sync(tenantId)),
          to('import', 'Import contacts or tickets into this client', ['g f'], places.import(tenantId)),
          to('inboxes', 'Undecided edits of all clients', ['g a'], places.inboxes),
        ]
      : [to('inboxes', 'Undecided edits of all clients', ['g a', 'g i'], places.inboxes)]),
  ])
}
