import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { problemFrom } from '../../app/channel/link.ts'
import { Confirm } from '../../ui/confirm.tsx'
import { dateTime } from '../../ui/time.ts'
import { SETTINGS } from '../../ui/setting-words.ts'
import { differenceWords } from './history-words.ts'
import type { SettingsPort } from './port.ts'
import classes from './settings.module.css'

/** Who changed what when, and the way back to how it was. */
export function History({
  port,
  revision,
  onRestore,
}: {
  port: SettingsPort
  revision: number
  onRestore(revision: number): void
}) {
  const { data, error } = useQuery({
    queryKey: ['settings', 'history', revision],
    queryFn: () => port.history(),
    staleTime: 0,
    retry: false,
  })
  const [asking, setAsking] = useState<number | null>(null)
  if (error) return <p role="alert">{problemFrom(error).message}</p>
  if (!data) return <div aria-busy />
  return (
    <div className={classes.history}>
      <h3>History</h3>
      {data.revisions.length === 0 && <p>Nothing was changed yet.</p>}
      <ol>
        {data.revisions.map((one) => (
          <li key={one.revision}>
            <header>
              <b>Revision {one.revision}</b>
              <span>
                {one.by.name}, {dateTime(one.at)}
                {one.note && `: ${one.note}`}
              </span>
              {one.revision !== revision && (
                <button type="button" onClick={() => setAsking(one.revision)}>
                  Restore<span className={classes.hidden}> revision {one.revision}</span>
                </button>
              )}
            </header>
            <ul>
              {one.changes.map(({ setting, before, after }) => (
                <li key={setting}>
                  <b>{SETTINGS[setting]}</b> {differenceWords(before, after).join('. ')}
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ol>
      {asking !== null && (
        <Confirm
          title={`Restore revision ${asking}`}
          text="All own values become what they were then, as a new revision. Nothing of the history is lost."
          action="Restore it"
          onClose={() => setAsking(null)}
          onConfirm={() => {
            setAsking(null)
            onRestore(asking)
          }}
        />
      )}
    </div>
  )
}
