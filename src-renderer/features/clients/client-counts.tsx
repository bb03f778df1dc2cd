import type { ClientSummary } from '../../../src-shared/domain/views.ts'
import classes from './clients.module.css'

/** How much waits at a client: at risk, unread, open. */
export function ClientCounts({ client }: { client: ClientSummary }) {
  if (!client.known) return <span className={classes.quiet}>not synced yet</span>
  return (
    <span className={classes.counts}>
      {client.atRisk > 0 && <span className={classes.risk}>{client.atRisk} at risk</span>}
      {client.unread > 0 && <span className={classes.unread}>{client.unread} unread</span>}
      <span className={classes.quiet}>{client.open.toLocaleString('en')} open</span>
    </span>
  )
}
