import { Tooltip } from '@mantine/core'
import { IconAlertTriangle, IconCommand, IconLayoutList, IconPlus, IconSearch } from '@tabler/icons-react'
import { useParams } from '@tanstack/react-router'
import { memo, useMemo, useRef } from 'react'
import type { ClientSummary } from '../../../src-shared/domain/views.ts'
import { Tile } from '../../ui/tile.tsx'
import { useKeyOf } from '../commands/key-of.ts'
import { useNewClient } from '../../features/onboarding/new-client.ts'
import { useStore } from '../../ui/store.ts'
import { useClients, useConsole } from '../console/context.tsx'
import { pinnedOf, recentIds } from './client-order.ts'
import { dueText } from './due-text.ts'
import { places, useGo } from './go.ts'
import classes from './rail.module.css'
import { useOpenDialog } from './shell-dialogs.ts'
import { useSwitchClient } from './switch-client.ts'

/** Pinned clients, then recent ones, with what waits in each. */
export const Rail = memo(function Rail() {
  const keyOf = useKeyOf()
  const clients = useClients()
  const active = useParams({ strict: false, select: tenantOf })
  const switchTo = useSwitchClient()
  const open = useOpenDialog()
  const go = useGo()
  const newClient = useNewClient()
  const status = useStore(useConsole().session)
  const shown = useRef<string[]>([])
  const pinned = useMemo(() => pinnedOf(clients), [clients])
  const recent = useMemo(() => (shown.current = recentIds(clients, shown.current)), [clients])
  const undecided = useMemo(() => [...clients.values()].reduce((sum, { sync }) => sum + sync.failed, 0), [clients])
  return (
    <nav className={classes.rail} aria-label="Clients">
      <Tooltip label="All clients" position="right" openDelay={300}>
        <button
          className={classes.tool}
          aria-label="All clients"
          aria-current={active === undefined ? 'page' : undefined}
          onClick={() => go(places.clients)}
        >
          <IconLayoutList size={20} stroke={1.7} />
        </button>
      </Tooltip>
      <div className={classes.clients}>
        {pinned.map((client, index) => (
          <RailClient
            key={client.id}
            client={client}
            place={index + 1}
            active={client.id === active}
            onOpen={switchTo}
          />
        ))}
        {pinned.length > 0 && recent.length > 0 && <hr className={classes.rule} />}
        {recent.map((id) => {
          const client = clients.get(id)
          return client && <RailClient key={id} client={client} place={0} active={id === active} onOpen={switchTo} />
        })}
      </div>
      {status?.state === 'open' && status.role !== 'technician' && (
        <Tooltip label={`New client  ${keyOf('new-client', 'g n')}`} position="right" openDelay={300}>
          <button className={classes.tool} aria-label="New client" onClick={() => newClient()}>
            <IconPlus size={20} stroke={1.7} />
          </button>
        </Tooltip>
      )}
      {undecided > 0 && (
        <Tooltip label={`Undecided edits of all clients  ${keyOf('inboxes', 'g a')}`} position="right" openDelay={300}>
          <button
            className={classes.tool}
            aria-label={`Undecided edits of all clients: ${undecided}`}
            onClick={() => go(places.inboxes)}
          >
            <IconAlertTriangle size={20} stroke={1.7} />
            <span className={classes.count}>{undecided > 99 ? '99+' : undecided}</span>
          </button>
        </Tooltip>
      )}
      <Tooltip label={`Switch client  ${keyOf('switch-client', 'Mod+Shift+K')}`} position="right" openDelay={300}>
        <button className={classes.tool} aria-label="Switch client" onClick={() => open('switcher')}>
          <IconSearch size={20} stroke={1.7} />
        </button>
      </Tooltip>
      <Tooltip label={`Commands  ${keyOf('commands', 'Mod+K')}`} position="right" openDelay={300}>
        <button className={classes.tool} aria-label="Commands" onClick={() => open('commands')}>
          <IconCommand size={20} stroke={1.7} />
        </button>
      </Tooltip>
    </nav>
  )
})

/** A rail is drawn anew for another client, not for another ticket. */
function tenantOf({ tenantId }: { tenantId?: string }): string | undefined {
  return tenantId
}

interface RailClientProps {
  client: ClientSummary
  /** Place among the pinned from 1, 0 where not pinned. */
  place: number
  active: boolean
  onOpen(id: string): void
}

const RailClient = memo(function RailClient({ client, place, active, onOpen }: RailClientProps) {
  const keyOf = useKeyOf()
  const { name, initials, colour, logo, unread, atRisk, credentialsDue } = client
  const { failed } = client.sync
  const keys = place > 0 && place <= 9 ? `  ${keyOf(`pinned-${place}`, `Mod+${place}`)}` : ''
  const waiting = [
    unread > 0 && `${unread} unread`,
    atRisk > 0 && `${atRisk} at risk`,
    failed > 0 && `${failed} undecided`,
    credentialsDue > 0 && dueText(credentialsDue),
  ]
    .filter(Boolean)
    .join(', ')
  return (
    <Tooltip
      position="right"
      openDelay={250}
      label={
        <>
          {name}
          {keys}
          {waiting && <div className={classes.waiting}>{waiting}</div>}
        </>
      }
    >
      <button
        className={classes.client}
        aria-label={waiting ? `${name}, ${waiting}` : name}
        aria-current={active ? 'page' : undefined}
        onClick={() => onOpen(client.id)}
      >
        <Tile initials={initials} colour={colour} logo={logo} size={40} />
        {unread > 0 && <span className={classes.unread}>{unread > 99 ? '99+' : unread}</span>}
        {atRisk > 0 && <span className={classes.risk}>!</span>}
        {failed > 0 && <span className={classes.failed} />}
      </button>
    </Tooltip>
  )
})
