import { createContext, use, useCallback, useEffect, useMemo, useState, type ReactNode } from 'react'
import { flushSync } from 'react-dom'
import type { BulkChange } from '../../../src-shared/domain/bulk.ts'
import { isAboutMatrix } from '../../../src-shared/domain/priority-matrix.ts'
import type { Ticket, TicketPatch } from '../../../src-shared/domain/ticket.ts'
import { problemFrom } from '../../app/channel/link.ts'
import { useUndo } from '../../app/commands/undo.tsx'
import { useTenant } from '../../tenant/context.tsx'
import { useDesk } from '../../tenant/desk.tsx'
import { editTicket, inverseOf } from '../../tenant/edits.ts'
import { MacroDialog } from '../macros/later.ts'
import type { ReadyMacro } from '../macros/macro-dialog.tsx'
import { SnoozeDialog } from '../snooze/later.ts'
import { numberText } from '../tickets/words.ts'
import { ChoiceDialog, type ChoiceKind } from './choice-dialog.tsx'
import { describePatch } from './describe-patch.ts'
import type { NeededProps } from './needed-dialog.tsx'
import { NeededDialog } from './sheets-later.ts'
import { useChange } from './use-change.ts'
import { useOpenParts } from './use-open-parts.tsx'

/** The ticket that an action is about, with the values that it replaces. */
export interface Subject extends Omit<TicketPatch, 'tasks'>, Pick<Partial<Ticket>, 'tasks'> {
  id: string
  number: number
  subject: string
  /** Whether other tickets, or tasks that are not done, are parts of it. */
  hasParts?: boolean | undefined
}

interface Actions {
  /** @param before runs just before the edit, which may first have to be asked about */
  edit(ticket: Subject, patch: TicketPatch, before?: () => void): void
  /**
   * Changes several things at once, with one undo; asks for the fields that the ticket needs for it.
   * @param done in words
   * @param before as that of an edit
   */
  change(ticket: Subject, change: BulkChange, done: string, before?: () => void): void
  /** Offers the client's macros; what one sets is set, its text is handed over. */
  macro(ticket: Subject, onText: MacroText): void
  /** @param before runs when a value is picked, just before the edit */
  choose(kind: ChoiceKind | 'snooze', ticket: Subject, before?: () => void): void
}

/** Takes the text of a macro to where it is written on. */
export type MacroText = (ready: ReadyMacro & { text: string }) => void

/** What could not be changed without fields that are asked for, and how it is changed with them. */
interface Needed extends Pick<NeededProps, 'ticket' | 'patch' | 'message'> {
  run(patch: TicketPatch): void
}

interface Choice {
  kind: ChoiceKind | 'snooze'
  ticket: Subject
  before?: (() => void) | undefined
}

/** Whether a ticket is snoozed now. */
export function isAsleep({ snoozedUntil }: Pick<Subject, 'snoozedUntil'>): boolean {
  return snoozedUntil != null && Date.parse(snoozedUntil) > Date.now()
}

const ActionsContext = createContext<Actions | null>(null)

