import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import type { BulkChange } from '../../../src-shared/domain/bulk.ts'
import type { Macro } from '../../../src-shared/domain/macros.ts'
import { priorityAfter } from '../../../src-shared/domain/priority-matrix.ts'
import type { TicketDetail } from '../../../src-shared/domain/views.ts'
import { useIdentity, useTenant } from '../../tenant/context.tsx'
import { useDesk } from '../../tenant/desk.tsx'
import { ticketQuery } from '../../tenant/queries.ts'
import { Picker } from '../../ui/picker.tsx'
import { describeBulk, describePatch } from '../ticket/describe-patch.ts'
import { momentOf } from '../snooze/choices.ts'
import type { Subject } from '../ticket/ticket-actions.tsx'
import { numberText } from '../tickets/words.ts'
import { changeOf, textOf } from './fill.ts'
import { MacroLine } from './macro-line.tsx'
import { useMacroSearch } from './use-macro-search.ts'
import { About } from '../ticket/about.tsx'

/** A macro as it would be for one ticket. */
export interface ReadyMacro {
  macro: Macro
  text: string | null
  change: BulkChange | null
  /** What it sets, in words. */
  effect: string
  /** Why it cannot be used now; null where it can. */
  problem: string | null
  detail: TicketDetail
}

interface MacroDialogProps {
  ticket: Subject
  onPick(ready: ReadyMacro): void
  onClose(): void
}

/** Finds a canned text or a macro of the client, and shows what it would write and set before it does. */
export function MacroDialog({ ticket, onPick, onClose }: MacroDialogProps) {
  const tenant = useTenant()
  const identity = useIdentity()
  const desk = useDesk()
  const { data: detail } = useQuery(ticketQuery(tenant, ticket.id))
  const [now] = useState(() => Date.now())
  const all = useMemo(() => {
    if (!detail) return []
    const moment = momentOf(desk.configuration, identity.timeZone, now)
    return (desk.configuration.macros ?? []).map((macro): ReadyMacro & { label: string } => {
      const set = changeOf(macro, desk, moment)
      const change = 'change' in set ? set.change : null
      const text = textOf(macro, { detail, desk, client: identity, now })
      const follows = change && priorityAfter(desk.configuration, detail.ticket, change.patch)
      const people = detail.ownFields?.people
      const effect = change ? describeBulk(change, desk, people) : ''
      const more = follows && follows !== detail.ticket.priority ? describePatch({ priority: follows }, desk) : ''
      return {
        ...{ macro, label: macro.label, text, change, detail },
        effect: [effect, more && `by the matrix ${more}`].filter(Boolean).join(', '),
        problem: 'problem' in set ? set.problem : null,
      }
    })
  }, [detail, desk, identity, now])
  const search = useMacroSearch(all)
  return (
    <Picker
      label="Canned replies and macros"
      placeholder="Find a canned reply or macro"
      context={
        <About>
          {numberText(ticket.number)} · {ticket.subject}
        </About>
      }
      search={search}
      keyOf={({ one: ready }) => ready.macro.key}
      render={({ one: ready, indexes }) => (
        <MacroLine
          {...{ macro: ready.macro, indexes, effect: ready.effect, problem: ready.problem, text: ready.text }}
        />
      )}
      empty={detail ? 'Nothing here goes by that name.' : ''}
      onPick={({ one: ready }) => onPick(ready)}
      onClose={onClose}
    />
  )
}
