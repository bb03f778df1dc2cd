import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type { LayerValues, SettingKey, Settings } from '../../../src-shared/settings/settings.ts'
import { problemFrom } from '../../app/channel/link.ts'
import { counted } from '../../ui/counted.ts'
import type { SettingsPort } from './port.ts'
import classes from './settings.module.css'

/** Milliseconds of quiet before what is typed is tried out. */
const PAUSE = 400

interface EffectProps {
  port: SettingsPort
  revision: number
  set: LayerValues
  revert: SettingKey[]
  /** As saved, for the names of keys. */
  labels: Settings
}

/** What would come of what is typed, as the cloud and the tickets here tell. */
export function Effect({ port, revision, set, revert, labels }: EffectProps) {
  const [tried, setTried] = useState({ set, revert })
  useEffect(() => {
    const timer = setTimeout(() => setTried({ set, revert }), PAUSE)
    return () => clearTimeout(timer)
  }, [set, revert])
  const { data, error } = useQuery({
    queryKey: ['settings', 'preview', revision, tried],
    queryFn: () => port.preview({ revision, ...tried }),
    staleTime: 0,
    gcTime: 0,
    retry: false,
    placeholderData: (before) => before,
  })
  if (error)
    return (
      <p className={classes.effect} data-bad role="alert">
        {problemFrom(error).message}
      </p>
    )
  if (!data) return <p className={classes.effect}>Trying it out</p>
  const label = (setting: keyof Settings, key: string): string =>
    (labels[setting] as { key: string; label: string }[]).find((one) => one.key === key)?.label ?? key
  return (
    <p className={classes.effect} role="status" data-testid="effect">
      {data.gone.length > 0 &&
        `${data.gone.map((one) => `${counted(one.open, 'open ticket')} of ${counted(one.tickets, 'ticket')} with “${label(one.setting, one.key)}” would show its key alone`).join('. ')}. Retire it instead. `}
      {data.due ? `${counted(data.due, 'open ticket')} would be due at another time. ` : ''}
      {data.proof}
    </p>
  )
}
