import { createContext, use, type ReactNode } from 'react'
import type { Tenants } from '../tenant/tenants.ts'

const TenantsContext = createContext<Tenants | null>(null)

export function TenantsProvider({ value, children }: { value: Tenants; children: ReactNode }) {
  return <TenantsContext value={value}>{children}</TenantsContext>
}

/** The open clients; for the shell only. Below a tenant scope there is `useTenant`. */
export function useTenants(): Tenants {
  const value = use(TenantsContext)
  if (!value) throw new Error('no tenants around this component')
  return value
}
