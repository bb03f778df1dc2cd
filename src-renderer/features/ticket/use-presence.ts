import { useEffect, useMemo, useState } from 'react'
import type { Draft, EntryView } from '../../../src-shared/domain/views.ts'
import { useTenant } from '../../tenant/context.tsx'
import { useDesk } from '../../tenant/desk.tsx'
import { useHere } from '../../tenant/presence.ts'
import { useStore } from '../../ui/store.ts'
import { othersByTicket, type Other } from '../tickets/others.ts'
import type { EntryMode } from './entry-mode.ts'

/** Milliseconds without a letter after which nobody is writing any more, whatever is left in the field. */
const STILL = 180_000
const NOBODY: readonly Other[] = []

interface Written {
  ticketId: string
  mode: EntryMode
  text: string
  entries: readonly EntryView[]
  kept: readonly Draft[]
}

/**
 * Says to others what is written on a ticket here, and tells who else is there.
 * @returns `reply`: the last one that came, of somebody else, since the reply that is being written was begun; `begin`
 *   is to be called as one is begun
 */
export function usePresence({ ticketId, mode, text, entries, kept }: Written): {
  others: readonly Other[]
  reply: EntryView | null
  begin(): void
} {
  const { memory, present } = useTenant()
  const desk = useDesk()
  // What was written before, and not touched since, is not being written.
  const [still, setStill] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setStill(text), STILL)
    return () => clearTimeout(timer)
  }, [text])
  useHere(ticketId, mode === 'time' || text === '' || text === still ? 'view' : mode)

  const all = useStore(present)
  const others = useMemo(() => othersByTicket(all, desk).get(ticketId) ?? NOBODY, [all, desk, ticketId])
  const theirs = entries.filter(({ kind, author }) => kind === 'reply' && author.id !== desk.me)
  const begin = (at?: string): void => {
    const before = theirs.filter(({ createdAt }) => at === undefined || createdAt <= at)
    memory.begun.set(ticketId, new Set(before.map(({ id }) => id)))
  }
  useState(() => {
    if (mode !== 'reply' || text === '' || memory.begun.has(ticketId)) return
    // One that outlived its window: it was kept when it was begun.
    begin(memory.drafts.has(`reply:${ticketId}`) ? undefined : kept.find(({ kind }) => kind === 'reply')?.at)
  })
  const known = mode === 'reply' && text !== '' ? memory.begun.get(ticketId) : undefined
  return { others, reply: (known && theirs.findLast(({ id }) => !known.has(id))) ?? null, begin: () => begin() }
}
