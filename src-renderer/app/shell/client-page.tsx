import { lazy, Suspense } from 'react'
import { useLayoutEffect } from 'react'
import { Outlet, useMatches, useParams } from '@tanstack/react-router'
import { TicketsPane } from '../../features/tickets/tickets-pane.tsx'
import { TicketActions } from '../../features/ticket/ticket-actions.tsx'
import { TenantScope } from '../../tenant/context.tsx'
import { DeskGate } from '../../tenant/desk.tsx'
import { ProblemNotice } from '../../ui/problem-notice.tsx'
import { useStore } from '../../ui/store.ts'
import { useConsole } from '../console/context.tsx'
import { useTenants } from '../tenants-context.tsx'
import { ClientHeader } from './client-header.tsx'
import classes from './client-page.module.css'

// What most never see is loaded when it is needed.
const StoppedClient = lazy(async () => ({
  default: (await import('../../features/stopped/stopped-client.tsx')).StoppedClient,
}))
const NEW = '/client/$tenantId/new'
/** Pages of a client that stand alone: keys must not act on a list that nobody sees. */
const ALONE = new Set(['sync', 'vault', 'inbox', 'import', 'settings'].map((page) => `/client/$tenantId/${page}`))

/** One client: header, list, and the open ticket over or beside it. Everything below is made anew for each client. */
export function ClientPage() {
  const { tenantId, ticketId } = useParams({ strict: false })
  const clients = useStore(useConsole().clients)
  const tenants = useTenants()
  useLayoutEffect(() => {
    if (tenantId) tenants.arrive(tenantId)
  }, [tenants, tenantId])
  const matches = useMatches()
  const writing = matches.some(({ fullPath }) => fullPath === NEW)
  const hasList = matches.every(({ fullPath }) => !ALONE.has(fullPath))
  if (!tenantId || !clients) return null
  const summary = clients.get(tenantId)
  if (!summary) {
    return (
      <ProblemNotice
        title="This client is not in your list"
        text="It may have been removed, or you may no longer work for it."
      />
    )
  }
  return (
    <TenantScope key={tenantId} tenant={tenants.get(tenantId)} summary={summary}>
      <ClientHeader />
      <DeskGate
        failed={(problem) => (
          <Suspense>
            <StoppedClient tenantId={tenantId} problem={problem} />
          </Suspense>
        )}
      >
        <TicketActions>
          {hasList ? (
            <div className={classes.panes} data-ticket={ticketId !== undefined || writing || undefined}>
              <TicketsPane tenantId={tenantId} ticketId={ticketId} writing={writing} />
              <Outlet />
            </div>
          ) : (
            <Outlet />
          )}
        </TicketActions>
      </DeskGate>
    </TenantScope>
  )
}
