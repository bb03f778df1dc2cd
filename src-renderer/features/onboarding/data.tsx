import { QueryClient, QueryClientProvider, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState, type ReactNode } from 'react'
import type { OnboardingHere } from '../../../src-main/console/onboarding-router.ts'
import type { Problem } from '../../../src-shared/problem.ts'
import type { OnboardingView } from '../../../src-shared/protocol/onboarding.ts'
import { problemFrom } from '../../app/channel/link.ts'
import { followMoves, type ConsoleState } from '../../app/console/console.ts'
import { useConsole } from '../../app/console/context.tsx'

const keys = {
  list: ['list'],
  choices: ['choices'],
  one: (id: string) => ['one', id],
  settings: (id: string) => ['settings', id],
} as const

/** Milliseconds between two looks while steps go on by themselves: where the event stream is held back, nothing tells. */
const LOOK = 1000

/** What this window knows of onboardings; it stays while one looks at something else. */
const known = new WeakMap<ConsoleState, QueryClient>()

function queriesOf(console: ConsoleState): QueryClient {
  const found = known.get(console)
  if (found) return found
  const made = new QueryClient({
    defaultOptions: {
      queries: { staleTime: 0, retry: false, networkMode: 'always', refetchOnWindowFocus: false },
      mutations: { networkMode: 'always' },
    },
  })
  known.set(console, made)
  return made
}

/** What this window knows of onboardings, for what is below it. */
export function KnownOnboardings({ children }: { children: ReactNode }) {
  return <QueryClientProvider client={queriesOf(useConsole())}>{children}</QueryClientProvider>
}

/** The same, kept in step with what the cloud tells of onboardings. */
export function OnboardingData({ children }: { children: ReactNode }) {
  const console = useConsole()
  const queries = queriesOf(console)
  useEffect(
    () =>
      followMoves(console, (ids) => {
        const all = ids.includes('*')
        void queries.invalidateQueries({ queryKey: keys.list })
        for (const id of ids) {
          void queries.invalidateQueries({ queryKey: all ? ['one'] : keys.one(id) })
          void queries.invalidateQueries({ queryKey: all ? ['settings'] : keys.settings(id) })
        }
        if (all) void queries.invalidateQueries({ queryKey: keys.choices })
      }),
    [console, queries],
  )
  return <KnownOnboardings>{children}</KnownOnboardings>
}

/** The onboardings; undefined until they were asked for. */
export function useOnboardings() {
  const { client } = useConsole()
  return useQuery({ queryKey: keys.list, queryFn: () => client.onboarding.list.query() }).data
}

/** One onboarding; undefined until it was asked for. */
export function useOnboarding(id: string): OnboardingHere | undefined {
  const { client } = useConsole()
  const { data } = useQuery({
    queryKey: keys.one(id),
    queryFn: () => client.onboarding.one.query({ id }),
    refetchInterval: ({ state }) => (isBusy(state.data?.view) ? LOOK : false),
  })
  return data
}

/** Technicians and templates; `problem` where the cloud does not tell them. */
export function useChoices() {
  const { client } = useConsole()
  const { data, error } = useQuery({ queryKey: keys.choices, queryFn: () => client.onboarding.choices.query() })
  return { choices: data ?? null, problem: data === undefined && error ? problemFrom(error) : null }
}

/** The new client's settings: undefined until they were asked for, null where there are none or they cannot be had. */
export function useSettingsOf(id: string, there: boolean) {
  const { client } = useConsole()
  const { data, error } = useQuery({
    queryKey: keys.settings(id),
    queryFn: () => client.onboarding.settings.query({ id }),
    enabled: there,
  })
  return error ? null : data
}

/** Whether steps go on by themselves. */
export function isBusy(view: OnboardingView | null | undefined): boolean {
  if (!view) return false
  if (view.state === 'cancelling') return true
  return (
    view.state === 'open' && Object.values(view.steps).some(({ state }) => state === 'queued' || state === 'running')
  )
}

/** Checks that only a console can make, and that none has made. */
export function lacksConsole({ steps: { verify } }: OnboardingView): boolean {
  const ended = verify.state === 'done' || verify.state === 'failed'
  return ended && (verify.checks?.some(({ where, at }) => where === 'console' && at === undefined) ?? false)
}

/** Has this console make its checks of a client, once they are wanted. @param here whoever sits here works for it */
export function useConsoleChecks(id: string, view: OnboardingView | null, here: boolean) {
  const { client } = useConsole()
  const { act, busy, problem } = useActs(id)
  const run = (): void => void act(() => client.verification.run.mutate({ onboardingId: id }))
  const wanted = view !== null && here && lacksConsole(view)
  useEffect(() => {
    if (wanted) run()
    // Once: what went wrong is told, and looked at again when somebody asks.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [wanted])
  return { run, busy, problem }
}

interface Acts {
  busy: boolean
  problem: Problem | null
  /** Does one thing at a time and takes over what the cloud answers. @returns the newest, null where it failed */
  act(work: () => Promise<OnboardingView>): Promise<OnboardingView | null>
  forgetProblem(): void
}

/** What a person does to an onboarding. */
export function useActs(id: string): Acts {
  const queries = useQueryClient()
  const [state, setState] = useState<{ busy: boolean; problem: Problem | null }>({ busy: false, problem: null })
  const running = useRef(false)
  return {
    ...state,
    async act(work) {
      if (running.current) return null
      running.current = true
      setState({ busy: true, problem: null })
      try {
        const view = await work()
        queries.setQueryData<OnboardingHere>(keys.one(id), (before) => ({
          ...{ drafts: {}, problem: null },
          ...before,
          view,
        }))
        void queries.invalidateQueries({ queryKey: keys.settings(id) })
        setState({ busy: false, problem: null })
        return view
      } catch (error) {
        setState({ busy: false, problem: problemFrom(error) })
        return null
      } finally {
        running.current = false
      }
    },
    forgetProblem: () => setState(({ busy }) => ({ busy, problem: null })),
  }
}
