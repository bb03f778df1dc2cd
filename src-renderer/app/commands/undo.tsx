import { notifications } from '@mantine/notifications'
import { createContext, use, useMemo, useRef, type ReactNode } from 'react'
import classes from '../../ui/undo.module.css'
import { useCommands } from './use-commands.tsx'

interface Undo {
  /** Says what was done and offers to take it back, by the button or by `z`. `z` again takes back the one before. */
  offer(done: string, back: () => void): void
  /** Withdraws all offers, as when the client that they are about is left. */
  clear(): void
}

const UndoContext = createContext<Undo | null>(null)

/** Offers that `z` reaches back to. */
const DEPTH = 20

/** Holds what can be undone in this window, newest last. */
export function UndoProvider({ children }: { children: ReactNode }) {
  const offers = useRef<(() => void)[]>([])
  const undo = useMemo<Undo>(
    () => ({
      offer(done, back) {
        const run = (): void => {
          offers.current = offers.current.filter((other) => other !== run)
          notifications.hide(id)
          back()
        }
        const id = notifications.show({
          withBorder: true,
          closeButtonProps: { 'aria-label': 'Dismiss' },
          message: (
            <span className={classes.toast}>
              <span>{done}</span>
              <button className={classes.undo} onClick={run}>
                Undo <kbd>z</kbd>
              </button>
            </span>
          ),
        })
        offers.current = [...offers.current.slice(1 - DEPTH), run]
      },
      clear() {
        offers.current = []
        notifications.clean()
      },
    }),
    [],
  )
  useCommands([
    {
      id: 'undo',
      title: 'Undo the last change',
      group: 'Ticket',
      keys: ['z', 'Mod+Z'],
      run: () => offers.current.at(-1)?.(),
    },
  ])
  return <UndoContext value={undo}>{children}</UndoContext>
}

/** How to offer an undo. */
export function useUndo(): Undo {
  const undo = use(UndoContext)
  if (!undo) throw new Error('no undo around this component')
  return undo
}
