import {
  createHashHistory,
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent as later,
} from '@tanstack/react-router'
import { ClientsPage } from '../features/clients/clients-page.tsx'
import { ClientPage } from './shell/client-page.tsx'
import { Shell } from './shell/shell.tsx'

// What a technician does not go to at once is loaded when they do; a ticket as soon as the window has time.
const TicketPane = later(() => import('../features/ticket/ticket-pane.tsx'), 'TicketPane')
const rootRoute = createRootRoute({ component: Shell, notFoundComponent: ClientsPage })
const clientsRoute = createRoute({ getParentRoute: () => rootRoute, path: '/', component: ClientsPage })
export const clientRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: 'client/$tenantId',
  component: ClientPage,
})
const ticketRoute = createRoute({
  getParentRoute: () => clientRoute,
  path: 'ticket/$ticketId',
  component: TicketPane,
})
const newTicketRoute = createRoute({
  getParentRoute: () => clientRoute,
  path: 'new',
  component: later(() => import('../features/new-ticket/new-ticket-page.tsx'), 'NewTicketPage'),
})
const syncRoute = createRoute({
  getParentRoute: () => clientRoute,
  path: 'sync',
  component: later(() => import('../features/sync/sync-page.tsx'), 'SyncPage'),
})
const vaultRoute = createRoute({
  getParentRoute: () => clientRoute,
  path: 'vault',
  component: later(() => import('../features/vault/vault-page.tsx'), 'VaultPage'),
})
const inboxRoute = createRoute({
  getParentRoute: () => clientRoute,
  path: 'inbox',
  component: later(() => import('../features/inbox/inbox-page.tsx'), 'InboxPage'),
})
const importRoute = createRoute({
  getParentRoute: () => clientRoute,
  path: 'import',
  component: later(() => import('../features/import/import-page.tsx'), 'ImportPage'),
})
const settingsRoute = createRoute({
  getParentRoute: () => clientRoute,
  path: 'settings',
  component: later(() => import('../features/settings/client-settings.tsx'), 'ClientSettings'),
})
const defaultsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: 'settings',
  component: later(() => import('../features/settings/defaults-settings.tsx'), 'DefaultsSettings'),
})
const keysRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: 'keys',
  component: later(() => import('../features/keys/keys-page.tsx'), 'KeysPage'),
})
const onboardingsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: 'onboarding',
  component: later(() => import('../features/onboarding/onboardings-page.tsx'), 'OnboardingsPage'),
})
const onboardingRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: 'onboarding/$onboardingId',
  component: later(() => import('../features/onboarding/wizard-page.tsx'), 'WizardPage'),
})
const offboardingsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: 'offboarding',
  component: later(() => import('../features/offboarding/offboardings-page.tsx'), 'OffboardingsPage'),
})
const offboardingRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: 'offboarding/$leavingId',
  component: later(() => import('../features/offboarding/offboarding-page.tsx'), 'OffboardingPage'),
})
const inboxesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: 'inbox',
  component: later(() => import('./shell/inboxes-page.tsx'), 'InboxesPage'),
})

/** Addresses live in the hash: one page serves them all, in a browser and under Electron's own protocol. */
export function createAppRouter() {
  return createRouter({
    routeTree: rootRoute.addChildren([
      clientsRoute,
      inboxesRoute,
      keysRoute,
      defaultsRoute,
      onboardingsRoute,
      onboardingRoute,
      offboardingsRoute,
      offboardingRoute,
      clientRoute.addChildren([
        ticketRoute,
        newTicketRoute,
        syncRoute,
        vaultRoute,
        settingsRoute,
        inboxRoute,
        importRoute,
      ]),
    ]),
    history: createHashHistory(),
    defaultPendingMs: 10_000,
  })
}

/** Has the page of a ticket ready before somebody opens one, once the window has nothing better to do. */
export function loadTicketPane(): void {
  requestIdleCallback(() => void TicketPane.preload?.())
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createAppRouter>
  }
}
