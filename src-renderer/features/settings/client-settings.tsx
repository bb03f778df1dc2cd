import { useParams } from '@tanstack/react-router'
import { useMemo } from 'react'
import { places, useGo } from '../../app/shell/go.ts'
import { useSummary, useTenant } from '../../tenant/context.tsx'
import { useDesk } from '../../tenant/desk.tsx'
import type { SettingsPort } from './port.ts'
import { SettingsPage } from './settings-page.tsx'

/** The settings of the one client. */
export function ClientSettings() {
  const { tenantId = '' } = useParams({ strict: false })
  const { client } = useTenant()
  const { name } = useSummary()
  const { technicians, configuration } = useDesk()
  const go = useGo()
  const port = useMemo(
    (): SettingsPort => ({
      own: 'client',
      view: () => client.settings.view.query(),
      preview: (change) => client.settings.preview.query(change),
      change: (change) => client.settings.change.mutate(change),
      restore: (restore) => client.settings.restore.mutate(restore),
      history: () => client.settings.history.query(),
      uses: () => client.settings.uses.query(),
      file: {
        save: () => client.settings.file.query(),
        read: (text) => client.settings.readFile.mutate({ text }),
      },
    }),
    [client],
  )
  return (
    <SettingsPage
      title={`Settings of ${name}`}
      name={name}
      place={places.settings(tenantId)}
      port={port}
      technicians={technicians}
      timeZone={configuration.sla?.calendars[0]?.timeZone ?? 'UTC'}
      onBack={() => go(places.client(tenantId))}
    />
  )
}
