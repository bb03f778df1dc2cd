import { IconSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useId, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent, type RefObject } from 'react'
import type { Desk } from '../../../src-shared/domain/views.ts'
import { MAX_QUERY, withoutBegun } from '../../../src-shared/query/parse.ts'
import { resolveQuery, type Query } from '../../../src-shared/query/resolve.ts'
import { useKeyOf } from '../../app/commands/key-of.ts'
import { useDispatcher } from '../../app/commands/use-commands.tsx'
import type { ListView } from '../../tenant/memory.ts'
import { useTenant } from '../../tenant/context.tsx'
import { contactsQuery } from '../../tenant/contacts.ts'
import { keys } from '../../tenant/queries.ts'
import classes from './search.module.css'
import { contactTyped, suggest, type Suggestion } from './suggest.ts'

/** Pause after a key while the answer to the last one is still awaited: nobody reads what is typed over. */
const SEARCH_PAUSE_MS = 60

/** Longest time in ms that the list stays as it was while an answer is awaited; then it says that it waits. */
const PATIENCE_MS = 60

export interface SearchFieldProps {
  desk: Desk
  view: ListView
  field: RefObject<HTMLInputElement | null>
  /** Asks for the hits of a text before the list is to show them; null where the list does that better by itself. */
  searchAhead(text: string): { answer: Promise<unknown>; cancel(): void } | null
  onChange(change: Partial<ListView>): void
  /** Leaves the field for the list. */
  onLeave(): void
}

/** Where keys that follow a search go: to its hits, and not to those of half of it. */
export function hitsPlace(text: string): string {
  return `hits of ${text}`
}

/** What a search means at this client, and what of it is not understood. */
export function readSearch(text: string, { configuration, technicians, former, me }: Desk): Query {
  return resolveQuery(text, { configuration, technicians, former, me, now: Date.now() })
}

