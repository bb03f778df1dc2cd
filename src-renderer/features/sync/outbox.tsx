import { useState } from 'react'
import { useParams } from '@tanstack/react-router'
import type { OutboxEntry, SyncReport } from '../../../src-shared/domain/views.ts'
import { problemFrom } from '../../app/channel/link.ts'
import { places, useGo } from '../../app/shell/go.ts'
import { useTenant } from '../../tenant/context.tsx'
import { useDesk } from '../../tenant/desk.tsx'
import { keys } from '../../tenant/queries.ts'
import { PageButton } from '../../ui/page.tsx'
import { agoShort, dateTime, useMinute } from '../../ui/time.ts'
import { actText, aboutText } from '../inbox/edit-words.ts'
import { fieldLabel } from '../ticket/field-label.ts'
import { numberText } from '../tickets/words.ts'
import { Section } from '../../ui/section.tsx'
import classes from './sync.module.css'

/** Edits that have not reached the cloud, oldest first, each of which can be withdrawn before it is sent. */
export function Outbox({ entries }: { entries: readonly OutboxEntry[] }) {
  const { client, queries } = useTenant()
  const { configuration } = useDesk()
  const { tenantId } = useParams({ strict: false })
  const go = useGo()
  const now = useMinute()
  const [problem, setProblem] = useState<string | null>(null)
  const cancel = async (id: string): Promise<void> => {
    setProblem(null)
    try {
      const outbox = await client.outbox.cancel.mutate({ id })
      queries.setQueryData<SyncReport>(keys.report, (report) => report && { ...report, outbox })
    } catch (thrown) {
      setProblem(problemFrom(thrown).message)
    }
  }
  const what = ({ kind, fields }: OutboxEntry): string => {
    return actText(kind) || fields.map((field) => fieldLabel(field, configuration)).join(', ')
  }
  return (
    <Section title="Waiting to be sent">
      {problem && (
        <p className={classes.said} data-bad role="alert">
          {problem}
        </p>
      )}
      {entries.length === 0 ? (
        <p className={classes.quiet}>Nothing waits. Every edit has reached the cloud.</p>
      ) : (
        <ul className={classes.outbox}>
          {entries.map((entry) => {
            const { id, ticket, about, kind, at, attempts } = entry
            const name = ticket ? numberText(ticket.number) : ''
            return (
              <li key={id}>
                <span className={classes.number}>{name}</span>
                {ticket && tenantId ? (
                  <button className={classes.subject} onClick={() => go(places.ticket(tenantId, ticket.id))}>
                    {ticket.subject}
                  </button>
                ) : (
                  <span className={classes.subject}>{aboutText({ ticket, about, mutation: kind })}</span>
                )}
                <span className={classes.what}>{what(entry)}</span>
                <span className={classes.when} title={dateTime(at)}>
                  {agoShort(at, now)}
                  {attempts > 0 && ` · sent ${attempts}×, no answer`}
                </span>
                <PageButton onClick={() => void cancel(id)}>
                  Withdraw
                  <span className={classes.hidden}>
                    {' '}
                    {what(entry)} of {ticket ? `ticket ${name}` : aboutText({ ticket, about, mutation: kind })}
                  </span>
                </PageButton>
              </li>
            )
          })}
        </ul>
      )}
    </Section>
  )
}
