import { useEffect, useSyncExternalStore } from 'react'
import type { Doing, Present } from '../../src-shared/protocol/presence.ts'
import { follow } from '../app/channel/follow.ts'
import { useConsole } from '../app/console/context.tsx'
import { useTenant } from './context.tsx'

export const NOBODY: readonly Present[] = []

/** Whether anybody can see the window: not while it is minimised or another covers all of it. */
function useSeen(): boolean {
  return useSyncExternalStore(
    (moved) => {
      document.addEventListener('visibilitychange', moved)
      return () => document.removeEventListener('visibilitychange', moved)
    },
    () => document.visibilityState === 'visible',
  )
}

/** Has `Tenant.present` know who else has tickets of this client open, while the component is on screen. */
export function useFollowPresence(): void {
  const { connection } = useConsole()
  const { client, present } = useTenant()
  const seen = useSeen()
  useEffect(() => {
    if (!seen) return
    const stop = follow<Present[]>(
      connection,
      (observer) => client.presence.others.subscribe(undefined, observer),
      present.set,
    )
    return () => {
      stop()
      present.set(NOBODY)
    }
  }, [connection, client, present, seen])
}

/**
 * Says that a ticket is open here, and what is done there, while the component is on screen. Whoever writes may look
 * something up elsewhere meanwhile; whoever does not see the ticket is not looking at it.
 */
export function useHere(ticket: string, doing: Doing): void {
  const { connection } = useConsole()
  const { client } = useTenant()
  const seen = useSeen()
  const here = seen || doing !== 'view'
  useEffect(() => {
    if (!here) return
    return follow(
      connection,
      (observer) => client.presence.here.subscribe({ ticket, doing }, observer),
      () => undefined,
    )
  }, [connection, client, ticket, doing, here])
}
