import { IconCircleCheckFilled, IconCircleX, IconLoader2 } from '@tabler/icons-react'
import { useLayoutEffect, useRef } from 'react'
import type { OnboardingView } from '../../../src-shared/protocol/onboarding.ts'
import { useCommands } from '../../app/commands/use-commands.tsx'
import { places, useGo } from '../../app/shell/go.ts'
import { useSwitchClient } from '../../app/shell/switch-client.ts'
import { PageButton } from '../../ui/page.tsx'
import { dateTime } from '../../ui/time.ts'
import classes from './ended.module.css'
import wizard from './wizard.module.css'
import { useNewClient } from './new-client.ts'

interface EndedProps {
  view: OnboardingView
  /** Whoever sits here works for the client, so it can be opened. */
  visible: boolean
  onExport(): void
  /** Saves the page for the client. */
  onPage(): void
}

/** How an onboarding ended, and what can be done now. */
export function Ended({ view, visible, onExport, onPage }: EndedProps) {
  const go = useGo()
  const switchTo = useSwitchClient()
  const newClient = useNewClient()
  const { tenantId, name, state } = view
  const live = state === 'live'
  const panel = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => panel.current?.querySelector<HTMLElement>('button')?.focus({ preventScroll: true }), [state])
  useCommands([
    ...(live && visible
      ? [
          {
            ...{ id: 'onboarding-open', title: `Open ${name}`, group: 'Clients' as const },
            ...{ keys: ['o'], run: () => switchTo(tenantId) },
          },
          {
            ...{ id: 'onboarding-import', title: `Import contacts or tickets of ${name}`, group: 'Clients' as const },
            ...{ keys: ['i'], run: () => go(places.import(tenantId)) },
          },
        ]
      : []),
    ...(live
      ? [
          {
            ...{ id: 'onboarding-page', title: `Save the page for ${name} as PDF`, group: 'Clients' as const },
            ...{ keys: ['p'], run: onPage },
          },
        ]
      : []),
    { id: 'onboarding-new', title: 'New client', group: 'Clients', keys: ['n'], run: () => newClient() },
  ])
  if (state === 'cancelling')
    return (
      <div className={classes.ended} role="status">
        <IconLoader2 size={28} stroke={1.6} data-turns />
        <h3>Everything is taken back</h3>
        <p>{view.reason}</p>
      </div>
    )
  if (!live)
    return (
      <div ref={panel} className={classes.ended} role="status">
        <IconCircleX size={28} stroke={1.6} />
        <h3>Cancelled{view.endedAt && ` ${dateTime(view.endedAt)}`}</h3>
        <p>
          {view.changedBy}: {view.reason}. Nothing of the client was left behind.
        </p>
        <div className={wizard.buttons}>
          <PageButton shortcut="n" onClick={() => newClient()}>
            New client
          </PageButton>
        </div>
      </div>
    )
  return (
    <div ref={panel} className={classes.ended} role="status">
      <IconCircleCheckFilled size={32} data-live />
      <h3>{name} is live</h3>
      <p>
        {visible
          ? 'Its people see it in their list now. Contacts and tickets of another product can follow.'
          : 'You do not work for this client yourself, so it is not in your list.'}
      </p>
      <div className={wizard.buttons}>
        {visible && (
          <>
            <PageButton primary shortcut="o" onClick={() => switchTo(tenantId)}>
              Open {name}
            </PageButton>
            <PageButton shortcut="i" onClick={() => go(places.import(tenantId))}>
              Import contacts or tickets
            </PageButton>
          </>
        )}
        <PageButton shortcut="p" onClick={onPage}>
          Page for the client
        </PageButton>
        <PageButton shortcut="x" onClick={onExport}>
          Export answers
        </PageButton>
        <PageButton shortcut="n" onClick={() => newClient()}>
          New client
        </PageButton>
      </div>
    </div>
  )
}
