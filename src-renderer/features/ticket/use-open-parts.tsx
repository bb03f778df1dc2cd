import { useCallback, useState, type ReactNode } from 'react'
import type { BulkPreview } from '../../../src-shared/domain/bulk.ts'
import { isOver } from '../../../src-shared/domain/configuration.ts'
import type { TicketPatch } from '../../../src-shared/domain/ticket.ts'
import type { TicketDetail } from '../../../src-shared/domain/views.ts'
import { useUndo } from '../../app/commands/undo.tsx'
import { previewBulk } from '../../tenant/bulk.ts'
import { useTenant } from '../../tenant/context.tsx'
import { useDesk } from '../../tenant/desk.tsx'
import { problemFrom } from '../../app/channel/link.ts'
import { keys } from '../../tenant/queries.ts'
import { numberText } from '../tickets/words.ts'
import { hasParts } from './relations.ts'
import { OpenPartsQuestion } from './sheets-later.ts'
import type { Subject } from './ticket-actions.tsx'

interface Asked {
  ticket: Subject
  /** The one that it is to get. */
  status: string
  open: Pick<BulkPreview, 'openParts' | 'openTasks'>
  go(): void
}

/** Asks before a ticket is resolved or closed while tickets that it contains, or tasks of it, are still open. */
export function useOpenParts(): {
  /** Goes on at once where nothing has to be asked. */
  ask(ticket: Subject, patch: TicketPatch, go: () => void): void
  question: ReactNode
} {
  const tenant = useTenant()
  const desk = useDesk()
  const undo = useUndo()
  const [asked, setAsked] = useState<Asked | null>(null)
  const ask = useCallback(
    (ticket: Subject, patch: TicketPatch, go: () => void): void => {
      const { status } = patch
      // A row of the list may be older than the ticket that was on screen just now.
      const seen = tenant.queries.getQueryData<TicketDetail>(keys.ticket(ticket.id))
      const parts = ticket.hasParts || (seen && hasParts(seen.ticket))
      if (!parts || status === undefined || !isOver(desk.configuration.statuses, status)) return go()
      previewBulk(tenant, [ticket.id], { patch: { status }, addTags: [], removeTags: [] }).then(
        (open) => (open.openParts.count + open.openTasks.count > 0 ? setAsked({ ticket, status, open, go }) : go()),
        (error: unknown) =>
          undo.fail(`Ticket ${numberText(ticket.number)} was not changed. ${problemFrom(error).message}`),
      )
    },
    [desk, tenant, undo],
  )
  const question = asked && (
    <OpenPartsQuestion
      number={asked.ticket.number}
      status={asked.status}
      open={asked.open}
      onConfirm={() => {
        setAsked(null)
        asked.go()
      }}
      onClose={() => setAsked(null)}
    />
  )
  return { ask, question }
}
