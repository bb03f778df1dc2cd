import { go } from 'fuzzysort'
import { useCallback, useMemo, type ReactNode } from 'react'
import { choosable } from '../../../src-shared/domain/configuration.ts'
import type { TicketPatch } from '../../../src-shared/domain/ticket.ts'
import type { Desk } from '../../../src-shared/domain/views.ts'
import { Marked, Picker } from '../../ui/picker.tsx'
import listClasses from '../tickets/list.module.css'
import { numberText } from '../tickets/words.ts'
import { About } from './about.tsx'
import classes from './actions.module.css'
import { resolvingStatuses } from './resolve.ts'
import type { Subject } from './ticket-actions.tsx'

export type ChoiceKind = 'status' | 'resolve' | 'priority' | 'type' | 'assignee'

interface Choice {
  key: string
  label: string
  mark?: ReactNode
  current: boolean
  patch: TicketPatch
}

interface ChoiceDialogProps {
  kind: ChoiceKind
  ticket: Subject
  desk: Desk
  onPick(patch: TicketPatch): void
  onClose(): void
}

const LABELS = {
  status: 'Set status',
  resolve: 'Resolve as',
  priority: 'Set priority',
  type: 'Set type',
  assignee: 'Assign',
} as const

/** Chooses a status, priority or assignee by keyboard; says of which client and ticket. */
export function ChoiceDialog({ kind, ticket, desk, onPick, onClose }: ChoiceDialogProps) {
  const choices = useMemo(() => choicesOf(kind, ticket, desk), [kind, ticket, desk])
  const search = useCallback(
    (text: string) =>
      text.trim() === ''
        ? choices.map((choice) => ({ choice, indexes: [] as readonly number[] }))
        : go(text.trim(), choices, { key: 'label', limit: 0, threshold: 0.2 }).map((result) => ({
            choice: result.obj,
            indexes: [...result.indexes] as readonly number[],
          })),
    [choices],
  )
  return (
    <Picker
      label={LABELS[kind]}
      placeholder={LABELS[kind]}
      context={
        <About>
          {numberText(ticket.number)} · {ticket.subject}
        </About>
      }
      search={search}
      keyOf={({ choice }) => choice.key}
      initial={choices.find((choice) => choice.current)?.key ?? ''}
      render={({ choice, indexes }) => (
        <>
          {choice.mark}
          <span>
            <Marked text={choice.label} indexes={indexes} />
          </span>
          {choice.current && <span className={classes.current}>now</span>}
        </>
      )}
      empty="Nothing here goes by that name."
      onPick={({ choice }) => (choice.current ? onClose() : onPick(choice.patch))}
      onClose={onClose}
    />
  )
}

function choicesOf(kind: ChoiceKind, ticket: Subject, { configuration, technicians, me }: Desk): Choice[] {
  if (kind === 'status' || kind === 'resolve') {
    const statuses = kind === 'status' ? configuration.statuses : resolvingStatuses(configuration)
    return choosable(statuses, ticket.status).map(({ key, label, category }) => ({
      key,
      label,
      mark: <span className={listClasses.dot} data-category={category} />,
      current: ticket.status === key,
      patch: { status: key },
    }))
  }
  if (kind === 'priority') {
    return choosable(configuration.priorities, ticket.priority).map(({ key, label, colour }) => ({
      key,
      label,
      mark: <span className={listClasses.mark} style={{ '--mark': colour }} />,
      current: ticket.priority === key,
      patch: { priority: key },
    }))
  }
  if (kind === 'type') {
    return [...choosable(configuration.types, ticket.type), { key: null, label: 'No type' }].map(({ key, label }) => ({
      // A key of the client's own is never empty.
      key: key ?? '',
      label,
      current: ticket.type === key,
      patch: { type: key },
    }))
  }
  const others = technicians.filter(({ id }) => id !== me).sort((a, b) => a.name.localeCompare(b.name))
  const mine = technicians.filter(({ id }) => id === me)
  return [...mine.map(({ id, name }) => ({ id, name: `${name} (me)` })), { id: null, name: 'Nobody' }, ...others].map(
    ({ id, name }) => ({
      key: id ?? 'nobody',
      label: name,
      current: ticket.assigneeId === id,
      patch: { assigneeId: id },
    }),
  )
}
