import { useStore } from '../../ui/store.ts'
import { Confirm } from '../../ui/confirm.tsx'
import { useConsole } from '../console/context.tsx'

/** Signing out, or leaving the sample clients, after one question. */
export function Leave({ onClose }: { onClose(): void }) {
  const { client, session } = useConsole()
  const status = useStore(session)
  const sandbox = status?.state === 'open' && status.sandbox
  const leave = (): void => {
    onClose()
    void client.session.signOut.mutate().catch(() => undefined)
  }
  return (
    <Confirm
      title={sandbox ? 'Leave the sample clients?' : 'Sign out?'}
      text={
        sandbox
          ? 'You come back to the start page. The sample clients stay as they are for the next time.'
          : 'Nothing goes to the cloud or comes from it until you sign in again. Edits that wait stay on this computer.'
      }
      action={sandbox ? 'Leave' : 'Sign out'}
      onConfirm={leave}
      onClose={onClose}
    />
  )
}
