import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import type { ConsoleState } from '../../app/console/console.ts'
import { useConsole } from '../../app/console/context.tsx'
import { places, useGo } from '../../app/shell/go.ts'
import { createDrafts } from '../../tenant/drafts.ts'
import { seenDefaults, type SettingsPort } from './port.ts'
import { SettingsPage } from './settings-page.tsx'

/** What the organisation gives to all of its clients. */
export function DefaultsSettings() {
  const [queries] = useState(
    () =>
      new QueryClient({
        defaultOptions: { queries: { retry: false, networkMode: 'always' }, mutations: { networkMode: 'always' } },
      }),
  )
  return (
    <QueryClientProvider client={queries}>
      <Defaults />
    </QueryClientProvider>
  )
}

/** What is typed about the organisation's settings, as the console keeps it. */
function keptDraft(client: ConsoleState['client']): SettingsPort['draft'] {
  const drafts = createDrafts({ drafts: new Map() }, ({ body }) => client.defaults.keepDraft.mutate({ draft: body }))
  return {
    read: () => client.defaults.draft.query(),
    write: (text) => drafts.write(null, 'settings', text),
    flush: drafts.flush,
  }
}

function Defaults() {
  const { client } = useConsole()
  const go = useGo()
  const { data } = useQuery({ queryKey: ['technicians'], queryFn: () => client.defaults.technicians.query() })
  const port = useMemo(
    (): SettingsPort => ({
      own: 'organisation',
      view: async () => seenDefaults(await client.defaults.view.query()),
      async preview(change) {
        const { changes, proof } = await client.defaults.change.mutate({ ...change, dryRun: true })
        return { changes, proof, due: null, gone: [] }
      },
      change: (change) => client.defaults.change.mutate(change),
      restore: (restore) => client.defaults.restore.mutate(restore),
      history: () => client.defaults.history.query(),
      uses: null,
      reach: () => client.defaults.uses.query(),
      check: (typed) => client.defaults.check.query(typed),
      draft: keptDraft(client),
      file: {
        save: () => client.defaults.file.query(),
        read: (text) => client.defaults.readFile.mutate({ text }),
      },
    }),
    [client],
  )
  return (
    <SettingsPage
      title="Settings of your organisation"
      name="your organisation"
      place={places.defaults}
      port={port}
      technicians={data?.technicians ?? []}
      timeZone={null}
      onBack={() => go(places.clients)}
    />
  )
}
