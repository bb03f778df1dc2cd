import { createContext, use, useLayoutEffect, useMemo, useRef, useState, type ReactNode, type RefObject } from 'react'
import type { Command } from '../../app/commands/commands.ts'
import { useCommands } from '../../app/commands/use-commands.tsx'

/** What the keys do on one row: a field of a conflict, or a refused edit. */
export interface RowActions {
  mine?(): void
  theirs?(): void
  other?(): void
  confirm(): void
  giveUp?(): void
  open?(): void
}

interface Cursor {
  add(row: HTMLElement, actions: RefObject<RowActions>): () => void
}

const CursorContext = createContext<Cursor | null>(null)
const ROW = '[data-inbox-row]'

/**
 * Leads the keys over the rows of everything inside, of whichever client they are: the row in focus is the one that keys
 * decide. A row that goes gives the focus to the one in its place.
 */
export function InboxCursor({ children }: { children: ReactNode }) {
  const area = useRef<HTMLDivElement>(null)
  const known = useRef(new Map<HTMLElement, RefObject<RowActions>>())
  const lastIndex = useRef(0)
  const [any, setAny] = useState(false)

  const rows = (): HTMLElement[] => [...(area.current?.querySelectorAll<HTMLElement>(ROW) ?? [])]
  const focused = (): HTMLElement | null => document.activeElement?.closest<HTMLElement>(ROW) ?? null
  const focusAt = (index: number): void => {
    const all = rows()
    const row = all[Math.max(0, Math.min(index, all.length - 1))]
    row?.focus({ preventScroll: true })
    row?.scrollIntoView({ block: 'nearest' })
  }
  const cursor = useMemo<Cursor>(
    () => ({
      add(row, actions) {
        known.current.set(row, actions)
        setAny(true)
        keepFocus()
        return () => {
          known.current.delete(row)
          setAny(known.current.size > 0)
          keepFocus()
        }
      },
    }),
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [],
  )
  /** Only where nobody has the focus: a person who is elsewhere stays there. */
  const keepFocus = (): void => {
    setTimeout(() => {
      const active = document.activeElement
      if (!active || active === document.body || active.matches('main')) focusAt(lastIndex.current)
    })
  }
  const step = (by: number): void => {
    const row = focused()
    focusAt(row ? rows().indexOf(row) + by : 0)
  }
  const act = (name: keyof RowActions) => (): void => {
    const row = focused() ?? rows()[0]
    if (!row) return
    if (row !== focused()) row.focus()
    known.current.get(row)?.current[name]?.()
  }
  const command = (id: string, title: string, keys: string[], run: () => void) =>
    ({ id: `inbox-${id}`, title, group: 'Inbox', keys, run }) as const
  const commands: Command[] = [
    { ...command('next', 'Next field', ['ArrowDown', 'j'], () => step(1)), palette: false },
    { ...command('previous', 'Previous field', ['ArrowUp', 'k'], () => step(-1)), palette: false },
    command('mine', 'Keep mine', ['1', 'm'], act('mine')),
    command('theirs', 'Take theirs', ['2', 't'], act('theirs')),
    command('other', 'Write a third value, or mend', ['3', 'e'], act('other')),
    command('confirm', 'Save the decision, or send again', ['Enter'], act('confirm')),
    command('give-up', 'Give the edit up', ['x'], act('giveUp')),
    command('open', 'Open the ticket', ['o'], act('open')),
  ]
  useCommands(any ? commands : [])
  return (
    <CursorContext value={cursor}>
      <div
        ref={area}
        onFocus={() => {
          const row = focused()
          if (row) lastIndex.current = rows().indexOf(row)
        }}
      >
        {children}
      </div>
    </CursorContext>
  )
}

/** Makes an element a row that the keys lead over. */
export function useInboxRow(row: RefObject<HTMLElement | null>, actions: RowActions): void {
  const cursor = use(CursorContext)
  const holder = useRef(actions)
  useLayoutEffect(() => {
    holder.current = actions
  })
  useLayoutEffect(() => (row.current && cursor ? cursor.add(row.current, holder) : undefined), [row, cursor])
}
