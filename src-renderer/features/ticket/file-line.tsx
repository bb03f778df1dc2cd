import { IconFile } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { PendingMark } from '../../ui/pending-mark.tsx'
import { bytes } from '../../ui/bytes.ts'
import classes from './files.module.css'

interface FileLineProps {
  name: string
  size: number
  /** In place of the usual icon. */
  preview?: ReactNode
  /** Part done of what is under way, 0 to 1. */
  share: number | null
  /** What happens to it, in a few words; empty where nothing does. */
  state: string
  bad?: boolean
  pending?: boolean
  /** What a click on its name does. */
  onOpen?: (() => void) | undefined
  actions: readonly { label: string; run(): void }[]
}

/** One file: name, size, how it stands, and what can be done with it. */
export function FileLine({ name, size, preview, share, state, bad, pending, onOpen, actions }: FileLineProps) {
  return (
    <li className={classes.file} data-testid="file">
      {pending && <PendingMark className={classes.pending} />}
      <span className={classes.icon}>{preview ?? <IconFile size={16} stroke={1.6} />}</span>
      <span className={classes.facts}>
        {onOpen ? (
          <button className={classes.open} title={`Save ${name}`} onClick={onOpen}>
            {name}
          </button>
        ) : (
          <span className={classes.name}>{name}</span>
        )}
        <span className={classes.state} data-bad={bad || undefined} role={bad ? 'alert' : undefined}>
          {[bytes(size), state].filter(Boolean).join(' · ')}
        </span>
        {share !== null && (
          <span className={classes.bar} aria-hidden>
            <progress value={share} />
          </span>
        )}
        {actions.length > 0 && (
          <span className={classes.actions}>
            {actions.map(({ label, run }) => (
              <button key={label} aria-label={`${label}: ${name}`} onClick={run}>
                {label}
              </button>
            ))}
          </span>
        )}
      </span>
    </li>
  )
}
