import { useRouter } from '@tanstack/react-router'
import { useCallback } from 'react'
import { warm } from '../../features/tickets/list-request.ts'
import { useTenants } from '../tenants-context.tsx'

/** Goes to a client, to the place where one was in it. Its first calls go out before anything is drawn. */
export function useSwitchClient(): (tenantId: string) => void {
  const router = useRouter()
  const tenants = useTenants()
  return useCallback(
    (tenantId: string) => {
      performance.mark('client-switch:start')
      const tenant = tenants.get(tenantId)
      void warm(tenant)
      const ticketId = tenant.memory.openTicket
      void (ticketId
        ? router.navigate({ to: '/client/$tenantId/ticket/$ticketId', params: { tenantId, ticketId } })
        : router.navigate({ to: '/client/$tenantId', params: { tenantId } }))
    },
    [router, tenants],
  )
}
