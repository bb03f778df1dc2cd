import { useParams } from '@tanstack/react-router'
import { useMemo } from 'react'
import { places, useGo } from '../../app/shell/go.ts'
import { useIdentity, useTenant } from '../../tenant/context.tsx'
import { useDesk } from '../../tenant/desk.tsx'
import { ClientLogo } from './client-logo.tsx'
import type { SettingsPort } from './port.ts'
import { SettingsPage } from './settings-page.tsx'

/** The settings of the one client. */
export function ClientSettings() {
  const { tenantId = '' } = useParams({ strict: false })
  const { client, drafts } = useTenant()
  const { name, timeZone } = useIdentity()
  const { technicians } = useDesk()
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
      reach: null,
      check: (typed) => client.configuration.check.query(typed),
      draft: {
        read: async () => drafts.read(null, 'settings', await client.tickets.drafts.query({ ticketId: null })),
        write: (text) => drafts.write(null, 'settings', text),
        flush: drafts.flush,
      },
      file: {
        save: () => client.configuration.file.query(),
        read: (text) => client.configuration.readFile.mutate({ text }),
      },
    }),
    [client, drafts],
  )
  return (
    <SettingsPage
      key={tenantId}
      title={`Settings of ${name}`}
      name={name}
      place={places.settings(tenantId)}
      port={port}
      technicians={technicians}
      timeZone={timeZone}
      logo={<ClientLogo />}
      onBack={() => go(places.client(tenantId))}
    />
  )
}
