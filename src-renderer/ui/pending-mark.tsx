import classes from './pending-mark.module.css'

/**
 * A small mark that something has not reached the cloud. It stands in space that is always there (a gutter, or the slot
 * that {@link PendingSlot} keeps), so that nothing moves when it comes and goes.
 */
export function PendingMark({ className }: { className?: string | undefined }) {
  return (
    <span className={`${classes.mark} ${className ?? ''}`} title="Waiting for the cloud">
      <span className={classes.words}>Waiting for the cloud</span>
    </span>
  )
}

/** Space for a {@link PendingMark}, taken whether it shows or not. */
export function PendingSlot({ pending }: { pending: boolean }) {
  return <span className={classes.slot}>{pending && <PendingMark />}</span>
}
