import { Button, Textarea } from '@mantine/core'
import { useState } from 'react'
import confirm from '../../ui/confirm.module.css'
import { Dialog } from '../../ui/dialog.tsx'

interface ReasonDialogProps {
  title: string
  /** What happens, and what does not. */
  text: string
  /** The verb on the button. */
  action: string
  danger?: boolean
  onReason(reason: string): void
  onClose(): void
}

/** Asks why, before something that is told to everybody who looks at it later. */
export function ReasonDialog({ title, text, action, danger, onReason, onClose }: ReasonDialogProps) {
  const [reason, setReason] = useState('')
  const ready = reason.trim().length >= 3
  return (
    <Dialog label={title} onClose={onClose} className={confirm.confirm ?? ''}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (ready) onReason(reason.trim())
        }}
      >
        <h2>{title}</h2>
        <p>{text}</p>
        <Textarea
          label="Why"
          autoFocus
          rows={2}
          maxLength={500}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.shiftKey) return
            event.preventDefault()
            if (ready) onReason(reason.trim())
          }}
        />
        <div className={confirm.actions}>
          <Button size="sm" variant="default" onClick={onClose}>
            Back
          </Button>
          <Button size="sm" type="submit" disabled={!ready} {...(danger ? { color: 'red' } : {})}>
            {action}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
