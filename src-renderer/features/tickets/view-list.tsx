import { IconPencil, IconTrash, IconUsers } from '@tabler/icons-react'
import { useEffect, useRef, type KeyboardEvent } from 'react'
import type { SavedViewView } from '../../../src-shared/domain/views.ts'
import { useKeyOf } from '../../app/commands/key-of.ts'
import { PendingSlot } from '../../ui/pending-mark.tsx'
import classes from './views.module.css'

interface ViewListProps {
  /** Null until they are known. */
  views: readonly SavedViewView[] | null
  currentId: string | null
  me: string
  /** The list shows other than its view says. */
  changed: boolean
  onChoose(view: SavedViewView): void
  onRename(view: SavedViewView): void
  onRemove(view: SavedViewView): void
  onUpdate: (() => void) | null
  onSave(): void
}

/** Everybody's views and one's own: arrows and Enter choose, `r` renames, Delete removes. */
export function ViewList(props: ViewListProps) {
  const keyOf = useKeyOf()
  const { currentId, me, changed, onChoose, onRename, onRemove, onUpdate, onSave } = props
  const known = props.views !== null
  const views = props.views ?? []
  const list = useRef<HTMLDivElement>(null)
  const step = (by: number): void => {
    const items = [...(list.current?.querySelectorAll<HTMLElement>('[data-item]') ?? [])]
    const at = items.findIndex((item) => item === document.activeElement)
    items[(at + by + items.length) % items.length]?.focus()
  }
  useEffect(() => {
    const first = list.current?.querySelector<HTMLElement>('[data-item]')
    const current = list.current?.querySelector<HTMLElement>('[data-item][aria-current]')
    // Until they are known the list itself takes the keys: Enter must not mean what happens to stand there first.
    const place = known ? (current ?? first) : list.current
    place?.focus({ preventScroll: true })
  }, [known])
  const onKeyDown = (event: KeyboardEvent): void => {
    const id = document.activeElement instanceof HTMLElement ? document.activeElement.dataset['view'] : undefined
    const view = views.find((one) => one.id === id)
    if (event.key === 'ArrowDown' || event.key === 'j') step(1)
    else if (event.key === 'ArrowUp' || event.key === 'k') step(-1)
    else if (event.key === 'r' && view) onRename(view)
    else if ((event.key === 'Delete' || event.key === 'Backspace') && view) {
      step(1)
      onRemove(view)
    } else return
    event.preventDefault()
    event.stopPropagation()
  }
  const [shared, mine] = [
    views.filter(({ ownerId }) => ownerId === null),
    views.filter(({ ownerId }) => ownerId === me),
  ]
  const groups = [
    { name: 'Everybody’s', of: shared },
    { name: 'Mine', of: mine },
  ].filter((group) => group.of.length > 0)
  return (
    <div ref={list} className={classes.list} tabIndex={-1} onKeyDown={onKeyDown}>
      {groups.map((group) => (
        <section key={group.name} aria-label={group.name}>
          <h3>{group.name}</h3>
          {group.of.map((view) => (
            <div key={view.id} className={classes.view}>
              <button
                className={classes.name}
                data-item
                data-view={view.id}
                aria-current={view.id === currentId || undefined}
                onClick={() => onChoose(view)}
              >
                {view.ownerId === null && <IconUsers size={14} />}
                <span>{view.name}</span>
                <PendingSlot pending={view.pending} />
              </button>
              <button
                className={classes.tool}
                tabIndex={-1}
                aria-label={`Rename ${view.name}`}
                title="Rename (r)"
                onClick={() => onRename(view)}
              >
                <IconPencil size={13} />
              </button>
              <button
                className={classes.tool}
                tabIndex={-1}
                aria-label={`Remove ${view.name}`}
                title="Remove (Delete)"
                onClick={() => onRemove(view)}
              >
                <IconTrash size={13} />
              </button>
            </div>
          ))}
        </section>
      ))}
      {views.length === 0 && <p>No view is kept yet. A view keeps filters and order under a name.</p>}
      <div className={classes.acts}>
        {changed && onUpdate && (
          <button className={classes.name} data-item onClick={onUpdate}>
            Keep what changed in this view
          </button>
        )}
        <button className={classes.name} data-item onClick={onSave}>
          Keep this list as a view… <kbd>{keyOf('save-view', 'V')}</kbd>
        </button>
      </div>
    </div>
  )
}
