import { useCallback, useEffect } from 'react'
import type { NewClientLaunch } from '../../../src-shared/onboarding/launch.ts'
import { follow } from '../../app/channel/follow.ts'
import { useConsole } from '../../app/console/context.tsx'
import { places, useGo } from '../../app/shell/go.ts'

/** Those that were begun in this window: the cloud need not know them. */
export const begunHere = new Set<string>()

/** Begins to bring a client in: what is known already of it is kept with it, and nothing is made of it. */
export function useNewClient(): (name?: string) => void {
  const begin = useBegin()
  return useCallback((name = '') => begin(name.trim() === '' ? {} : { name: name.trim() }), [begin])
}

/** Begins where a link, the tray or the command line asks for it. */
export function useLaunches(): void {
  const { connection, client } = useConsole()
  const begin = useBegin()
  useEffect(
    () =>
      follow<NewClientLaunch>(
        connection,
        (observer) => client.launches.follow.subscribe(undefined, observer),
        ({ domains, ...launch }) => begin({ ...launch, ...(domains && { domains: domains.join(', ') }) }),
      ),
    [connection, client, begin],
  )
}

/** @returns takes fields of the first step, as they are typed there */
function useBegin(): (fields: Record<string, string>) => void {
  const go = useGo()
  const { client } = useConsole()
  return useCallback(
    (fields) => {
      const id = crypto.randomUUID()
      begunHere.add(id)
      const begin = (): void => go(places.onboarding(id))
      if (Object.keys(fields).length === 0) return begin()
      const draft = JSON.stringify(fields)
      client.onboarding.keepDraft.mutate({ id, step: 'identity', draft }).then(begin, begin)
    },
    [client, go],
  )
}
