import { IconAlertTriangle } from '@tabler/icons-react'
import { useParams } from '@tanstack/react-router'
import type { TicketDetail } from '../../../src-shared/domain/views.ts'
import { places, useGo } from '../../app/shell/go.ts'
import { useDesk } from '../../tenant/desk.tsx'
import { dateTime } from '../../ui/time.ts'
import { fieldLabel } from './field-label.ts'
import classes from './ticket.module.css'

/** Edits of this ticket that the cloud did not take, each with its reason. */
export function FailedEdits({ detail }: { detail: TicketDetail }) {
  const { configuration } = useDesk()
  const { tenantId } = useParams({ strict: false })
  const go = useGo()
  return (
    <ul className={classes.failed} aria-label="Edits that could not be saved">
      {detail.failed.map((edit) => (
        <li key={edit.sequence}>
          <IconAlertTriangle size={16} />
          <span>
            <b>{edit.fields.map((field) => fieldLabel(field, configuration)).join(', ') || 'Note'}</b> could not be
            saved ({dateTime(edit.at)}): {edit.problem.message}
          </span>
          {tenantId && (
            <button className={classes.decide} onClick={() => go(places.inbox(tenantId))}>
              Decide
            </button>
          )}
        </li>
      ))}
    </ul>
  )
}
