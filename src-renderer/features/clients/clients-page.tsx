import { IconBuilding, IconPin, IconPinFilled } from '@tabler/icons-react'
import { syncMessage } from '../../app/shell/sync-message.ts'
import { ordered } from '../../app/shell/client-order.ts'
import { useSwitchClient } from '../../app/shell/switch-client.ts'
import { keysText } from '../../app/commands/keys.tsx'
import { useConsole } from '../../app/console/context.tsx'
import { EmptyNotice } from '../../ui/problem-notice.tsx'
import { useStore } from '../../ui/store.ts'
import { Tile } from '../../ui/tile.tsx'
import classes from './clients.module.css'

/** All clients at a glance. */
export function ClientsPage() {
  const { client, clients: store, session } = useConsole()
  const clients = useStore(store)
  const status = useStore(session)
  const switchTo = useSwitchClient()
  if (!clients || status?.state !== 'open') return null
  const list = ordered(clients)
  if (list.length === 0) {
    return (
      <EmptyNotice
        icon={<IconBuilding size={30} stroke={1.4} />}
        title="No clients yet"
        text="Your organisation has given you no clients. Ask an administrator; they appear here by themselves."
      />
    )
  }
  return (
    <main className={classes.page}>
      <header className={classes.head}>
        <h1>{status.organisation}</h1>
        <p>
          {list.length} clients. Press {keysText('Mod+Shift+K')} anywhere to go to one.
        </p>
      </header>
      <ul className={classes.grid} aria-label="Clients">
        {list.map((summary) => (
          <li key={summary.id} className={classes.card}>
            <button className={classes.open} onClick={() => switchTo(summary.id)}>
              <Tile initials={summary.initials} colour={summary.colour} size={38} />
              <span className={classes.names}>
                <strong>{summary.name}</strong>
                <span>{summary.industry}</span>
              </span>
              <span className={classes.figures}>
                <Figure value={summary.open} label="open" known={summary.known} />
                <Figure value={summary.unread} label="unread" known={summary.known} tone="accent" />
                <Figure value={summary.atRisk} label="at risk" known={summary.known} tone="amber" />
              </span>
              <span className={classes.state}>{syncMessage(summary.sync)?.text ?? ''}</span>
            </button>
            <button
              className={classes.pin}
              aria-label={`${summary.pin === null ? 'Pin' : 'Unpin'} ${summary.name}`}
              aria-pressed={summary.pin !== null}
              onClick={() =>
                void client.clients.pin
                  .mutate({ tenantId: summary.id, pinned: summary.pin === null })
                  .catch(() => undefined)
              }
            >
              {summary.pin === null ? <IconPin size={15} /> : <IconPinFilled size={15} />}
            </button>
          </li>
        ))}
      </ul>
    </main>
  )
}

function Figure({
  value,
  label,
  known,
  tone,
}: {
  value: number
  label: string
  known: boolean
  tone?: 'accent' | 'amber'
}) {
  return (
    <span className={classes.figure} data-tone={known && value > 0 ? tone : undefined}>
      <b>{known ? value.toLocaleString('en') : '–'}</b> {label}
    </span>
  )
}
