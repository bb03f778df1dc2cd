import { IconCloudCheck } from '@tabler/icons-react'
import type { SyncState } from '../../../src-shared/domain/views.ts'
import { useKeyOf } from '../commands/key-of.ts'
import { places, useGo } from './go.ts'
import classes from './sync-status.module.css'
import { syncMessage } from './sync-message.ts'

/** How the client's data stands, and the way to more about it; only a quiet sign when all is well. */
export function SyncStatus({ sync, tenantId }: { sync: SyncState; tenantId: string }) {
  const go = useGo()
  const message = syncMessage(sync)
  const decide = sync.failed > 0
  const keyOf = useKeyOf()
  const where = decide
    ? `Undecided edits of this client (${keyOf('inbox', 'g i')})`
    : `Sync of this client (${keyOf('sync', 'g q')})`
  return (
    <div className={classes.sync} data-testid="sync-state" data-phase={sync.phase} role="status" aria-live="polite">
      <button
        className={classes.button}
        title={where}
        aria-label={message ? `${message.text}. ${where}` : where}
        onClick={() => go(decide ? places.inbox(tenantId) : places.sync(tenantId))}
      >
        {message ? (
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
        ) : (
          <IconCloudCheck size={17} stroke={1.6} />
        )}
      </button>
    </div>
  )
}
