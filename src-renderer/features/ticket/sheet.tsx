import { IconX } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useCommands } from '../../app/commands/use-commands.tsx'
import classes from './sheet.module.css'

interface SheetProps {
  title: string
  onClose(): void
  children: ReactNode
}

/** What one does to a ticket with another, above its conversation, which stays in sight and in use. Esc closes it. */
export function Sheet({ title, onClose, children }: SheetProps) {
  useCommands([{ id: 'back', title: `Close “${title}”`, group: 'Ticket', keys: ['Escape'], run: onClose }])
  return (
    <section
      className={classes.sheet}
      aria-label={title}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        event.preventDefault()
        event.stopPropagation()
        onClose()
      }}
    >
      <header className={classes.head}>
        <h3>{title}</h3>
        <button className={classes.close} aria-label="Close" title="Close (Esc)" onClick={onClose}>
          <IconX size={15} />
        </button>
      </header>
      {children}
    </section>
  )
}
