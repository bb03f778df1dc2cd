import { IconArrowsLeftRight, IconKey, IconPin, IconPinFilled } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useSummary, useTenant } from '../../tenant/context.tsx'
import { keys } from '../../tenant/queries.ts'
import type { SyncState } from '../../../src-shared/domain/views.ts'
import { clockIn, useMinute } from '../../ui/time.ts'
import { Tile } from '../../ui/tile.tsx'
import { useKeyOf } from '../commands/key-of.ts'
import { useCommands } from '../commands/use-commands.tsx'
import { useConsole } from '../console/context.tsx'
import classes from './client-header.module.css'
import { dueText } from './due-text.ts'
import { places, useGo } from './go.ts'
import { useOpenDialog } from './shell-dialogs.ts'
import { Timers } from './timers.tsx'
import { SyncStatus } from './sync-status.tsx'

/** Always says which client this is, in its name, initials and colour, and how its data stands. */
export function ClientHeader() {
  const keyOf = useKeyOf()
  const summary = useSummary()
  const { client, queries, reopen } = useTenant()
  const { client: consoleClient } = useConsole()
  const open = useOpenDialog()
  const go = useGo()
  const there = clockIn(summary.timeZone, useMinute())
  const watched = useQuery<SyncState>({ queryKey: keys.sync, enabled: false }, queries).data
  // A compartment that was stopped cannot say so itself.
  const sync = summary.sync.phase === 'stopped' ? summary.sync : (watched ?? summary.sync)
  const pinned = summary.pin !== null
  const due = summary.credentialsDue
  const pin = (): void =>
    void consoleClient.clients.pin.mutate({ tenantId: summary.id, pinned: !pinned }).catch(() => undefined)

  useCommands([
    {
      id: 'pin',
      title: pinned ? `Unpin ${summary.name}` : `Pin ${summary.name}`,
      group: 'Clients',
      keys: [],
      run: pin,
    },
    {
      id: 'sync-now',
      title: 'Sync this client now',
      group: 'Clients',
      keys: [],
      run: () => void client.sync.now.mutate().catch(() => undefined),
    },
  ])
  return (
    <header className={classes.header} style={{ '--client': summary.colour }}>
      <Tile initials={summary.initials} colour={summary.colour} logo={summary.logo} size={30} />
      <h1 className={classes.name} data-testid="client-name">
        {summary.name}
      </h1>
      <button
        className={classes.pin}
        aria-label={pinned ? 'Unpin this client' : 'Pin this client'}
        aria-pressed={pinned}
        onClick={pin}
      >
        {pinned ? <IconPinFilled size={15} /> : <IconPin size={15} />}
      </button>
      {sync.problem && sync.phase !== 'offline' ? (
        // In the place of what is less urgent, so that nothing below moves.
        <span className={classes.problem} role="status" title={sync.problem.message}>
          <span>{sync.problem.message}</span>
          {sync.problem.code === 'compartment-stopped' && (
            <button className={classes.again} onClick={() => void reopen()}>
              Open again
            </button>
          )}
        </span>
      ) : (
        <span className={classes.about}>
          {[summary.industry, there && `${there} there`].filter(Boolean).join(' · ')}
        </span>
      )}
      <button
        className={classes.vault}
        aria-label={due > 0 ? `Credentials of this client: ${dueText(due)}` : 'Credentials of this client'}
        title={`${due > 0 ? dueText(due) : 'Credentials'} (${keyOf('vault', 'g v')})`}
        data-due={due > 0 || undefined}
        onClick={() => go(places.vault(summary.id))}
      >
        <IconKey size={15} />
        {due > 0 && <span aria-hidden>{due}</span>}
      </button>
      <Timers />
      <SyncStatus sync={sync} tenantId={summary.id} />
      <button className={classes.switch} onClick={() => open('switcher')}>
        <IconArrowsLeftRight size={14} /> Switch client <kbd>{keyOf('switch-client', 'Mod+Shift+K')}</kbd>
      </button>
    </header>
  )
}
