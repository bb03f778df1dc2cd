import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { useArrived, useCommands } from '../../app/commands/use-commands.tsx'
import { places, useGo } from '../../app/shell/go.ts'
import { useIdentity, useTenant } from '../../tenant/context.tsx'
import { inboxQuery } from '../../tenant/inbox.ts'
import { Page, PageButton } from '../../ui/page.tsx'
import { InboxCursor } from './cursor.tsx'
import { InboxList } from './inbox-list.tsx'

/** The undecided edits of one client. */
export function InboxPage() {
  const { tenantId } = useParams({ strict: false })
  const tenant = useTenant()
  const identity = useIdentity()
  const go = useGo()
  const { data, error } = useQuery(inboxQuery(tenant))
  useArrived(tenantId && (data || error) ? places.inbox(tenantId) : null)
  const back = (): void => {
    if (!tenantId) return
    const openTicket = tenant.memory.openTicket.get()
    go(openTicket ? places.ticket(tenantId, openTicket) : places.client(tenantId))
  }
  useCommands([{ id: 'back', title: 'Back to the tickets', group: 'Go to', keys: ['Escape', 'u'], run: back }])
  if (!tenantId) return null
  return (
    <Page
      title={`Undecided edits of ${identity.name}`}
      lead={
        data?.some(({ kind }) => kind === 'conflict')
          ? 'Each field is one key: 1 keeps yours, 2 takes theirs, 3 writes another.'
          : null
      }
      actions={
        <PageButton shortcut="g a" onClick={() => go(places.inboxes)}>
          All clients
        </PageButton>
      }
    >
      <InboxCursor>
        <InboxList tenantId={tenantId} />
      </InboxCursor>
    </Page>
  )
}
