import { IconAlertTriangle, IconBuilding, IconSearch, IconSearchOff } from '@tabler/icons-react'
import { lazy, Suspense, useCallback, useMemo, useRef, useState } from 'react'
import { useKeyOf } from '../../app/commands/key-of.ts'
import { ordered } from '../../app/shell/client-order.ts'
import { dueText } from '../../app/shell/due-text.ts'
import { places, useGo } from '../../app/shell/go.ts'
import { useSwitchClient } from '../../app/shell/switch-client.ts'
import { useArrived, useCommands } from '../../app/commands/use-commands.tsx'
import { useConsole } from '../../app/console/context.tsx'
import { counted } from '../../ui/counted.ts'
import { PageButton } from '../../ui/page.tsx'
import { EmptyNotice } from '../../ui/problem-notice.tsx'
import { useStore } from '../../ui/store.ts'
import { useNewClient } from '../onboarding/new-client.ts'
import { searchClients } from '../switcher/client-search.ts'
import { ClientCard } from './client-card.tsx'
import classes from './clients.module.css'

const LeftBehind = lazy(async () => ({ default: (await import('./left-behind.tsx')).LeftBehind }))
const WatchedClients = lazy(async () => ({ default: (await import('../onboarding/first-week.tsx')).WatchedClients }))

/** All clients at a glance, found by typing. */
export function ClientsPage() {
  const keyOf = useKeyOf()
  const { client, clients: store, session } = useConsole()
  const clients = useStore(store)
  const status = useStore(session)
  const switchTo = useSwitchClient()
  const go = useGo()
  const newClient = useNewClient()
  const [text, setText] = useState('')
  const field = useRef<HTMLInputElement>(null)
  const list = useRef<HTMLUListElement>(null)
  const all = useMemo(() => (clients ? ordered(clients) : null), [clients])
  const shown = useMemo(() => (all ? searchClients(all, text).map((hit) => hit.client) : []), [all, text])
  const pin = useCallback(
    (tenantId: string, pinned: boolean) => void client.clients.pin.mutate({ tenantId, pinned }).catch(() => undefined),
    [client],
  )
  useArrived(all ? places.clients : null)
  useCommands([
    { id: 'find-client', title: 'Find a client', group: 'Clients', keys: ['/'], run: () => field.current?.focus() },
    {
      id: 'type-to-find',
      title: 'Find a client by typing',
      group: 'Clients',
      keys: ['*'],
      palette: false,
      run(typed = '') {
        field.current?.focus()
        setText((before) => before + typed)
      },
    },
  ])
  if (!all || status?.state !== 'open') return null
  const leftBehind = (
    <Suspense>
      <LeftBehind />
    </Suspense>
  )
  if (all.length === 0) {
    return (
      <main className={classes.page}>
        {leftBehind}
        <EmptyNotice
          icon={<IconBuilding size={30} stroke={1.4} />}
          title="No clients yet"
          text="Your organisation has given you no clients. Ask an administrator; they appear here by themselves. Or bring one in yourself."
          action={
            <PageButton primary shortcut={keyOf('new-client', 'g n')} onClick={() => newClient()}>
              New client
            </PageButton>
          }
        />
      </main>
    )
  }
  const undecided = all.filter(({ sync }) => sync.failed > 0)
  const edits = undecided.reduce((sum, { sync }) => sum + sync.failed, 0)
  const due = all.reduce((sum, { credentialsDue }) => sum + credentialsDue, 0)
  const focusCard = (): void => list.current?.querySelector<HTMLElement>('button')?.focus()
  return (
    <main className={classes.page}>
      <header className={classes.head}>
        <div>
          <h1>{status.organisation}</h1>
          <p aria-live="polite">
            {text.trim() === '' ? counted(all.length, 'client') : `${shown.length} of ${counted(all.length, 'client')}`}
            {due > 0 && ` · ${dueText(due)}`}
          </p>
        </div>
        <div className={classes.filter}>
          <IconSearch size={15} />
          <input
            ref={field}
            type="text"
            aria-label="Find a client"
            placeholder="Type to find a client"
            spellCheck={false}
            autoComplete="off"
            value={text}
            onChange={(event) => setText(event.target.value)}
            onKeyDown={(event) => {
              const [first] = shown
              if (event.key === 'Enter' && first) switchTo(first.id)
              else if (event.key === 'ArrowDown') focusCard()
              else if (event.key === 'Escape' && text !== '') setText('')
              else if (event.key === 'Escape') event.currentTarget.blur()
              else return
              event.preventDefault()
            }}
          />
          <kbd>{keyOf('find-client', '/')}</kbd>
        </div>
        <PageButton shortcut={keyOf('onboardings', 'g o')} onClick={() => go(places.onboardings)}>
          Onboarding
        </PageButton>
        {status.role === 'administrator' && (
          <PageButton shortcut={keyOf('offboardings', 'g y')} onClick={() => go(places.offboardings)}>
            Offboarding
          </PageButton>
        )}
      </header>
      {undecided.length > 0 && (
        <button className={classes.undecided} onClick={() => go(places.inboxes)}>
          <IconAlertTriangle size={16} />
          <span>
            {counted(edits, 'edit')} of {counted(undecided.length, 'client')} could not be saved and{' '}
            {edits === 1 ? 'waits' : 'wait'} for your decision
          </span>
          <b>Decide</b>
        </button>
      )}
      {leftBehind}
      <Suspense>
        <WatchedClients />
      </Suspense>
      {shown.length === 0 && (
        <EmptyNotice
          icon={<IconSearchOff size={30} stroke={1.4} />}
          title="No client goes by that"
          text="Names, short names, domains and aliases are searched."
          action={
            <div className={classes.acts}>
              <button className={classes.clear} onClick={() => setText('')}>
                Show all clients
              </button>
              <button className={classes.clear} onClick={() => newClient(text)}>
                Bring “{text.trim()}” in
              </button>
            </div>
          }
        />
      )}
      <ul ref={list} className={classes.grid} aria-label="Clients">
        {shown.map((summary) => (
          <ClientCard key={summary.id} summary={summary} onOpen={switchTo} onPin={pin} />
        ))}
      </ul>
    </main>
  )
}
