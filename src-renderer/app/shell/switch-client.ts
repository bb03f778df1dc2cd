import { useCallback } from 'react'
import { warm } from '../../features/tickets/list-request.ts'
import { useTenants } from '../tenants-context.tsx'
import { places, useGo } from './go.ts'

/** Goes to a client, to the place where one was in it. Its first calls go out before anything is drawn. */
export function useSwitchClient(): (tenantId: string) => void {
  const go = useGo()
  const tenants = useTenants()
  return useCallback(
    (tenantId: string) => {
      performance.mark('client-switch:start')
      const tenant = tenants.get(tenantId)
      void warm(tenant)
      const ticketId = tenant.memory.openTicket.get()
      go(ticketId ? places.ticket(tenantId, ticketId) : places.client(tenantId))
    },
    [go, tenants],
  )
}
