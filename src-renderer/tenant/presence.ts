import { useEffect } from 'react'
import type { Doing, Present } from '../../src-shared/protocol/presence.ts'
import { follow } from '../app/channel/follow.ts'
import { useConsole } from '../app/console/context.tsx'
import { useTenant } from './context.tsx'

export const NOBODY: readonly Present[] = []

/** Has `Tenant.present` know who else has tickets of this client open, while the component is on screen. */
export function useFollowPresence(): void {
  const { connection } = useConsole()
  const { client, present } = useTenant()
  useEffect(() => {
    const stop = follow<Present[]>(
      connection,
      (observer) => client.presence.others.subscribe(undefined, observer),
      present.set,
    )
    return () => {
      stop()
      present.set(NOBODY)
    }
  }, [connection, client, present])
}

/** Says that a ticket is open here, and what is done there, while the component is on screen. */
export function useHere(ticket: string, doing: Doing): void {
  const { connection } = useConsole()
  const { client } = useTenant()
  useEffect(
    () =>
      follow(
        connection,
        (observer) => client.presence.here.subscribe({ ticket, doing }, observer),
        () => undefined,
      ),
    [connection, client, ticket, doing],
  )
}
