import { createContext, use, useCallback, useSyncExternalStore, type ReactNode } from 'react'
import type { ClientSummary, Settings } from '../../../src-shared/domain/views.ts'
import { useStore } from '../../ui/store.ts'
import type { ConsoleState } from './console.ts'

const ConsoleContext = createContext<ConsoleState | null>(null)

export function ConsoleProvider({ value, children }: { value: ConsoleState; children: ReactNode }) {
  return <ConsoleContext value={value}>{children}</ConsoleContext>
}

/** The console of this window. */
export function useConsole(): ConsoleState {
  const value = use(ConsoleContext)
  if (!value) throw new Error('no console around this component')
  return value
}

/** Whether whoever is signed in administers the organisation. */
export function useIsAdministrator(): boolean {
  const status = useStore(useConsole().session)
  return status?.state === 'open' && status.role === 'administrator'
}

const NONE: ReadonlyMap<string, ClientSummary> = new Map()

/** All clients by id; empty until the host has listed them. */
export function useClients(): ReadonlyMap<string, ClientSummary> {
  return useStore(useConsole().clients) ?? NONE
}

/** Settings and how to change them; a change shows at once and is kept by the host. */
export function useSettings(): [Settings, (change: Partial<Settings>) => void] {
  return [useStore(useConsole().settings), useChangeSettings()]
}

/** One setting: most follow one, and some of the others change with each ticket that is opened. */
export function useSetting<Name extends keyof Settings>(name: Name): Settings[Name] {
  const { settings } = useConsole()
  return useSyncExternalStore(settings.subscribe, () => settings.get()[name])
}

/** Changes settings; it shows at once and is kept by the host. */
export function useChangeSettings(): (change: Partial<Settings>) => void {
  const { client, settings } = useConsole()
  return useCallback(
    (part) => {
      settings.set({ ...settings.get(), ...part })
      client.settings.change.mutate(part).then(settings.set, () => undefined)
    },
    [client, settings],
  )
}
