import { useCallback } from 'react'
import { useConsole } from '../../app/console/context.tsx'
import { places, useGo } from '../../app/shell/go.ts'

/** Those that were begun in this window: the cloud need not know them. */
export const begunHere = new Set<string>()

/** Begins to bring a client in: what was typed already of its name is kept with it. */
export function useNewClient(): (name?: string) => void {
  const go = useGo()
  const { client } = useConsole()
  return useCallback(
    (name = '') => {
      const id = crypto.randomUUID()
      begunHere.add(id)
      const begin = (): void => go(places.onboarding(id))
      if (name.trim() === '') return begin()
      const draft = JSON.stringify({ name: name.trim() })
      client.onboarding.keepDraft.mutate({ id, step: 'identity', draft }).then(begin, begin)
    },
    [client, go],
  )
}
