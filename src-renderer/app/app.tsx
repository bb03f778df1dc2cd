import { MantineProvider, useMantineColorScheme } from '@mantine/core'
import { lazyRouteComponent as later, RouterProvider } from '@tanstack/react-router'
import { Suspense, useEffect, useLayoutEffect, useState, type ReactNode } from 'react'
import type { SessionStatus } from '../../src-shared/domain/session-status.ts'
import { ConnectingPage, LostPage, RefusedPage } from '../features/welcome/connection-pages.tsx'
import type { Tenants } from '../tenant/tenants.ts'
import { useStore } from '../ui/store.ts'
import type { ConnectionState } from './channel/connection.ts'
import { CommandProvider } from './commands/use-commands.tsx'
import type { ConsoleState } from './console/console.ts'
import { ConsoleProvider, useConsole } from './console/context.tsx'
import { createAppRouter, loadTicketPane } from './routes.tsx'
import { TenantsProvider } from './tenants-context.tsx'
import { styleNonce, theme } from './theme.ts'

// Most starts go past these.
const WelcomePage = later(() => import('../features/welcome/welcome-page.tsx'), 'WelcomePage')
const UnlockPage = later(() => import('../features/welcome/unlock-page.tsx'), 'UnlockPage')
const KeysLostPage = later(() => import('../features/welcome/keys-lost-page.tsx'), 'KeysLostPage')
const BrokenPage = later(() => import('../features/welcome/broken-page.tsx'), 'BrokenPage')

/** The whole window. */
export function App({ console, tenants }: { console: ConsoleState; tenants: Tenants }) {
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={styleNonce}>
      <ConsoleProvider value={console}>
        <TenantsProvider value={tenants}>
          <CommandProvider>
            <Appearance />
            <Gate />
          </CommandProvider>
        </TenantsProvider>
      </ConsoleProvider>
    </MantineProvider>
  )
}

/** Which screen the session calls for. */
function Gate() {
  const { connection, session } = useConsole()
  const state = useStore(connection.state)
  const status = useStore(session)
  const [router] = useState(createAppRouter)
  useEffect(loadTicketPane, [])
  if (status?.state === 'open' && state !== 'refused') return <RouterProvider router={router} />
  return <Suspense>{before(state, status)}</Suspense>
}

/** What is shown until the session is open. */
function before(state: ConnectionState, status: SessionStatus | null): ReactNode {
  if (state === 'refused') return <RefusedPage />
  if (!status) return state === 'lost' ? <LostPage /> : <ConnectingPage />
  switch (status.state) {
    case 'welcome':
    case 'starting':
      return <WelcomePage status={status} />
    case 'locked':
      return <UnlockPage status={status} />
    case 'keys':
      return <KeysLostPage problem={status.problem} remedies={status.remedies} />
    case 'broken':
      return <BrokenPage problem={status.problem} />
    case 'open':
      return null
  }
}

/** Applies theme and density as the host keeps them. */
function Appearance() {
  const { settings } = useConsole()
  const { theme: scheme, density } = useStore(settings)
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  useLayoutEffect(() => {
    // Also where nothing changes, setting it styles the whole page anew.
    if (colorScheme !== scheme) setColorScheme(scheme)
  }, [scheme, colorScheme, setColorScheme])
  useLayoutEffect(() => {
    document.documentElement.dataset['density'] = density
  }, [density])
  return null
}
