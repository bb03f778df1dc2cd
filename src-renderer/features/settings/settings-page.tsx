import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { problemFrom } from '../../app/channel/link.ts'
import { useArrived, useCommands } from '../../app/commands/use-commands.tsx'
import { PageButton } from '../../ui/page.tsx'
import { ProblemNotice } from '../../ui/problem-notice.tsx'
import { settingsKeys, type SettingsPort } from './port.ts'
import { SettingsForm } from './settings-form.tsx'

export interface SettingsPageProps {
  title: string
  name: string
  place: string
  port: SettingsPort
  technicians: readonly { id: string; name: string }[]
  /** Of the client; null where there is no one client. */
  timeZone: string | null
  /** What is shown as the client's logo; nothing where there is no one client. */
  logo?: ReactNode
  onBack(): void
}

/** Milliseconds until settings that did not come are asked for again. */
const AGAIN = 3000

/** Every part of a configuration, each with where it comes from, and what was typed over it before. */
export function SettingsPage(props: SettingsPageProps) {
  const { port, place, title, onBack } = props
  const view = useQuery({
    queryKey: settingsKeys.view,
    queryFn: () => port.view(),
    ...{ staleTime: 0, retry: false },
    // The cloud may be back, or just have started.
    refetchInterval: ({ state }) => (state.status === 'error' ? AGAIN : false),
  })
  const draft = useQuery({
    queryKey: settingsKeys.draft,
    queryFn: () => port.draft.read().catch(() => ''),
    ...{ staleTime: Infinity, gcTime: 0 },
  })
  const shown = view.data && draft.data !== undefined
  useArrived(shown || view.error ? place : null)
  const again = (): void => void view.refetch()
  useCommands([
    { id: 'back', title: 'Back', group: 'Go to', keys: ['Escape', 'u'], run: onBack },
    ...(view.error && !view.data
      ? [{ id: 'settings-again', title: 'Try again', group: 'Clients' as const, keys: ['r'], run: again }]
      : []),
  ])
  if (view.data && draft.data !== undefined) return <SettingsForm {...props} seen={view.data} kept={draft.data} />
  if (view.error)
    return (
      <ProblemNotice
        title="The settings cannot be shown"
        text={problemFrom(view.error).message}
        action={
          <PageButton shortcut="r" onClick={again}>
            Try again
          </PageButton>
        }
      />
    )
  return <main aria-busy aria-label={title} />
}