/** Edits with undo, and the dialogs that choose a value, for everything of one client. */
export function TicketActions({ children }: { children: ReactNode }) {
  const desk = useDesk()
  const tenant = useTenant()
  const [choice, setChoice] = useState<Choice | null>(null)
  const [macro, setMacro] = useState<{ ticket: Subject; onText: MacroText } | null>(null)
  const [needed, setNeeded] = useState<Needed | null>(null)
  const change = useChange()
  const undo = useUndo()
  const { ask, question } = useOpenParts()

  const run = useCallback(
    /** @param onMissing told where fields are needed for it; null where it takes back what was done */
    async (
      ticket: Subject,
      patch: TicketPatch,
      onMissing: ((message: string) => void) | null,
    ): Promise<Ticket | null> => {
      try {
        return (await undo.during(editTicket(tenant, ticket.id, patch, onMissing === null))).ticket
      } catch (error) {
        const { code, message } = problemFrom(error)
        if (code === 'field-missing' && onMissing) onMissing(message)
        else undo.fail(`Ticket ${numberText(ticket.number)} was not changed. ${message}`)
        return null
      }
    },
    [tenant, undo],
  )
  const edit = useCallback(
    async (ticket: Subject, patch: TicketPatch): Promise<void> => {
      const after = await run(ticket, patch, (message) =>
        setNeeded({ ticket, patch, message, run: (filled) => void edit(ticket, filled) }),
      )
      if (!after) return
      // A priority that followed by the client's matrix goes back with it.
      const follows = patch.priority === undefined && isAboutMatrix(desk.configuration, patch.customFields)
      const whole = follows && after.priority !== ticket.priority ? { ...patch, priority: after.priority } : patch
      const back = inverseOf(whole, ticket)
      undo.offer(
        `Ticket ${numberText(ticket.number)}: ${describePatch(whole, desk)}`,
        () => void run(ticket, back, null),
      )
    },
    [desk, run, undo],
  )
  const changeAll = useCallback(
    (ticket: Subject, all: BulkChange, done: string): void =>
      void change(ticket, all, done, (message) =>
        setNeeded({
          ...{ ticket, patch: all.patch, message },
          run: ({ customFields }) =>
            changeAll(ticket, { ...all, patch: { ...all.patch, ...(customFields && { customFields }) } }, done),
        }),
      ),
    [change],
  )
  // An offer to undo must not outlive the client that it is about.
  useEffect(() => () => undo.clear(), [undo])
  const actions = useMemo<Actions>(
    () => ({
      edit: (ticket, patch, before) =>
        ask(ticket, patch, () => {
          before?.()
          void edit(ticket, patch)
        }),
      change: (ticket, all, done, before) =>
        ask(ticket, all.patch, () => {
          before?.()
          changeAll(ticket, all, done)
        }),
      macro: (ticket, onText) => setMacro({ ticket, onText }),
      choose: (kind, ticket, before) => setChoice({ kind, ticket, before }),
    }),
    [ask, changeAll, edit],
  )
  const pick = ({ ticket, before }: Choice, patch: TicketPatch): void => {
    setChoice(null)
    actions.edit(ticket, patch, before)
  }
  return (
    <ActionsContext value={actions}>
      {children}
      {question}
      {needed && (
        <NeededDialog
          {...needed}
          onFill={(patch) => {
            setNeeded(null)
            needed.run(patch)
          }}
          onClose={() => setNeeded(null)}
        />
      )}
      {macro && (
        <MacroDialog
          ticket={macro.ticket}
          onPick={(ready) => {
            // The dialog gives the focus back before the text takes it.
            flushSync(() => setMacro(null))
            const { change: set, effect, problem } = ready
            if (problem !== null) return undo.fail(`“${ready.macro.label}” was not used. ${problem}`)
            if (set) actions.change(macro.ticket, set, effect)
            if (ready.text !== null) macro.onText({ ...ready, text: ready.text })
          }}
          onClose={() => setMacro(null)}
        />
      )}
      {choice?.kind === 'snooze' ? (
        <SnoozeDialog
          what={`${numberText(choice.ticket.number)} · ${choice.ticket.subject}`}
          asleep={isAsleep(choice.ticket)}
          onPick={(snoozedUntil) => pick(choice, { snoozedUntil })}
          onClose={() => setChoice(null)}
        />
      ) : (
        choice && (
          <ChoiceDialog
            kind={choice.kind}
            ticket={choice.ticket}
            desk={desk}
            onPick={(patch) => pick(choice, patch)}
            onClose={() => setChoice(null)}
          />
        )
      )}
    </ActionsContext>
  )
}

export function useTicketActions(): Actions {
  const actions = use(ActionsContext)
  if (!actions) throw new Error('no ticket actions around this component')
  return actions
}
