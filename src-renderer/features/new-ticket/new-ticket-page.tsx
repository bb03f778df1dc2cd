import { choosable } from '../../../src-shared/domain/configuration.ts'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { IconArrowLeft } from '@tabler/icons-react'
import { useRef, useState, type FormEvent } from 'react'
import { z } from 'zod'
import { NewContact } from '../../../src-shared/domain/people.ts'
import { withDefaults } from '../../../src-shared/domain/field-states.ts'
import { priorityAfter, priorityByMatrix } from '../../../src-shared/domain/priority-matrix.ts'
import { NewTicket } from '../../../src-shared/domain/ticket.ts'
import { problemFrom } from '../../app/channel/link.ts'
import { useArrived, useCommands } from '../../app/commands/use-commands.tsx'
import { keysText } from '../../app/commands/key-names.ts'
import { places, useGo } from '../../app/shell/go.ts'
import { createContact } from '../../tenant/contacts.ts'
import { useIdentity, useTenant } from '../../tenant/context.tsx'
import { useDesk } from '../../tenant/desk.tsx'
import { newTicketDraft } from '../../tenant/drafts.ts'
import { keys } from '../../tenant/queries.ts'
import { createTicket } from '../../tenant/ticket-acts.ts'
import { Tile } from '../../ui/tile.tsx'
import { ChoiceField } from '../ticket/choice-field.tsx'
import { firstStatus } from '../ticket/first-status.ts'
import inputs from '../ticket/inputs.module.css'
import ticketClasses from '../ticket/ticket.module.css'
import { ContactFinder } from './contact-finder.tsx'
import classes from './new-ticket.module.css'
import { focusMissing, OwnFields } from './own-fields.tsx'
import { PriorityNote } from './priority-note.tsx'

/** Opens a ticket, with or without the cloud. What was written stays, also when the console was closed. */
export function NewTicketPage() {
  const tenant = useTenant()
  const { data } = useQuery({ queryKey: keys.newTicket, queryFn: () => newTicketDraft(tenant), gcTime: 0 })
  if (data === undefined) return <article className={ticketClasses.pane} aria-busy aria-label="New ticket" />
  return <NewTicketForm kept={readNewTicket(data)} />
}

/** A ticket that is being written may lack what one that is opened needs. */
const Draft = NewTicket.extend({ subject: z.string(), description: z.string() }).partial()

/** Nothing where the draft is none that can be read. */
function readNewTicket(draft: string): Partial<NewTicket> {
  try {
    return Draft.parse(JSON.parse(draft))
  } catch {
    return {}
  }
}

