import { Button } from '@mantine/core'
import classes from './confirm.module.css'
import { Dialog } from './dialog.tsx'

interface ConfirmProps {
  title: string
  /** What happens, and what does not. */
  text: string
  /** The verb on the button. */
  action: string
  /** It cannot be undone: the button is red, and the focus is on the one that does nothing. */
  danger?: boolean
  onConfirm(): void
  onClose(): void
}

/** Asks once before something that a person would not want by accident. */
export function Confirm({ title, text, action, danger, onConfirm, onClose }: ConfirmProps) {
  return (
    <Dialog label={title} onClose={onClose} className={classes.confirm}>
      <h2>{title}</h2>
      <p>{text}</p>
      <div className={classes.actions}>
        <Button size="sm" variant="default" onClick={onClose} data-autofocus={danger || undefined}>
          Cancel
        </Button>
        <Button
          size="sm"
          onClick={onConfirm}
          data-autofocus={!danger || undefined}
          {...(danger ? { color: 'red' } : {})}
        >
          {action}
        </Button>
      </div>
    </Dialog>
  )
}
