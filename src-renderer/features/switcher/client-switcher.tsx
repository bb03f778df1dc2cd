import { IconPinFilled } from '@tabler/icons-react'
import { useParams } from '@tanstack/react-router'
import { useCallback, useMemo } from 'react'
import { Keys } from '../../app/commands/keys.tsx'
import { useClients, useConsole } from '../../app/console/context.tsx'
import { useSwitchClient } from '../../app/shell/switch-client.ts'
import { Marked, Picker } from '../../ui/picker.tsx'
import { Tile } from '../../ui/tile.tsx'
import { ClientCounts } from '../clients/client-counts.tsx'
import { useNewClient } from '../onboarding/new-client.ts'
import { searchClients, type ClientHit } from './client-search.ts'
import classes from './switcher.module.css'

/** Finds a client by a few letters and goes there. */
export function ClientSwitcher({ onClose }: { onClose(): void }) {
  const clients = useClients()
  const { client } = useConsole()
  const current = useParams({ strict: false }).tenantId
  const switchTo = useSwitchClient()
  const newClient = useNewClient()
  // Most recent first, the one on screen last: Enter alone goes back to where one came from.
  const inOrder = useMemo(
    () =>
      [...clients.values()].sort(
        (a, b) =>
          Number(a.id === current) - Number(b.id === current) ||
          (b.lastOpenedAt ?? '').localeCompare(a.lastOpenedAt ?? '') ||
          a.name.localeCompare(b.name),
      ),
    [clients, current],
  )
  const search = useCallback((text: string) => searchClients(inOrder, text), [inOrder])
  return (
    <Picker<ClientHit>
      label="Switch client"
      placeholder="Name, domain or alias of a client"
      search={search}
      keyOf={(hit) => hit.client.id}
      render={({ client: found, name, via }) => (
        <>
          <Tile initials={found.initials} colour={found.colour} logo={found.logo} size={26} />
          <span className={classes.name}>
            <Marked text={found.name} indexes={name} />
            {via && (
              <span className={classes.via}>
                <Marked text={via.text} indexes={via.indexes} />
              </span>
            )}
            {!via && found.id === current && <span className={classes.via}>on screen</span>}
          </span>
          {found.pin !== null && <IconPinFilled size={13} className={classes.pin} aria-label="Pinned" />}
          <ClientCounts client={found} />
        </>
      )}
      empty={(text) => (
        <>
          No client goes by that name, domain or alias. <Keys combination="Mod+Enter" /> brings “{text.trim()}” in as a
          new one.
        </>
      )}
      footer={
        <>
          <span>
            <Keys combination="Enter" /> go there
          </span>
          <span>
            <Keys combination="Mod+P" /> pin or unpin
          </span>
          <span>
            <Keys combination="Escape" /> close
          </span>
        </>
      }
      onPick={(hit) => {
        onClose()
        switchTo(hit.client.id)
      }}
      onKey={(event, hit) => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && !hit) {
          onClose()
          newClient(event.target instanceof HTMLInputElement ? event.target.value : '')
          return true
        }
        if (event.key.toLowerCase() !== 'p' || !(event.ctrlKey || event.metaKey)) return false
        if (hit) {
          const { id, pin } = hit.client
          void client.clients.pin.mutate({ tenantId: id, pinned: pin === null }).catch(() => undefined)
        }
        return true
      }}
      onClose={onClose}
    />
  )
}
