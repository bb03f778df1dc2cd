import { IconPin, IconPinFilled } from '@tabler/icons-react'
import { memo } from 'react'
import type { ClientSummary } from '../../../src-shared/domain/views.ts'
import { dueText } from '../../app/shell/due-text.ts'
import { syncMessage } from '../../app/shell/sync-message.ts'
import { Tile } from '../../ui/tile.tsx'
import classes from './clients.module.css'

interface ClientCardProps {
  summary: ClientSummary
  onOpen(id: string): void
  onPin(id: string, pinned: boolean): void
}

/** One client: its figures, and how its data stands. Hundreds may be on the page, and one changes at a time. */
export const ClientCard = memo(function ClientCard({ summary, onOpen, onPin }: ClientCardProps) {
  const { id, name, known, pin } = summary
  const pinned = pin !== null
  // In the line of the industry, so that a card keeps its size.
  const state = syncMessage(summary.sync)
  return (
    <li className={classes.card}>
      <button className={classes.open} onClick={() => onOpen(id)}>
        <Tile initials={summary.initials} colour={summary.colour} logo={summary.logo} size={38} />
        <span className={classes.names}>
          <strong>{name}</strong>
          {state ? (
            <span data-tone={state.tone}>{state.text}</span>
          ) : (
            <span>
              {summary.onboarding ? 'On its way in' : summary.industry}
              {summary.credentialsDue > 0 && ` · ${dueText(summary.credentialsDue)}`}
            </span>
          )}
        </span>
        <span className={classes.figures}>
          <Figure value={summary.open} label="open" known={known} />
          <Figure value={summary.unread} label="unread" known={known} tone="accent" />
          <Figure value={summary.atRisk} label="at risk" known={known} tone="amber" />
        </span>
      </button>
      <button
        className={classes.pin}
        aria-label={`${pinned ? 'Unpin' : 'Pin'} ${name}`}
        aria-pressed={pinned}
        onClick={() => onPin(id, !pinned)}
      >
        {pinned ? <IconPinFilled size={15} /> : <IconPin size={15} />}
      </button>
    </li>
  )
})

interface FigureProps {
  value: number
  label: string
  known: boolean
  tone?: 'accent' | 'amber'
}

function Figure({ value, label, known, tone }: FigureProps) {
  return (
    <span
      className={classes.figure}
      data-tone={known && value > 0 ? tone : undefined}
      data-none={!known || value === 0 || undefined}
    >
      <b>{known ? value.toLocaleString('en') : '–'}</b> {label}
    </span>
  )
}
