import { IconPencil, IconStarFilled } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import type { Contact, ContactPatch } from '../../../src-shared/domain/people.ts'
import { useUndo } from '../../app/commands/undo.tsx'
import { useCommands } from '../../app/commands/use-commands.tsx'
import { useTenant } from '../../tenant/context.tsx'
import { contactQuery, editContact } from '../../tenant/contacts.ts'
import { PendingMark } from '../../ui/pending-mark.tsx'
import { Field } from './choice-field.tsx'
import { fieldLabel } from './field-label.ts'
import classes from './requester.module.css'
import inputs from './inputs.module.css'
import ticketClasses from './ticket.module.css'
import { useAct } from './use-act.ts'

const TEXTS = ['name', 'email', 'phone', 'title', 'site'] as const

/** Who asks, changed in place: each field by itself, so that two people's changes come together. */
export function Requester({ requester }: { requester: Contact | null }) {
  const tenant = useTenant()
  const act = useAct()
  const undo = useUndo()
  const area = useRef<HTMLElement>(null)
  const [editing, setEditing] = useState(false)
  const { data } = useQuery({ ...contactQuery(tenant, requester?.id ?? ''), enabled: requester !== null })
  const contact: (Contact & { pending?: boolean }) | null = data ?? requester
  const run = (patch: ContactPatch): Promise<boolean> =>
    contact
      ? act(`${contact.name} was not changed.`, () => editContact(tenant, contact.id, patch))
      : Promise.resolve(false)
  const change = async (patch: ContactPatch): Promise<void> => {
    if (!contact || !(await run(patch))) return
    const fields = Object.keys(patch) as (keyof ContactPatch)[]
    const back: ContactPatch = Object.fromEntries(fields.map((field) => [field, contact[field]]))
    undo.offer(
      `${contact.name}: ${fields.map((field) => fieldLabel(field).toLowerCase()).join(', ')} changed`,
      () => void run(back),
    )
  }
  useEffect(() => {
    if (editing) area.current?.querySelector('input')?.focus()
  }, [editing])
  useCommands(
    contact
      ? [
          {
            id: 'edit-requester',
            title: "Change the requester's details",
            group: 'Ticket',
            keys: ['R'],
            run: () => setEditing(true),
          },
        ]
      : [],
  )
  return (
    <section ref={area} className={ticketClasses.group} aria-label="Requester">
      <header className={classes.head}>
        {contact?.pending && <PendingMark className={classes.pending} />}
        <h3>Requester</h3>
        {contact && (
          <button
            className={classes.edit}
            aria-pressed={editing}
            title={editing ? 'Done (Esc)' : "Change the requester's details (R)"}
            onClick={() => setEditing(!editing)}
          >
            {editing ? 'Done' : <IconPencil size={14} aria-label="Change the requester's details" />}
          </button>
        )}
      </header>
      {!contact && <p className={ticketClasses.quiet}>No requester is recorded.</p>}
      {contact && !editing && <Card contact={contact} />}
      {contact && editing && (
        <div
          className={classes.form}
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return
            event.preventDefault()
            event.stopPropagation()
            setEditing(false)
          }}
        >
          {TEXTS.map((field) => (
            <Field key={field} label={fieldLabel(field)} pending={false}>
              <ContactText
                label={fieldLabel(field)}
                value={contact[field] ?? ''}
                onChange={(text) => {
                  if (field !== 'name') void change({ [field]: text === '' ? null : text })
                  else if (text !== '') void change({ name: text })
                }}
              />
            </Field>
          ))}
          <Field label="VIP" pending={false}>
            <input
              type="checkbox"
              className={inputs.checkbox}
              aria-label="VIP"
              checked={contact.vip}
              onChange={(event) => void change({ vip: event.target.checked })}
            />
          </Field>
        </div>
      )}
    </section>
  )
}

function Card({ contact }: { contact: Contact }) {
  return (
    <div className={classes.card}>
      <b>
        {contact.name}
        {contact.vip && (
          <span className={classes.vip}>
            <IconStarFilled size={11} /> VIP
          </span>
        )}
      </b>
      {[contact.title, contact.site].filter(Boolean).map((line) => (
        <span key={line}>{line}</span>
      ))}
      {contact.email && <Away to={`mailto:${contact.email}`}>{contact.email}</Away>}
      {contact.phone && <Away to={`tel:${contact.phone.replaceAll(/[^+\d]/g, '')}`}>{contact.phone}</Away>}
    </div>
  )
}

/** Leads out of the window, which itself goes nowhere. */
function Away({ to, children }: { to: string; children: string }) {
  return (
    <a href={to} target="_blank" rel="noreferrer">
      {children}
    </a>
  )
}

function ContactText({ label, value, onChange }: { label: string; value: string; onChange(text: string): void }) {
  const [text, setText] = useState(value)
  const [seen, setSeen] = useState(value)
  if (seen !== value) {
    setSeen(value)
    setText(value)
  }
  const commit = (): void => {
    if (text.trim() !== value) onChange(text.trim())
  }
  return (
    <input
      className={inputs.input}
      aria-label={label}
      placeholder="Not set"
      maxLength={200}
      value={text}
      onChange={(event) => setText(event.target.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === 'Enter') commit()
        // What was typed and not kept goes with the form.
        else if (event.key === 'Escape') setText(value)
      }}
    />
  )
}
