import { useId, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from 'react'
import { Dialog } from './dialog.tsx'
import classes from './picker.module.css'

interface PickerProps<T> {
  /** Accessible name of the dialog and of its field. */
  label: string
  placeholder: string
  /** Above the field: what the choice is about. */
  context?: ReactNode
  /** What to offer for a text, best first. */
  search(text: string): readonly T[]
  keyOf(item: T): string
  render(item: T): ReactNode
  /** Item that is active at first. */
  initial?: string
  /** Where there is nothing to offer; may depend on the text. */
  empty: ReactNode | ((text: string) => ReactNode)
  footer?: ReactNode
  onPick(item: T): void
  /** Further keys on the active item; true where handled. */
  onKey?(event: KeyboardEvent, item: T | undefined): boolean
  onClose(): void
}

/** A field over a list, worked by keyboard alone: switcher, command palette and the choices of a ticket are all this. */
export function Picker<T>(props: PickerProps<T>) {
  const { label, placeholder, context, search, keyOf, render, initial, empty, footer, onPick, onKey, onClose } = props
  const [text, setText] = useState('')
  const items = useMemo(() => search(text), [search, text])
  const [activeKey, setActiveKey] = useState(initial)
  const found = items.findIndex((item) => keyOf(item) === activeKey)
  const active = Math.max(0, found)
  const id = useId()
  const list = useRef<HTMLDivElement>(null)

  useLayoutEffect(() => {
    list.current?.children[active]?.scrollIntoView({ block: 'nearest' })
  }, [active, items])

  const move = (by: number): void => {
    const item = items[(active + by + items.length) % items.length]
    if (item) setActiveKey(keyOf(item))
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const item = items[active]
    if (event.nativeEvent.isComposing) return
    if (onKey?.(event, item)) event.preventDefault()
    else if (event.key === 'ArrowDown' || (event.ctrlKey && event.key === 'n')) move(1)
    else if (event.key === 'ArrowUp' || (event.ctrlKey && event.key === 'p')) move(-1)
    else if (event.key === 'Enter' && item) onPick(item)
    else return
    event.preventDefault()
  }

  return (
    <Dialog label={label} onClose={onClose} className={classes.picker}>
      {context && <div className={classes.context}>{context}</div>}
      <input
        className={classes.field}
        role="combobox"
        aria-label={label}
        aria-expanded
        aria-controls={id}
        aria-activedescendant={items.length > 0 ? `${id}-${active}` : undefined}
        autoComplete="off"
        spellCheck={false}
        placeholder={placeholder}
        value={text}
        onChange={(event) => {
          setText(event.target.value)
          setActiveKey(undefined)
        }}
        onKeyDown={onKeyDown}
        autoFocus
        data-autofocus
      />
      <div ref={list} id={id} role="listbox" aria-label={label} className={classes.list}>
        {items.map((item, index) => (
          <div
            key={keyOf(item)}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === active}
            className={classes.option}
            onMouseMove={() => setActiveKey(keyOf(item))}
            onClick={() => onPick(item)}
          >
            {render(item)}
          </div>
        ))}
      </div>
      {items.length === 0 && <div className={classes.empty}>{typeof empty === 'function' ? empty(text) : empty}</div>}
      {footer && <div className={classes.footer}>{footer}</div>}
    </Dialog>
  )
}

/** Text with the parts at these indexes marked. */
export function Marked({ text, indexes }: { text: string; indexes: readonly number[] }) {
  if (indexes.length === 0) return text
  const marked = new Set(indexes)
  const parts: { text: string; hit: boolean }[] = []
  for (let i = 0; i < text.length; i++) {
    const hit = marked.has(i)
    const last = parts.at(-1)
    if (last && last.hit === hit) last.text += text[i]
    else parts.push({ text: text[i] ?? '', hit })
  }
  return parts.map((part, index) =>
    part.hit ? <mark key={index}>{part.text}</mark> : <span key={index}>{part.text}</span>,
  )
}