function NewTicketForm({ kept }: { kept: Partial<NewTicket> }) {
  const { tenantId } = useParams({ strict: false })
  const tenant = useTenant()
  const identity = useIdentity()
  const { configuration, technicians, me } = useDesk()
  const go = useGo()
  const [draft, setDraft] = useState(kept)
  // A field gives its value when it is left, in the same breath as the ticket is opened.
  const latest = useRef(kept)
  const [contact, setContact] = useState<{ name: string; email: string; phone: string } | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const form = useRef<HTMLFormElement>(null)
  useArrived(tenantId ? places.newTicket(tenantId) : null)
  const back = (): void => {
    tenant.drafts.flush()
    if (tenantId) go(places.client(tenantId))
  }
  useCommands([{ id: 'back', title: 'Back to the list', group: 'Ticket', keys: ['Escape', 'u'], run: back }])
  const status = firstStatus(configuration)
  const priorities = choosable(configuration.priorities).sort((a, b) => a.rank - b.rank)
  // Neither the most nor the least urgent, unless there is nothing between.
  const usual = priorities[Math.floor(priorities.length / 2)]?.key ?? ''
  // Before the first sync nobody knows which statuses the client has.
  const known = configuration.statuses.length > 0
  const ready = known && (draft.subject ?? '').trim() !== '' && (contact === null || contact.name.trim() !== '')
  /** A draft as it would be opened now, but for a priority that follows. */
  const asOpened = (written: Partial<NewTicket>) => {
    const asked = { status, priority: usual, ...written }
    return { ...asked, customFields: withDefaults(configuration.customFields, asked) }
  }
  const followed = (written: Partial<NewTicket>) => priorityByMatrix(configuration, asOpened(written))
  const byMatrix = followed(draft)
  const priority = draft.priority ?? byMatrix ?? usual
  const write = (part: Partial<NewTicket>): void => {
    const { priority: chosen, ...next } = { ...latest.current, ...part }
    const { customFields } = asOpened(next)
    const follows =
      part.customFields && priorityAfter(configuration, asOpened(latest.current), { customFields }) !== null
    latest.current = chosen === undefined || follows ? next : { ...next, priority: chosen }
    setDraft(latest.current)
    tenant.drafts.write(null, 'ticket', JSON.stringify(latest.current))
  }
  const create = async (): Promise<void> => {
    if (!ready || busy || !tenantId) return
    setBusy(true)
    setProblem(null)
    // What is wrong with the field that was left just now is said there first.
    await new Promise((resolve) => setTimeout(resolve))
    const wrong = form.current?.querySelector<HTMLElement>('[aria-invalid=true]')
    if (wrong) {
      setBusy(false)
      return wrong.focus()
    }
    try {
      const given = latest.current
      const requesterId = contact ? (await createContact(tenant, contactOf(contact))).id : (given.requesterId ?? null)
      if (contact) {
        // Made once, whatever becomes of the ticket.
        setContact(null)
        write({ requesterId })
      }
      const made = await createTicket(tenant, {
        status,
        ...{ type: null, queue: null, assigneeId: null, tags: [], customFields: {} },
        ...given,
        priority: given.priority ?? followed(given) ?? usual,
        requesterId,
        subject: (given.subject ?? '').trim(),
        description: (given.description ?? '').trim(),
      })
      tenant.drafts.write(null, 'ticket', '')
      go(places.ticket(tenantId, made.ticket.id))
    } catch (error) {
      const { code, message } = problemFrom(error)
      setProblem(message)
      setBusy(false)
      if (code === 'field-missing') focusMissing(form.current)
    }
  }
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    void create()
  }
  return (
    <article className={ticketClasses.pane} aria-label="New ticket">
      <header className={ticketClasses.head}>
        <button
          className={ticketClasses.tool}
          onClick={back}
          aria-label="Back to the list"
          title="Back to the list (Esc)"
        >
          <IconArrowLeft size={18} />
        </button>
        <h2 className={ticketClasses.title}>New ticket</h2>
        <span className={classes.for}>
          <Tile initials={identity.initials} colour={identity.colour} logo={identity.logo} size={16} /> {identity.name}
        </span>
      </header>
      <form
        ref={form}
        className={classes.form}
        onSubmit={submit}
        onBlur={tenant.drafts.flush}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void create()
          else if (event.key === 'Escape' && event.target instanceof HTMLElement) back()
          else return
          event.preventDefault()
          event.stopPropagation()
        }}
      >
        <div className={classes.texts}>
          <label className={classes.labelled}>
            <span>Subject</span>
            <input
              className={classes.field}
              maxLength={300}
              autoFocus
              value={draft.subject ?? ''}
              onChange={(event) => write({ subject: event.target.value })}
            />
          </label>
          <label className={classes.labelled}>
            <span>Description</span>
            <textarea
              className={classes.area}
              rows={8}
              value={draft.description ?? ''}
              onChange={(event) => write({ description: event.target.value })}
            />
          </label>
        </div>
        <div className={classes.fields}>
          <div className={ticketClasses.field}>
            <span className={ticketClasses.fieldLabel}>Requester</span>
            {contact ? (
              <button type="button" className={classes.known} onClick={() => setContact(null)}>
                Somebody who is known
              </button>
            ) : (
              <ContactFinder
                contactId={draft.requesterId ?? null}
                onPick={(found) => write({ requesterId: found?.id ?? null })}
                onNew={(text) =>
                  setContact(
                    text.includes('@') ? { name: '', email: text, phone: '' } : { name: text, email: '', phone: '' },
                  )
                }
              />
            )}
          </div>
          {contact && (
            <fieldset className={classes.contact} aria-label="New contact">
              {(['name', 'email', 'phone'] as const).map((field) => (
                <input
                  key={field}
                  className={inputs.input}
                  aria-label={`${CONTACT[field]} of the new contact`}
                  placeholder={CONTACT[field]}
                  maxLength={field === 'phone' ? 40 : 200}
                  autoFocus={field === (contact.name === '' ? 'name' : 'email')}
                  value={contact[field]}
                  onChange={(event) => setContact({ ...contact, [field]: event.target.value })}
                />
              ))}
            </fieldset>
          )}
          <ChoiceField
            label="Priority"
            value={priority}
            options={priorities}
            onChange={(value) => value && write({ priority: value })}
          />
          <PriorityNote
            byMatrix={byMatrix}
            byHand={byMatrix !== priority}
            onTake={() => byMatrix && write({ priority: byMatrix })}
          />
          <ChoiceField
            label="Assignee"
            value={draft.assigneeId ?? null}
            options={technicians.map(({ id, name }) => ({ key: id, label: id === me ? `${name} (me)` : name }))}
            none="Unassigned"
            onChange={(assigneeId) => write({ assigneeId })}
          />
          <ChoiceField
            label="Type"
            value={draft.type ?? null}
            options={choosable(configuration.types)}
            none="No type"
            onChange={(type) => write({ type })}
          />
          <ChoiceField
            label="Queue"
            value={draft.queue ?? null}
            options={choosable(configuration.queues)}
            none="No queue"
            onChange={(queue) => write({ queue })}
          />
          <OwnFields ticket={{ status, ...draft, priority }} onChange={(customFields) => write({ customFields })} />
        </div>
        <footer className={classes.footer}>
          <span role={problem ? 'alert' : undefined} data-bad={problem !== null || undefined}>
            {problem ??
              (known
                ? 'Kept as a draft here until you open it. Works without the cloud, too.'
                : 'This client was never synced here. Its first sync brings what a ticket needs; your draft stays.')}
          </span>
          <button className={classes.open} disabled={!ready || busy}>
            Open ticket <kbd>{keysText('Mod+Enter')}</kbd>
          </button>
        </footer>
      </form>
    </article>
  )
}

const CONTACT = { name: 'Name', email: 'Email', phone: 'Phone' } as const

function contactOf({ name, email, phone }: { name: string; email: string; phone: string }): NewContact {
  return NewContact.parse({ name, email: email.trim() || null, phone: phone.trim() || null })
}
