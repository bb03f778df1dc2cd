import { notifications } from '@mantine/notifications'
import { createContext, use, useMemo, useRef, type ReactNode } from 'react'
import classes from '../../ui/undo.module.css'
import { useCommands } from './use-commands.tsx'

interface Undo {
  /** Says what was done and offers to take it back, by the button or by `z`. The newest offer counts. */
  offer(done: string, back: () => void): void
  /** Withdraws all offers, as when the client that they are about is left. */
  clear(): void
}

const UndoContext = createContext<Undo | null>(null)

/** Holds the one thing that can be undone in this window. */
export function UndoProvider({ children }: { children: ReactNode }) {
  const latest = useRef<(() => void) | null>(null)
  const undo = useMemo<Undo>(
    () => ({
      offer(done, back) {
        const run = (): void => {
          if (latest.current === run) latest.current = null
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
        latest.current = run
      },
      clear() {
        latest.current = null
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
      run: () => latest.current?.(),
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
