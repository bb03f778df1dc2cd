import { useState } from 'react'
import { useIdentity } from '../../tenant/context.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { PageButton } from '../../ui/page.tsx'
import { Tile } from '../../ui/tile.tsx'
import { sameName } from '../tickets/same-name.ts'
import classes from '../tickets/bulk.module.css'
import { numberText } from '../tickets/words.ts'

interface ReplyConfirmProps {
  number: number
  /** Name of the person who would read it. */
  to: string
  onSend(): void
  onClose(): void
}

/** Asks for the client's name before somebody outside reads what is sent from a client that one has only just come to. */
export function ReplyConfirm({ number, to, onSend, onClose }: ReplyConfirmProps) {
  const { name, initials, colour, logo } = useIdentity()
  const [typed, setTyped] = useState('')
  const ready = sameName(typed, name)
  return (
    <Dialog label="Send this reply?" onClose={onClose} className={classes.confirm}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (ready) onSend()
        }}
      >
        <div className={classes.client}>
          <Tile initials={initials} colour={colour} logo={logo} size={20} /> {name}
        </div>
        <h2>Send this reply?</h2>
        <p>
          You have only just come here from another client. {to} would read this on ticket {numberText(number)}.
        </p>
        <label className={classes.typed}>
          <span>
            Type <b>{name}</b> to send it to this client
          </span>
          <input
            value={typed}
            spellCheck={false}
            autoComplete="off"
            autoFocus
            aria-label={`Type ${name} to confirm`}
            onChange={(event) => setTyped(event.target.value)}
          />
        </label>
        <div className={classes.actions}>
          <PageButton onClick={onClose} shortcut="Esc">
            Cancel
          </PageButton>
          <PageButton primary shortcut="Enter" disabled={!ready} onClick={onSend}>
            Send reply
          </PageButton>
        </div>
      </form>
    </Dialog>
  )
}
