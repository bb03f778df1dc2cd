import { Dialog } from '../../ui/dialog.tsx'
import { PageButton } from '../../ui/page.tsx'
import classes from './bulk.module.css'

interface BulkProgressProps {
  done: number
  total: number
  /** The change in words. */
  what: string
  onStop(): void
}

/** How far a change of very many is. What is done by then stays, and can be taken back. */
export function BulkProgress({ done, total, what, onStop }: BulkProgressProps) {
  const text = `${done.toLocaleString('en')} of ${total.toLocaleString('en')} tickets`
  return (
    <Dialog label={`Changing ${total.toLocaleString('en')} tickets`} onClose={onStop} className={classes.confirm}>
      <h2>{what}</h2>
      <p role="status">{text}</p>
      <progress value={done} max={total} aria-label={text} className={classes.progress} />
      <div className={classes.actions}>
        <PageButton onClick={onStop} shortcut="Esc">
          Stop
        </PageButton>
      </div>
    </Dialog>
  )
}