/** Words and operators: marked as they are typed, completed from the client's own configuration. */
export function SearchField({ desk, view, field, searchAhead, onChange, onLeave }: SearchFieldProps) {
  const keyOf = useKeyOf()
  const tenant = useTenant()
  const { queries } = tenant
  const dispatcher = useDispatcher()
  const [text, setText] = useState(view.text)
  const [caret, setCaret] = useState<number | null>(null)
  const [active, setActive] = useState(-1)
  const [scrolled, setScrolled] = useState(0)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const typed = useRef(view.text)
  const searched = useRef(view.text)
  const awaited = useRef<{ show(): void; cancel(): void } | null>(null)
  const taken = useRef<Suggestion | null>(null)
  const id = useId()
  useEffect(
    () => () => {
      clearTimeout(timer.current)
      awaited.current?.show()
    },
    [],
  )
  useEffect(() => {
    // Set from elsewhere, as by "Clear filters" or a view.
    if (view.text === searched.current) return
    awaited.current?.cancel()
    searched.current = typed.current = view.text
    setText(view.text)
  }, [view.text])
  const query = useMemo(() => readSearch(text, desk), [text, desk])
  const looked = caret === null ? null : contactTyped(text, caret, desk)
  const { data: contacts = [] } = useQuery({ ...contactsQuery(tenant, looked ?? ''), enabled: looked !== null })
  const names = looked === null ? [] : [...new Set(contacts.map(({ name }) => name))]
  const offered = caret === null ? [] : suggest(text, caret, desk, names)
  const operators = query.terms.some(({ operator }) => operator !== null)

  const search = (next: string): void => {
    if (next === searched.current) return
    searched.current = next
    awaited.current?.cancel()
    const ahead = searchAhead(next)
    if (!ahead) return onChange({ text: next })
    // The list is drawn once, with the hits, and not once more to say that it waits for them.
    const done = (): boolean => {
      if (awaited.current !== waiting) return false
      clearTimeout(patience)
      awaited.current = null
      return true
    }
    const show = (): void => {
      if (done()) onChange({ text: next })
    }
    const waiting = { show, cancel: () => done() && ahead.cancel() }
    const patience = setTimeout(show, PATIENCE_MS)
    awaited.current = waiting
    ahead.answer.then(show, show)
  }
  const type = (next: string, at: number | null): void => {
    typed.current = next
    setText(next)
    setCaret(at)
    setActive(-1)
    clearTimeout(timer.current)
    const pass = (): void => search(withoutBegun(next))
    if (queries.isFetching({ queryKey: keys.allSearches }) > 0) timer.current = setTimeout(pass, SEARCH_PAUSE_MS)
    else pass()
  }
  /** What is typed is all that is meant. */
  const finish = (): void => {
    clearTimeout(timer.current)
    search(typed.current)
    awaited.current?.show()
  }
  /** To the hits of what was typed: what is typed ahead waits for them. */
  const toHits = (): void => {
    finish()
    if (typed.current.trim() !== '') dispatcher.hold(hitsPlace(typed.current))
    onLeave()
  }
  const take = (one: Suggestion): void => {
    type(one.text, one.caret)
    taken.current = one
  }
  // As soon as the text is in the field: what is typed next goes there.
  useLayoutEffect(() => {
    const one = taken.current
    const input = field.current
    taken.current = null
    if (!one || !input) return
    input.setSelectionRange(one.caret, one.caret)
    // A script's cursor is not scrolled to.
    if (one.caret === one.text.length) input.scrollLeft = input.scrollWidth
  }, [text, field])
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    const { key } = event
    const chosen = offered[active]
    if (event.nativeEvent.isComposing) return
    if (key === 'ArrowDown' && offered.length > 0) setActive((active + 1) % offered.length)
    else if (key === 'ArrowUp' && offered.length > 0) setActive(((active + offered.length) % (offered.length + 1)) - 1)
    else if (key === 'Tab' && !event.shiftKey && offered[0]) take(chosen ?? offered[0])
    else if (key === 'Enter' && chosen) take(chosen)
    else if (key === 'Escape' && offered.length > 0) setCaret(null)
    else if (key === 'Enter' || key === 'ArrowDown') toHits()
    else if (key === 'Escape') {
      if (text !== '') type('', null)
      onLeave()
    } else return
    event.preventDefault()
  }
  const [misread] = query.misread
  return (
    <div className={classes.search}>
      <IconSearch size={15} />
      <input
        ref={field}
        type="text"
        role="combobox"
        aria-label="Search tickets"
        aria-expanded={offered.length > 0}
        aria-controls={id}
        aria-activedescendant={active >= 0 ? `${id}-${active}` : undefined}
        aria-description="Operators such as status:waiting or assignee:me narrow it"
        aria-invalid={misread ? true : undefined}
        autoComplete="off"
        placeholder="Search, or status: assignee: …"
        spellCheck={false}
        maxLength={MAX_QUERY}
        data-marked={operators || undefined}
        value={text}
        onChange={(event) => type(event.target.value, event.target.selectionStart)}
        onSelect={({ currentTarget }) => caret !== null && setCaret(currentTarget.selectionStart)}
        onScroll={({ currentTarget }) => setScrolled(currentTarget.scrollLeft)}
        onBlur={() => {
          setCaret(null)
          finish()
        }}
        onKeyDown={onKeyDown}
      />
      {operators && <Marks text={text} query={query} scrolled={scrolled} />}
      <kbd>{keyOf('search', '/')}</kbd>
      {(offered.length > 0 || (misread && caret !== null)) && (
        <div className={classes.panel}>
          {misread && <p role="status">{misread.message}</p>}
          <div id={id} role="listbox" aria-label="Suggestions">
            {offered.map((one, index) => (
              <div
                key={one.label}
                id={`${id}-${index}`}
                role="option"
                aria-selected={index === active}
                onMouseDown={(event) => {
                  event.preventDefault()
                  take(one)
                }}
              >
                <span>{one.label}</span>
                <small>{one.hint}</small>
                {index === Math.max(0, active) && <kbd>Tab</kbd>}
              </div>
            ))}
          </div>
        </div>
      )}
    </div>
  )
}

/** The text again, over the field, with its operators marked. */
function Marks({ text, query: { terms, misread }, scrolled }: { text: string; query: Query; scrolled: number }) {
  const parts: { text: string; kind?: string }[] = []
  let at = 0
  for (const { from, to, valueFrom, operator } of terms) {
    const bad = misread.some((one) => one.from === from)
    parts.push({ text: text.slice(at, from) })
    if (operator === null) parts.push({ text: text.slice(from, to) })
    else if (bad) parts.push({ text: text.slice(from, to), kind: 'misread' })
    else
      parts.push(
        { text: text.slice(from, valueFrom), kind: 'operator' },
        { text: text.slice(valueFrom, to), kind: 'value' },
      )
    at = to
  }
  return (
    <div className={classes.marks} aria-hidden>
      <div style={{ transform: `translateX(${-scrolled}px)` }}>
        {parts.map(({ text: part, kind }, index) => (
          <span key={index} data-kind={kind}>
            {part}
          </span>
        ))}
      </div>
    </div>
  )
}
