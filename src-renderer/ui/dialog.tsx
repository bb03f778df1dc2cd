import { useLayoutEffect, useRef, type ReactNode } from 'react'
import classes from './dialog.module.css'

interface DialogProps {
  label: string
  className?: string
  onClose(): void
  children: ReactNode
}

/** A modal dialog of the platform: it keeps the focus inside, closes on Esc or a click beside it, and gives the focus back. */
export function Dialog({ label, className, onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  useLayoutEffect(() => {
    const element = dialog.current
    element?.showModal()
    // It goes to the first button otherwise: what React focuses was not shown by then.
    element?.querySelector<HTMLElement>('[data-autofocus]')?.focus()
    return () => element?.close()
  }, [])
  return (
    <dialog
      ref={dialog}
      aria-label={label}
      className={`${classes.dialog} ${className ?? ''}`}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      onMouseDown={(event) => {
        if (event.target === dialog.current) onClose()
      }}
    >
      {children}
    </dialog>
  )
}
