import type { SyncState } from '../../../src-shared/domain/views.ts'
import classes from './sync-status.module.css'
import { syncMessage } from './sync-message.ts'

/** How the client's data stands; says nothing when all is well. */
export function SyncStatus({ sync }: { sync: SyncState }) {
  const message = syncMessage(sync)
  return (
    <div className={classes.sync} data-testid="sync-state" data-phase={sync.phase} role="status" aria-live="polite">
      {message && (
        <>
          {message.share !== null && (
            <span className={classes.bar} aria-hidden>
              <span style={{ width: `${Math.round(message.share * 100)}%` }} />
            </span>
          )}
          <span className={classes.text} data-tone={message.tone}>
            {message.text}
          </span>
        </>
      )}
    </div>
  )
}
