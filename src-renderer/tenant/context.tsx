import { QueryClientProvider } from '@tanstack/react-query'
import { createContext, use, useMemo, type ReactNode } from 'react'
import type { ClientSummary } from '../../src-shared/domain/views.ts'
import type { Tenant } from './tenant.ts'

// By themselves, since a client's counts change with each ticket that is read, and what it is called hardly ever does.
const TenantContext = createContext<Tenant | null>(null)
const SummaryContext = createContext<ClientSummary | null>(null)
const IdentityContext = createContext<Identity | null>(null)

/** Who the client is; the rest of its summary is how it stands. */
export type Identity = Pick<
  ClientSummary,
  'id' | 'name' | 'shortName' | 'initials' | 'colour' | 'logo' | 'industry' | 'timeZone'
>

interface TenantScopeProps {
  tenant: Tenant
  /** The client's name, colour and the like, for display. */
  summary: ClientSummary
  children: ReactNode
}

/** The tenant scope: below it every query and every edit goes to this one client. Key it by tenant. */
export function TenantScope({ tenant, summary, children }: TenantScopeProps) {
  const { id, name, shortName, initials, colour, logo, industry, timeZone } = summary
  const identity = useMemo<Identity>(
    () => ({ id, name, shortName, initials, colour, industry, timeZone, ...(logo !== undefined && { logo }) }),
    [id, name, shortName, initials, colour, logo, industry, timeZone],
  )
  return (
    <TenantContext value={tenant}>
      <SummaryContext value={summary}>
        <IdentityContext value={identity}>
          <QueryClientProvider client={tenant.queries}>{children}</QueryClientProvider>
        </IdentityContext>
      </SummaryContext>
    </TenantContext>
  )
}

/** The one client that this component can reach. */
export function useTenant(): Tenant {
  return inScope(use(TenantContext))
}

/** What the one client is called and known by. */
export function useIdentity(): Identity {
  return inScope(use(IdentityContext))
}

/** All that is told of the one client, with its counts and how its sync stands. */
export function useSummary(): ClientSummary {
  return inScope(use(SummaryContext))
}

function inScope<Value>(value: Value | null): Value {
  if (!value) throw new Error('no tenant scope around this component')
  return value
}
