import { useRouter } from '@tanstack/react-router'
import { useMemo } from 'react'
import { useDispatcher } from '../commands/use-commands.tsx'

/** The address of each screen. */
export const places = {
  clients: '/',
  inboxes: '/inbox',
  keys: '/keys',
  defaults: '/settings',
  onboardings: '/onboarding',
  onboarding: (id: string) => `/onboarding/${id}`,
  offboardings: '/offboarding',
  offboarding: (tenantId: string) => `/offboarding/${tenantId}`,
  client: (tenantId: string) => `/client/${tenantId}`,
  ticket: (tenantId: string, ticketId: string) => `/client/${tenantId}/ticket/${ticketId}`,
  newTicket: (tenantId: string) => `/client/${tenantId}/new`,
  sync: (tenantId: string) => `/client/${tenantId}/sync`,
  vault: (tenantId: string) => `/client/${tenantId}/vault`,
  inbox: (tenantId: string) => `/client/${tenantId}/inbox`,
  settings: (tenantId: string) => `/client/${tenantId}/settings`,
  import: (tenantId: string) => `/client/${tenantId}/import`,
} as const

/** Goes to a screen by its address. Keys wait until it stands, so each screen has to say so with `useArrived`. */
export function useGo(): (place: string) => void {
  const router = useRouter()
  const dispatcher = useDispatcher()
  return useMemo(
    () => (place) => {
      dispatcher.hold(place)
      void router.navigate({ to: place })
    },
    [router, dispatcher],
  )
}
