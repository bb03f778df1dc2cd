import { QueryClient, QueryClientProvider, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState, type ReactNode } from 'react'
import type { Problem } from '../../../src-shared/problem.ts'
import type { OffboardingView } from '../../../src-shared/protocol/offboarding.ts'
import { problemFrom } from '../../app/channel/link.ts'
import { followMoves } from '../../app/console/console.ts'
import { useConsole } from '../../app/console/context.tsx'
import { useStore } from '../../ui/store.ts'

const LIST = ['list']
/** Milliseconds between two looks while something goes on by itself: where the event stream is held back, nothing tells. */
const LOOK = 3000

/** Holds what the cloud told of offboardings, and keeps it in step, for as long as a page of them is on screen. */
export function OffboardingData({ children }: { children: ReactNode }) {
  const [queries] = useState(
    () => new QueryClient({ defaultOptions: { queries: { retry: false, networkMode: 'always' } } }),
  )
  const console = useConsole()
  useEffect(() => followMoves(console, () => void queries.invalidateQueries({ queryKey: LIST })), [console, queries])
  return <QueryClientProvider client={queries}>{children}</QueryClientProvider>
}

/** Whether something goes on by itself. */
export function isBusy({ state }: OffboardingView): boolean {
  return state === 'exporting' || state === 'deleting'
}

/** The offboardings, the newest first: undefined before they were asked for; `problem` where they are not the newest. */
export function useOffboardings(): { list: OffboardingView[] | undefined; problem: Problem | null } {
  const { client, session } = useConsole()
  const status = useStore(session)
  const online = status?.state === 'open' && status.online
  const { data, error, refetch } = useQuery({
    queryKey: LIST,
    queryFn: () => client.offboarding.list.query(),
    refetchInterval: ({ state }) => (state.data?.some(isBusy) ? LOOK : false),
  })
  // What the cloud told last stays on screen while it is away.
  useEffect(() => void refetch(), [refetch, online])
  return { list: data ?? (error ? [] : undefined), problem: error ? problemFrom(error) : null }
}

/** Puts what the cloud answered on screen at once, and has the list looked at again. */
export function useTold(): (view?: OffboardingView) => void {
  const queries = useQueryClient()
  return (view) => {
    if (view)
      queries.setQueryData<OffboardingView[]>(LIST, (before = []) => [
        view,
        ...before.filter(({ id }) => id !== view.id),
      ])
    void queries.invalidateQueries({ queryKey: LIST })
  }
}
