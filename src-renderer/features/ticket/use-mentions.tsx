import { useId, useLayoutEffect, useRef, useState, type KeyboardEvent, type ReactNode, type RefObject } from 'react'
import type { Technician } from '../../../src-shared/domain/people.ts'
import { useDesk } from '../../tenant/desk.tsx'
import classes from './composer.module.css'

/** People offered at once. */
const MOST = 6

/** An `@` that may become a mention, from it to the cursor. */
interface Begun {
  from: number
  to: number
  typed: string
}

interface Mentions {
  /** Looks at what stands before the cursor; call it when the text or the cursor has changed. */
  look(field: HTMLTextAreaElement): void
  /** Offers nothing until the next `@`. */
  close(): void
  /** @returns whether the key was for the list */
  onKey(event: KeyboardEvent<HTMLTextAreaElement>): boolean
  /** Of the field, for those who do not see the list. */
  aria: { 'aria-autocomplete'?: 'list'; 'aria-controls'?: string; 'aria-activedescendant'?: string }
  list: ReactNode
}

/**
 * Offers technicians of the client where an `@` is typed: their names narrow it, Enter or Tab takes one, Esc closes.
 * @param on whether what is written is for technicians only
 */
export function useMentions(
  on: boolean,
  field: RefObject<HTMLTextAreaElement | null>,
  text: string,
  onText: (text: string) => void,
): Mentions {
  const { technicians, me } = useDesk()
  const [begun, setBegun] = useState<Begun | null>(null)
  const [active, setActive] = useState(0)
  /** Where the `@` stands for which no more is offered. */
  const closed = useRef<number | null>(null)
  const caret = useRef<number | null>(null)
  const id = useId()
  const stands = on && begun !== null && text.slice(begun.from, begun.to) === `@${begun.typed}`
  const offered = stands ? offeredFor(begun.typed, technicians, me) : []
  const close = (): void => {
    closed.current = begun?.from ?? null
    setBegun(null)
  }
  const look = ({ value, selectionStart: to, selectionEnd }: HTMLTextAreaElement): void => {
    const typed =
      to === selectionEnd ? /(?:^|[^\p{L}\p{N}_@.])@([^\n@]{0,60})$/u.exec(value.slice(0, to))?.[1] : undefined
    const from = typed === undefined ? null : to - typed.length - 1
    if (from !== closed.current) closed.current = null
    if (typed !== begun?.typed) setActive(0)
    setBegun(typed === undefined || from === null || from === closed.current ? null : { from, to, typed })
  }
  const take = ({ name }: Technician): void => {
    if (!begun) return
    const put = `@${name} `
    caret.current = begun.from + put.length
    setBegun(null)
    onText(text.slice(0, begun.from) + put + text.slice(begun.to).replace(/^ /, ''))
  }
  // As soon as the text is in the field: what is typed next goes behind it.
  useLayoutEffect(() => {
    const at = caret.current
    caret.current = null
    if (at !== null) field.current?.setSelectionRange(at, at)
  }, [text, field])
  const shown = offered.length > 0
  return {
    look,
    close,
    onKey(event) {
      const { key } = event
      const one = offered[active]
      if (!one || event.nativeEvent.isComposing || event.ctrlKey || event.metaKey || event.altKey) return false
      if (key === 'ArrowDown') setActive((active + 1) % offered.length)
      else if (key === 'ArrowUp') setActive((active + offered.length - 1) % offered.length)
      else if ((key === 'Enter' || key === 'Tab') && !event.shiftKey) take(one)
      else if (key === 'Escape') close()
      else return false
      return true
    },
    aria: on
      ? {
          'aria-autocomplete': 'list',
          ...(shown && { 'aria-controls': id, 'aria-activedescendant': `${id}-${active}` }),
        }
      : {},
    list: shown && (
      <div id={id} role="listbox" aria-label="Mention" className={classes.people}>
        {offered.map((one, index) => (
          <div
            key={one.id}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === active}
            onMouseDown={(event) => {
              event.preventDefault()
              take(one)
            }}
          >
            {one.name}
            {one.id === me && <span>you</span>}
          </div>
        ))}
      </div>
    ),
  }
}

/** Whose name, or a word of it, begins so; oneself last. Nobody where the name stands there already. */
function offeredFor(typed: string, technicians: readonly Technician[], me: string): Technician[] {
  const wanted = typed.toLocaleLowerCase()
  const rank = ({ id, name }: Technician): number => {
    const lower = name.toLocaleLowerCase()
    return (id === me ? 2 : 0) + (lower.startsWith(wanted) ? 0 : 1)
  }
  const found = technicians.filter(({ name }) => {
    const lower = name.toLocaleLowerCase()
    return lower.startsWith(wanted) || (wanted !== '' && lower.includes(` ${wanted}`))
  })
  if (found.some(({ name }) => name.toLocaleLowerCase() === wanted)) return []
  return found.sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name)).slice(0, MOST)
}
