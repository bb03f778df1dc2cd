import { useQuery } from '@tanstack/react-query'
import { useEffect, useId, useRef, useState, type KeyboardEvent } from 'react'
import type { SimilarTicket } from '../../../src-shared/domain/similar.ts'
import type { TicketDetail, TicketRow } from '../../../src-shared/domain/views.ts'
import { combinationOf } from '../../app/commands/commands.ts'
import { useKeyOf } from '../../app/commands/key-of.ts'
import { useCommands, useRegistry } from '../../app/commands/use-commands.tsx'
import { useTenant } from '../../tenant/context.tsx'
import { useDesk } from '../../tenant/desk.tsx'
import { similarQuery } from '../../tenant/queries.ts'
import { PageButton } from '../../ui/page.tsx'
import { agoText, useMinute } from '../../ui/time.ts'
import { numberText } from '../tickets/words.ts'
import { Sheet } from './sheet.tsx'
import classes from './sheet.module.css'
import { useLink } from './use-link.ts'
import { capital } from '../../ui/capital.ts'

interface DuplicatesSheetProps {
  detail: TicketDetail
  onClose(): void
  onOpen(ticketId: string): void
  onMerge(other: TicketRow): void
}

/** The tickets that may be the same as this one, each with the reason; one is opened, linked as duplicate or merged. */
export function DuplicatesSheet({ detail: { ticket }, onClose, onOpen, onMerge }: DuplicatesSheetProps) {
  const tenant = useTenant()
  const { configuration } = useDesk()
  const link = useLink(ticket)
  const keyOf = useKeyOf()
  const registry = useRegistry()
  const now = useMinute()
  const id = useId()
  const list = useRef<HTMLDivElement>(null)
  const { data } = useQuery(similarQuery(tenant, ticket.id))
  const [active, setActive] = useState(0)
  const found = data ?? []
  const at = Math.min(active, found.length - 1)
  const chosen = found[at]?.row
  const shown = data !== undefined
  useEffect(() => list.current?.focus(), [shown])
  const linkAsDuplicate = (other: TicketRow): void => {
    onClose()
    // The younger one is the duplicate.
    void link(other, other.createdAt > ticket.createdAt ? 'duplicated-by' : 'duplicate-of')
  }
  const acts = [
    { id: 'similar-open', title: 'Open the similar ticket', keys: ['o', 'Enter'], run: onOpenRow },
    { id: 'similar-link', title: 'Link as duplicate', keys: ['d'], run: linkAsDuplicate },
    { id: 'similar-merge', title: 'Merge with the similar ticket', keys: ['m'], run: onMerge },
  ]
  function onOpenRow(row: TicketRow): void {
    onOpen(row.id)
  }
  useCommands(
    chosen ? acts.map(({ run, ...command }) => ({ ...command, group: 'Ticket' as const, run: () => run(chosen) })) : [],
  )
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowDown' || event.key === 'j') setActive(Math.min(at + 1, found.length - 1))
    else if (event.key === 'ArrowUp' || event.key === 'k') setActive(Math.max(at - 1, 0))
    else {
      // A list keeps its keys from the console: those of commands act on the line that is chosen.
      const command = registry.find(combinationOf(event.nativeEvent))
      if (!command) return
      command.run()
    }
    event.preventDefault()
    event.stopPropagation()
  }
  const title = `Similar to ticket ${numberText(ticket.number)}`
  return (
    <Sheet title={title} onClose={onClose}>
      {shown && found.length === 0 && (
        <p className={classes.quiet}>
          No other ticket of about the same time has words of this subject that few others have.
        </p>
      )}
      <div
        ref={list}
        id={id}
        role="listbox"
        aria-label={title}
        aria-activedescendant={chosen ? `${id}-${at}` : undefined}
        tabIndex={0}
        className={classes.found}
        data-reasons
        onKeyDown={onKeyDown}
      >
        {found.map(({ row, ...why }, index) => (
          <div
            key={row.id}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === at}
            onClick={() => setActive(index)}
            onDoubleClick={() => onOpen(row.id)}
          >
            <span className={classes.number}>{numberText(row.number)}</span>
            <span className={classes.subject}>
              {row.subject}
              <small title={why.words.join(', ')}>{reasonText(why)}</small>
            </span>
            <span className={classes.side}>
              {configuration.statuses.find(({ key }) => key === row.status)?.label ?? row.status} ·{' '}
              {agoText(row.createdAt, now)}
            </span>
          </div>
        ))}
      </div>
      {chosen && (
        <div className={classes.line}>
          <p>Nothing is done before you say so.</p>
          <PageButton shortcut={keyOf('similar-open', 'o')} onClick={() => onOpen(chosen.id)}>
            Open {numberText(chosen.number)}
          </PageButton>
          <PageButton shortcut={keyOf('similar-link', 'd')} onClick={() => linkAsDuplicate(chosen)}>
            Link as duplicate
          </PageButton>
          <PageButton shortcut={keyOf('similar-merge', 'm')} onClick={() => onMerge(chosen)}>
            Merge…
          </PageButton>
        </div>
      )}
    </Sheet>
  )
}

/** `Same requester, 4 words in common: zebra, label, …`. */
function reasonText({ sameRequester, words }: Omit<SimilarTicket, 'row'>): string {
  const count = words.length === 1 ? '1 word' : `${words.length} words`
  const shared = `${count} in common: ${words.slice(0, 4).join(', ')}${words.length > 4 ? ', …' : ''}`
  return sameRequester ? `Same requester, ${shared}` : capital(shared)
}
