import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type { FieldProblem } from '../../../src-shared/settings/problems.ts'
import type { SettingKey, Settings } from '../../../src-shared/settings/settings.ts'
import type { SettingsPort } from './port.ts'

/** Milliseconds of quiet before what is typed is checked. */
const PAUSE = 150

interface Typed {
  settings: Settings
  /** As they are saved, at this revision. */
  saved: Settings
  revision: number
  changed: SettingKey[]
}

/**
 * What is wrong with settings as they are typed, a moment after the last letter; where nothing was changed, only what
 * stands as it was.
 */
export function useProblems(
  port: SettingsPort,
  { settings, saved, changed, revision }: Typed,
): readonly FieldProblem[] {
  const typed = JSON.stringify(changed.map((key) => [key, settings[key]]))
  const [checked, setChecked] = useState(typed)
  useEffect(() => {
    const timer = setTimeout(() => setChecked(typed), PAUSE)
    return () => clearTimeout(timer)
  }, [typed])
  const { data } = useQuery({
    queryKey: ['settings-check', revision, checked],
    queryFn: () => port.check({ settings, changed, saved }),
    ...{ staleTime: 0, gcTime: 0, retry: false },
    placeholderData: (before) => before,
  })
  return (data ?? []).filter(({ stands }) => changed.length > 0 || stands)
}
