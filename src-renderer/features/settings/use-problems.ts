import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type { FieldProblem } from '../../../src-shared/settings/problems.ts'
import type { SettingKey, Settings } from '../../../src-shared/settings/settings.ts'
import type { SettingsPort } from './port.ts'

/** Milliseconds of quiet before what is typed is checked. */
const PAUSE = 150

/** What is wrong with settings as they are typed, a moment after the last letter; nothing where nothing was changed. */
export function useProblems(port: SettingsPort, settings: Settings, changed: SettingKey[]): readonly FieldProblem[] {
  const typed = JSON.stringify(changed.map((key) => [key, settings[key]]))
  const [checked, setChecked] = useState(typed)
  useEffect(() => {
    const timer = setTimeout(() => setChecked(typed), PAUSE)
    return () => clearTimeout(timer)
  }, [typed])
  const { data } = useQuery({
    queryKey: ['settings-check', checked],
    queryFn: () => port.check({ settings, changed }),
    enabled: changed.length > 0,
    ...{ staleTime: 0, gcTime: 0, retry: false },
    placeholderData: (before) => before,
  })
  return changed.length > 0 ? (data ?? []) : []
}
