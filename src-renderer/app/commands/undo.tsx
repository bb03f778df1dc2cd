import { createContext, use, useMemo, useRef, type ReactNode } from 'react'
import { Store } from '../../ui/store.ts'
import { useCommands } from './use-commands.tsx'

/** A line in the status bar about what was just done, or could not be. */
export interface Notice {
  text: string
  /** Takes it back, where that is possible. */
  back: (() => void) | null
  bad: boolean
}

interface Undo {
  readonly notice: Store<Notice | null>
  /** Says what was done and offers to take it back, by the button or by `z`. `z` again takes back the one before. */
  offer(done: string, back: () => void): void
  /** Tells of an act that is on its way and may offer to be taken back: `z` waits for it, rather than take back another. */
  during<Value>(act: Promise<Value>): Promise<Value>
  /** Says that something was done that needs no way back. */
  say(text: string): void
  /** Says that something could not be done; stays until it is dismissed or something else is said. */
  fail(text: string): void
  dismiss(): void
  /** Withdraws all offers, as when the client that they are about is left. */
  clear(): void
}

const UndoContext = createContext<Undo | null>(null)

/** Offers that `z` reaches back to. */
const DEPTH = 20
const SHOWN_MS = 9000

/** Holds what can be undone in this window, newest last, and what is said about it. */
export function UndoProvider({ children }: { children: ReactNode }) {
  const offers = useRef<(() => void)[]>([])
  const underWay = useRef({ acts: 0, wanted: 0 })
  const undo = useMemo<Undo>(() => {
    const notice = new Store<Notice | null>(null)
    let timer: ReturnType<typeof setTimeout> | undefined
    const say = (next: Notice | null): void => {
      clearTimeout(timer)
      notice.set(next)
      if (next && !next.bad) timer = setTimeout(() => notice.set(null), SHOWN_MS)
    }
    return {
      notice,
      offer(text, back) {
        const run = (): void => {
          offers.current = offers.current.filter((other) => other !== run)
          if (notice.get()?.back === run) say(null)
          back()
        }
        offers.current = [...offers.current.slice(1 - DEPTH), run]
        say({ text, back: run, bad: false })
      },
      async during(act) {
        const state = underWay.current
        state.acts++
        try {
          return await act
        } finally {
          // Whoever waits for the act makes the offer first.
          setTimeout(() => {
            if (--state.acts > 0) return
            for (; state.wanted > 0; state.wanted--) offers.current.at(-1)?.()
          })
        }
      },
      say: (text) => say({ text, back: null, bad: false }),
      fail: (text) => say({ text, back: null, bad: true }),
      dismiss: () => say(null),
      clear() {
        offers.current = []
        underWay.current.wanted = 0
        say(null)
      },
    }
  }, [])
  useCommands([
    {
      id: 'undo',
      title: 'Undo the last change',
      group: 'Ticket',
      keys: ['z', 'Mod+Z'],
      run: () => {
        if (underWay.current.acts > 0) underWay.current.wanted++
        else offers.current.at(-1)?.()
      },
    },
  ])
  return <UndoContext value={undo}>{children}</UndoContext>
}

/** How to offer an undo, and to say what went wrong. */
export function useUndo(): Undo {
  const undo = use(UndoContext)
  if (!undo) throw new Error('no undo around this component')
  return undo
}
