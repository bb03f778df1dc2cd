import { QueryClientProvider } from '@tanstack/react-query'
import { createContext, use, type ReactNode } from 'react'
import type { ClientSummary } from '../../src-shared/domain/views.ts'
import type { Tenant } from './tenant.ts'

interface TenantContextValue {
  tenant: Tenant
  /** The client's name, colour and the like, for display. */
  summary: ClientSummary
}

const TenantContext = createContext<TenantContextValue | null>(null)

/** The tenant scope: below it every query and every edit goes to this one client. Key it by tenant. */
export function TenantScope({ tenant, summary, children }: TenantContextValue & { children: ReactNode }) {
  return (
    <TenantContext value={{ tenant, summary }}>
      <QueryClientProvider client={tenant.queries}>{children}</QueryClientProvider>
    </TenantContext>
  )
}

function useTenantContext(): TenantContextValue {
  const value = use(TenantContext)
  if (!value) throw new Error('no tenant scope around this component')
  return value
}

/** The one client that this component can reach. */
export function useTenant(): Tenant {
  return useTenantContext().tenant
}

/** The one client's name, initials, colour and sync state. */
export function useSummary(): ClientSummary {
  return useTenantContext().summary
}
