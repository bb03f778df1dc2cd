import { createHashHistory, createRootRoute, createRoute, createRouter } from '@tanstack/react-router'
import { ClientsPage } from '../features/clients/clients-page.tsx'
import { TicketPane } from '../features/ticket/ticket-pane.tsx'
import { ClientPage } from './shell/client-page.tsx'
import { Shell } from './shell/shell.tsx'

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

/** Addresses live in the hash: one page serves them all, in a browser and under Electron's own protocol. */
export function createAppRouter() {
  return createRouter({
    routeTree: rootRoute.addChildren([clientsRoute, clientRoute.addChildren([ticketRoute])]),
    history: createHashHistory(),
    defaultPendingMs: 10_000,
  })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createAppRouter>
  }
}
