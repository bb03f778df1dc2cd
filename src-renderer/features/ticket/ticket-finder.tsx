import { useQuery } from '@tanstack/react-query'
import { useDeferredValue, useId, useState } from 'react'
import type { TicketRow } from '../../../src-shared/domain/views.ts'
import { useTenant } from '../../tenant/context.tsx'
import { useDesk } from '../../tenant/desk.tsx'
import { searchQuery } from '../../tenant/queries.ts'
import { useEnter } from '../../ui/use-enter.ts'
import { numberText } from '../tickets/words.ts'
import classes from './sheet.module.css'

/** Tickets that are offered at most: those that can be told apart at a glance. */
const OFFERED = 6

interface TicketFinderProps {
  label: string
  /** The ticket that the other is looked for. */
  except: string
  onPick(row: TicketRow): void
}

/** Finds another ticket of this client by its words, by keyboard. */
export function TicketFinder({ label, except, onPick }: TicketFinderProps) {
  const tenant = useTenant()
  const { configuration } = useDesk()
  const [text, setText] = useState('')
  const [active, setActive] = useState(0)
  const id = useId()
  const searched = useDeferredValue(text.trim())
  const { data, isPlaceholderData } = useQuery({
    ...searchQuery(tenant, { text: searched, filter: {}, order: 'newest', limit: OFFERED + 1 }),
    enabled: searched !== '',
  })
  const found = searched === '' ? [] : (data ?? []).filter(({ row }) => row.id !== except).slice(0, OFFERED)
  const at = Math.min(active, found.length - 1)
  const settled = searched === text.trim() && data !== undefined && !isPlaceholderData
  const enter = useEnter(settled, () => {
    const chosen = found[at]?.row
    if (chosen) onPick(chosen)
  })
  return (
    <div className={classes.finder}>
      <input
        className={classes.field}
        role="combobox"
        aria-label={label}
        aria-expanded={found.length > 0}
        aria-controls={id}
        aria-activedescendant={found.length > 0 ? `${id}-${at}` : undefined}
        placeholder="Words of the other ticket"
        autoComplete="off"
        spellCheck={false}
        autoFocus
        value={text}
        onChange={(event) => {
          setText(event.target.value)
          setActive(0)
          enter.cancel()
        }}
        onKeyDown={(event) => {
          if (event.key === 'ArrowDown') setActive(Math.min(at + 1, found.length - 1))
          else if (event.key === 'ArrowUp') setActive(Math.max(at - 1, 0))
          else if (event.key === 'Enter') enter.press()
          else return
          event.preventDefault()
        }}
      />
      <div id={id} role="listbox" aria-label={label} className={classes.found}>
        {found.map(({ row }, index) => (
          <div
            key={row.id}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === at}
            onMouseMove={() => setActive(index)}
            onClick={() => onPick(row)}
          >
            <span className={classes.number}>{numberText(row.number)}</span>
            <span className={classes.subject}>{row.subject}</span>
            <span className={classes.side}>
              {configuration.statuses.find(({ key }) => key === row.status)?.label ?? row.status}
            </span>
          </div>
        ))}
      </div>
      {searched !== '' && data && found.length === 0 && <p className={classes.quiet}>No other ticket fits.</p>}
    </div>
  )
}
