import { useLayoutEffect, useRef, type KeyboardEvent, type ReactNode } from 'react'
import classes from './page.module.css'

interface PageProps {
  title: string
  lead?: ReactNode
  /** Beside the title. */
  actions?: ReactNode
  children: ReactNode
}

/** A page of its own within the frame: it scrolls, and takes the focus so that keys reach it from the start. */
export function Page({ title, lead, actions, children }: PageProps) {
  const page = useRef<HTMLElement>(null)
  useLayoutEffect(() => page.current?.focus({ preventScroll: true }), [])
  return (
    <main ref={page} className={classes.page} tabIndex={-1} aria-label={title} onKeyDown={leaveChoice}>
      <div className={classes.column}>
        <header className={classes.head}>
          <div>
            <h2>{title}</h2>
            {lead && <p>{lead}</p>}
          </div>
          {actions}
        </header>
        {children}
      </div>
    </main>
  )
}

/** Esc leaves a choice, so that single keys act on the page again; a text keeps what Esc means to it. */
function leaveChoice(event: KeyboardEvent<HTMLElement>): void {
  if (event.key !== 'Escape' || event.defaultPrevented || !(event.target instanceof HTMLElement)) return
  if (!event.target.matches('input[type=radio], input[type=checkbox], select')) return
  event.preventDefault()
  event.currentTarget.focus({ preventScroll: true })
}

interface PageButtonProps {
  onClick(): void
  disabled?: boolean
  /** The one that a person came for. */
  primary?: boolean
  /** The key that does the same. */
  shortcut?: string
  children: ReactNode
}

/** A plain button of a page. */
export function PageButton({ onClick, disabled, primary, shortcut, children }: PageButtonProps) {
  return (
    <button
      type="button"
      className={classes.link}
      data-primary={primary || undefined}
      disabled={disabled}
      aria-keyshortcuts={shortcut}
      onClick={onClick}
    >
      {children}
      {shortcut && <kbd aria-hidden>{shortcut.replace(/^Control/, 'Ctrl')}</kbd>}
    </button>
  )
}
