import { IconArrowDown, IconArrowUp, IconCheck, IconLayoutRows } from '@tabler/icons-react'
import { go } from 'fuzzysort'
import { useState, type KeyboardEvent } from 'react'
import { MAX_COLUMNS } from '../../../src-shared/domain/layout.ts'
import type { Desk } from '../../../src-shared/domain/views.ts'
import { useUndo } from '../../app/commands/undo.tsx'
import type { ListView } from '../../tenant/memory.ts'
import { Marked, Picker } from '../../ui/picker.tsx'
import { allColumns, ALWAYS, clamp, columnOf, moved, USUAL, type Column } from './columns.ts'
import classes from './columns.module.css'
import { sortBy, sortedBy, type ListLayout } from './use-layout.ts'

interface ColumnsDialogProps {
  desk: Desk
  view: ListView
  layout: ListLayout
  onChange(part: Partial<ListView>): void
  onClose(): void
}

interface Offer {
  column: Column
  /** Place among those that are shown; -1 where it is not. */
  place: number
  indexes: readonly number[]
}

/** px that a column becomes wider or narrower at once. */
const STEP = 16

/** Which columns the list shows, in which order and how wide; what it goes by and is parted by. All of it by keyboard. */
export function ColumnsDialog({ desk, view, layout, onChange, onClose }: ColumnsDialogProps) {
  const undo = useUndo()
  const [before] = useState(layout.columns)
  const [said, setSaid] = useState('')
  const { columns: shown } = layout
  const hidden = allColumns(desk).filter(({ key, gone }) => !gone && !shown.some((column) => column.key === key))
  const offers: Offer[] = [
    ...shown.map((column, place) => ({ column, place, indexes: [] })),
    ...hidden.map((column) => ({ column, place: -1, indexes: [] })),
  ]
  const search = (text: string): readonly Offer[] => {
    if (text.trim() === '') return offers
    return go(text.trim(), offers, { key: ({ column }) => column.label, limit: 0, threshold: 0.2 }).map((result) => ({
      ...result.obj,
      indexes: [...result.indexes],
    }))
  }
  const toggle = ({ column: { key, label } }: Offer): void => {
    const now = layout.current()
    const isShown = now.some((column) => column.key === key)
    if (!isShown && now.length >= MAX_COLUMNS) return setSaid(`A list shows at most ${MAX_COLUMNS} columns.`)
    if (ALWAYS.includes(key)) return setSaid(`${label} is in every list.`)
    setSaid(isShown ? `${label} is not shown any more.` : `${label} is shown.`)
    layout.set(isShown ? now.filter((column) => column.key !== key) : [...now, columnOf(key, desk)])
  }
  const move = ({ column: { key, label } }: Offer, by: number): void => {
    const now = layout.current()
    const place = now.findIndex((column) => column.key === key)
    const to = place + by
    if (place < 0 || to < 0 || to >= now.length) return
    setSaid(`${label} is column ${to + 1} of ${now.length}.`)
    layout.set(moved(now, place, to))
  }
  const widen = ({ column: { key, label } }: Offer, by: number): void => {
    const now = layout.current()
    const column = now.find((one) => one.key === key)
    if (!column) return
    const width = clamp(column.width + by)
    setSaid(`${label} is ${width} px wide.`)
    layout.set(now.map((one) => (one.key === key ? { ...one, width } : one)))
  }
  const sorted = sortedBy(view)
  const onKey = ({ key, code, altKey }: KeyboardEvent, offer: Offer | undefined): boolean => {
    if (!altKey || !offer) return false
    if (key === 'ArrowUp') move(offer, -1)
    else if (key === 'ArrowDown') move(offer, 1)
    else if (key === 'ArrowLeft') widen(offer, -STEP)
    else if (key === 'ArrowRight') widen(offer, STEP)
    else if (code === 'KeyS') onChange(sortBy(view, offer.column))
    else if (code === 'KeyG' && offer.column.groups)
      onChange({ group: view.group === offer.column.key ? null : offer.column.key })
    else return false
    return true
  }
  const reset = (): void => {
    setSaid('The usual columns are shown.')
    layout.set(USUAL.map((key) => columnOf(key, desk)))
  }
  const close = (): void => {
    if (before !== layout.columns) undo.offer('Columns changed', () => layout.set(before))
    onClose()
  }
  return (
    <Picker
      label="Columns"
      placeholder="Find a column"
      context={
        <div className={classes.context}>
          <b>Columns</b>
          <span>{layout.ofView ? 'of this view: keep them with it in its menu (v)' : 'your own for this client'}</span>
          <button onClick={reset}>The usual ones</button>
        </div>
      }
      search={search}
      keyOf={({ column }) => column.key}
      render={({ column, place, indexes }) => (
        <span
          className={classes.line}
          data-shown={place >= 0 || undefined}
          data-first={place < 0 && column === hidden[0] ? true : undefined}
        >
          <span className={classes.box} aria-label={place >= 0 ? 'Shown' : 'Not shown'} role="img">
            {place >= 0 && <IconCheck size={13} stroke={2.4} />}
          </span>
          <span className={classes.label}>
            <Marked text={column.label} indexes={indexes} />
          </span>
          {column.gone && <small>retired</small>}
          {sorted?.key === column.key &&
            (sorted.direction === 'ascending' ? (
              <IconArrowUp size={14} aria-label="The list goes by it" />
            ) : (
              <IconArrowDown size={14} aria-label="The list goes by it, turned round" />
            ))}
          {view.group === column.key && <IconLayoutRows size={14} aria-label="The list is parted by it" />}
          {place >= 0 && <small>{column.width} px</small>}
        </span>
      )}
      empty="Nothing that lists of this client can show goes by that name."
      footer={
        <div className={classes.footer}>
          <span className={classes.said} role="status">
            {said}
          </span>
          <span>
            <kbd>Enter</kbd> show or hide
          </span>
          <span>
            <kbd>Alt ↑↓</kbd> move
          </span>
          <span>
            <kbd>Alt ←→</kbd> width
          </span>
          <span>
            <kbd>Alt S</kbd> sort
          </span>
          <span>
            <kbd>Alt G</kbd> group
          </span>
        </div>
      }
      onPick={toggle}
      onKey={onKey}
      onClose={close}
    />
  )
}
