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
      view: () => client.configuration.view.query(),
      preview: (change) => client.configuration.preview.query(change),
      change: (change) => client.configuration.change.mutate(change),
      restore: (restore) => client.configuration.restore.mutate(restore),
      history: () => client.configuration.history.query(),
      uses: () => client.configuration.uses.query(),
      file: {
        save: () => client.configuration.file.query(),
        read: (text) => client.configuration.readFile.mutate({ text }),
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
