import { IconChecks } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { InboxItem } from '../../../src-shared/domain/views.ts'
import { problemFrom } from '../../app/channel/link.ts'
import { useUndo } from '../../app/commands/undo.tsx'
import { places, useGo } from '../../app/shell/go.ts'
import { useIdentity, useTenant } from '../../tenant/context.tsx'
import { useDesk } from '../../tenant/desk.tsx'
import { applyInbox, inboxQuery, type SentItem } from '../../tenant/inbox.ts'
import { EmptyNotice, ProblemNotice } from '../../ui/problem-notice.tsx'
import { fieldLabel } from '../ticket/field-label.ts'
import { ConflictCard } from './conflict-card.tsx'
import { aboutText } from './edit-words.ts'
import classes from './inbox.module.css'
import { RejectedCard } from './rejected-card.tsx'

interface InboxListProps {
  /** Only for addresses; data comes from the scope. */
  tenantId: string
  /** Beside other clients' lists: says less where there is nothing. */
  among?: boolean
}

/** The undecided edits of the one client of this scope. */
export function InboxList({ tenantId, among = false }: InboxListProps) {
  const tenant = useTenant()
  const { name } = useIdentity()
  const { configuration } = useDesk()
  const { data: items, error } = useQuery(inboxQuery(tenant))
  const undo = useUndo()
  const go = useGo()
  const [problem, setProblem] = useState<string | null>(null)

  const decide = async (item: InboxItem, said: string, act: () => Promise<SentItem[]>): Promise<void> => {
    setProblem(null)
    try {
      applyInbox(tenant, await act())
    } catch (thrown) {
      return setProblem(problemFrom(thrown).message)
    }
    undo.offer(`${among ? `${name} · ` : ''}${aboutText(item)}: ${said}`, () => {
      tenant.client.inbox.reopen
        .mutate({ id: item.id })
        .then((left) => applyInbox(tenant, left))
        .catch((thrown: unknown) => setProblem(problemFrom(thrown).message))
    })
  }
  if (!items) {
    if (!error) return <div aria-busy aria-label="Undecided edits" />
    return <ProblemNotice title="The undecided edits cannot be shown" text={problemFrom(error).message} />
  }
  const open = ({ ticket }: InboxItem): void => {
    if (ticket) go(places.ticket(tenantId, ticket.id))
  }
  const { inbox } = tenant.client
  return (
    <>
      {problem && (
        <p className={classes.problem} role="alert">
          {problem}
        </p>
      )}
      {items.length === 0 &&
        (among ? (
          <p className={classes.quiet}>Nothing left to decide here.</p>
        ) : (
          <EmptyNotice
            icon={<IconChecks size={30} stroke={1.4} />}
            title="Nothing to decide"
            text="Every edit was saved. Where you and somebody else change the same field at once, both values appear here."
          />
        ))}
      {items.map((item) =>
        item.kind === 'conflict' ? (
          <ConflictCard
            key={item.id}
            item={item}
            onOpen={() => open(item)}
            onResolve={(choices) =>
              decide(
                item,
                choices
                  .map((one) => `${fieldLabel(one.field, configuration).toLowerCase()}: ${SAID[one.choice]}`)
                  .join(', '),
                () => inbox.resolve.mutate({ id: item.id, choices }),
              )
            }
          />
        ) : (
          <RejectedCard
            key={item.id}
            item={item}
            onOpen={() => open(item)}
            onResend={(mended) => decide(item, 'sent again', () => inbox.resend.mutate({ id: item.id, ...mended }))}
            onGiveUp={() => decide(item, 'edit given up', () => inbox.dismiss.mutate({ id: item.id }))}
          />
        ),
      )}
    </>
  )
}

const SAID = { mine: 'yours kept', theirs: 'theirs taken', other: 'another value set' } as const
