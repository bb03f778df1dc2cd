import { IconPlus, IconX } from '@tabler/icons-react'
import type { TicketDetail, TicketLinkView } from '../../../src-shared/domain/views.ts'
import { useUndo } from '../../app/commands/undo.tsx'
import { useTenant } from '../../tenant/context.tsx'
import { linkTicket, unlinkTicket } from '../../tenant/ticket-acts.ts'
import { numberText } from '../tickets/words.ts'
import { RELATIONS } from './relations.ts'
import classes from './links.module.css'
import filesClasses from './files.module.css'
import ticketClasses from './ticket.module.css'
import { useAct } from './use-act.ts'

interface LinksProps {
  detail: TicketDetail
  onLink(): void
  onOpen(ticketId: string): void
}

/** The tickets that this one is linked to. */
export function Links({ detail: { ticket, links }, onLink, onOpen }: LinksProps) {
  const tenant = useTenant()
  const act = useAct()
  const undo = useUndo()
  const name = `Ticket ${numberText(ticket.number)}`
  const remove = async ({ relation, ticket: other }: TicketLinkView): Promise<void> => {
    const link = { id: ticket.id, otherId: other.id, relation }
    if (!(await act(`${name} is still linked.`, () => unlinkTicket(tenant, link)))) return
    undo.offer(
      `${name}: no longer ${RELATIONS[relation].toLowerCase()} ${numberText(other.number)}`,
      () => void act(`${name} was not linked.`, () => linkTicket(tenant, link)),
    )
  }
  return (
    <section className={ticketClasses.group} aria-label="Linked tickets">
      <header className={filesClasses.head}>
        <h3>Linked tickets</h3>
        <button className={filesClasses.tool} aria-label="Link a ticket" title="Link a ticket (L)" onClick={onLink}>
          <IconPlus size={14} />
        </button>
      </header>
      {links.length === 0 && <p className={ticketClasses.quiet}>None.</p>}
      <ul className={classes.links}>
        {links.map((link) => {
          const { relation, ticket: other } = link
          return (
            <li key={`${relation}:${other.id}`}>
              <button className={classes.open} title={other.subject} onClick={() => onOpen(other.id)}>
                <span>{RELATIONS[relation]}</span> {numberText(other.number)} {other.subject}
              </button>
              <button
                className={classes.remove}
                aria-label={`Unlink ${RELATIONS[relation].toLowerCase()} ${numberText(other.number)}`}
                title="Unlink"
                onClick={() => void remove(link)}
              >
                <IconX size={12} />
              </button>
            </li>
          )
        })}
      </ul>
    </section>
  )
}
