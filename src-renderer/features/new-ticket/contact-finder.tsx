import { IconStarFilled, IconUserPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useDeferredValue, useId, useState } from 'react'
import type { Contact } from '../../../src-shared/domain/people.ts'
import { isPersonId, UNKNOWN } from '../../../src-shared/domain/person-words.ts'
import { useTenant } from '../../tenant/context.tsx'
import { contactQuery, contactsQuery } from '../../tenant/contacts.ts'
import { useEnter } from '../../ui/use-enter.ts'
import classes from './new-ticket.module.css'

/** Who can be found: contacts, and technicians where they are given. */
type Person = Pick<Contact, 'id' | 'name' | 'email'> & Partial<Pick<Contact, 'site' | 'vip'>>

interface ContactFinderProps {
  label?: string
  contactId: string | null
  /** Offered before contacts. */
  technicians?: readonly Pick<Contact, 'id' | 'name' | 'email'>[]
  onPick(person: Person | null): void
  /** Nobody here goes by that: a new contact is to be made of it. Absent where none can be made. */
  onNew?(text: string): void
}

/** Finds a person by name, address or site; one who is not known yet can be added on the spot. */
export function ContactFinder({ label = 'Requester', contactId, technicians = [], onPick, onNew }: ContactFinderProps) {
  const tenant = useTenant()
  const [text, setText] = useState<string | null>(null)
  const [active, setActive] = useState(0)
  const id = useId()
  const searched = useDeferredValue((text ?? '').trim())
  const technician = technicians.find((one) => one.id === contactId)
  const asked = contactId !== null && !technician
  const { data: contact, isError } = useQuery({
    ...contactQuery(tenant, contactId ?? ''),
    enabled: asked,
    retry: false,
  })
  // A name that was imported stays as it stood.
  const nameless = contactId !== null && isPersonId(contactId) ? (isError ? UNKNOWN : '') : contactId
  const chosen = technician?.name ?? contact?.name ?? (onNew ? '' : (nameless ?? ''))
  const { data, isPlaceholderData } = useQuery({ ...contactsQuery(tenant, searched), enabled: text !== null })
  const words = searched.toLowerCase()
  const colleagues = technicians.filter(({ name, email }) => `${name} ${email}`.toLowerCase().includes(words))
  const found: readonly (Person | 'new')[] =
    text === null
      ? []
      : [...colleagues.slice(0, 5), ...(data ?? []), ...(searched === '' || !onNew ? [] : (['new'] as const))]
  const at = Math.min(active, found.length - 1)
  const pick = (item: Person | 'new' | undefined): void => {
    setText(null)
    if (item === 'new') onNew?.(searched)
    else if (item) onPick(item)
  }
  const settled = text === null || (searched === text.trim() && data !== undefined && !isPlaceholderData)
  const enter = useEnter(settled, () => pick(found[at]))
  return (
    <div
      className={classes.finder}
      onBlur={(event) => {
        if (event.currentTarget.contains(event.relatedTarget)) return
        setText(null)
        enter.cancel()
      }}
    >
      <input
        className={classes.field}
        role="combobox"
        aria-label={label}
        aria-expanded={found.length > 0}
        aria-controls={id}
        aria-activedescendant={found.length > 0 ? `${id}-${at}` : undefined}
        placeholder="Name, address or site"
        autoComplete="off"
        spellCheck={false}
        value={text ?? chosen}
        onFocus={(event) => event.currentTarget.select()}
        onChange={(event) => {
          setText(event.target.value)
          setActive(0)
          enter.cancel()
          if (event.target.value === '' && contactId !== null) onPick(null)
        }}
        onKeyDown={(event) => {
          if (event.ctrlKey || event.metaKey) return
          if (event.key === 'ArrowDown' && text === null) setText('')
          else if (event.key === 'ArrowDown') setActive(Math.min(at + 1, found.length - 1))
          else if (event.key === 'ArrowUp') setActive(Math.max(at - 1, 0))
          else if (event.key === 'Escape' && text !== null) setText(null)
          else if (event.key === 'Enter') enter.press()
          else return
          event.preventDefault()
          event.stopPropagation()
        }}
      />
      {found.length > 0 && (
        <div id={id} role="listbox" aria-label={label} className={classes.found}>
          {found.map((item, index) => (
            <div
              key={item === 'new' ? 'new' : item.id}
              id={`${id}-${index}`}
              role="option"
              aria-selected={index === at}
              onMouseMove={() => setActive(index)}
              // The field keeps the focus, so that nothing closes before the click counts.
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => pick(item)}
            >
              {item === 'new' ? (
                <>
                  <IconUserPlus size={15} /> New contact “{searched}”
                </>
              ) : (
                <>
                  <b>{item.name}</b>
                  {item.vip && <IconStarFilled size={11} className={classes.vip} aria-label="VIP" />}
                  <span>{[item.email, item.site].filter(Boolean).join(' · ')}</span>
                </>
              )}
            </div>
          ))}
        </div>
      )}
    </div>
  )
}
