import { Select } from '@mantine/core'
import { IconStarFilled } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { TicketPatch } from '../../../src-shared/domain/ticket.ts'
import type { TicketDetail } from '../../../src-shared/domain/views.ts'
import { isOpenCategory } from '../../../src-shared/domain/configuration.ts'
import { useDesk } from '../../tenant/desk.tsx'
import { dateTime, dueShort, useMinute } from '../../ui/time.ts'
import listClasses from '../tickets/list.module.css'
import { PendingMark } from '../../ui/pending-mark.tsx'
import { CustomFieldInput, UnknownField } from './custom-field.tsx'
import { useTicketActions } from './ticket-actions.tsx'
import classes from './ticket.module.css'

/** Everything about the ticket that is not conversation, editable in place. */
export function TicketFields({ detail }: { detail: TicketDetail }) {
  const { ticket, requester, pendingFields } = detail
  const { configuration, technicians, me } = useDesk()
  const { edit } = useTicketActions()
  const now = useMinute()
  const status = configuration.statuses.find(({ key }) => key === ticket.status)
  const priority = configuration.priorities.find(({ key }) => key === ticket.priority)
  const set = (patch: TicketPatch): void => edit(ticket, patch)
  const pending = (field: string): boolean => pendingFields.includes(field)
  const known = new Set(configuration.customFields.map(({ key }) => key))
  const unknown = Object.entries(ticket.customFields).filter(([key]) => !known.has(key))
  const late = ticket.dueAt !== null && Date.parse(ticket.dueAt) < now && (!status || isOpenCategory(status.category))
  return (
    <aside className={classes.fields} aria-label="Fields">
      <ChoiceField
        label="Status"
        pending={pending('status')}
        mark={<span className={listClasses.dot} data-category={status?.category} />}
        value={ticket.status}
        options={configuration.statuses}
        onChange={(value) => value && set({ status: value })}
      />
      <ChoiceField
        label="Priority"
        pending={pending('priority')}
        mark={<span className={listClasses.mark} style={{ '--mark': priority?.colour }} />}
        value={ticket.priority}
        options={configuration.priorities}
        onChange={(value) => value && set({ priority: value })}
      />
      <ChoiceField
        label="Assignee"
        pending={pending('assigneeId')}
        value={ticket.assigneeId}
        options={technicians.map(({ id, name }) => ({ key: id, label: id === me ? `${name} (me)` : name }))}
        none="Unassigned"
        onChange={(value) => set({ assigneeId: value })}
      />
      <ChoiceField
        label="Type"
        pending={pending('type')}
        value={ticket.type}
        options={configuration.types}
        none="No type"
        onChange={(value) => set({ type: value })}
      />
      <ChoiceField
        label="Queue"
        pending={pending('queue')}
        value={ticket.queue}
        options={configuration.queues}
        none="No queue"
        onChange={(value) => set({ queue: value })}
      />
      <dl className={classes.facts}>
        <dt>Due</dt>
        <dd data-late={late || undefined} title={ticket.dueAt ? dateTime(ticket.dueAt) : undefined}>
          {ticket.dueAt ? dueShort(ticket.dueAt, now) : 'No target'}
        </dd>
        <dt>Opened</dt>
        <dd>{dateTime(ticket.createdAt)}</dd>
        <dt>Updated</dt>
        <dd>{dateTime(ticket.updatedAt)}</dd>
        {ticket.tags.length > 0 && (
          <>
            <dt>Tags</dt>
            <dd className={classes.tags}>
              {ticket.tags.map((tag) => (
                <span key={tag}>{tag}</span>
              ))}
            </dd>
          </>
        )}
      </dl>
      {(configuration.customFields.length > 0 || unknown.length > 0) && (
        <section className={classes.group} aria-label="Custom fields">
          {configuration.customFields.map((field) => (
            <Field key={field.key} label={field.label} pending={pending(`customFields.${field.key}`)}>
              <CustomFieldInput
                field={field}
                value={ticket.customFields[field.key]}
                onChange={(value) => set({ customFields: { [field.key]: value } })}
              />
            </Field>
          ))}
          {unknown.map(([key, value]) => (
            <Field key={key} label={key} pending={false}>
              <UnknownField value={value} />
            </Field>
          ))}
        </section>
      )}
      <section className={classes.group} aria-label="Requester">
        <h3>Requester</h3>
        {requester ? (
          <div className={classes.requester}>
            <b>
              {requester.name}
              {requester.vip && (
                <span className={classes.vip}>
                  <IconStarFilled size={11} /> VIP
                </span>
              )}
            </b>
            {[requester.title, requester.site].filter(Boolean).map((line) => (
              <span key={line}>{line}</span>
            ))}
            {requester.email && <a href={`mailto:${requester.email}`}>{requester.email}</a>}
            {requester.phone && <a href={`tel:${requester.phone}`}>{requester.phone}</a>}
          </div>
        ) : (
          <p className={classes.quiet}>No requester is recorded.</p>
        )}
      </section>
    </aside>
  )
}

interface ChoiceFieldProps {
  label: string
  pending: boolean
  mark?: ReactNode
  value: string | null
  options: readonly { key: string; label: string }[]
  /** Placeholder for no value; where given, the value can be cleared. */
  none?: string
  onChange(value: string | null): void
}

function ChoiceField({ label, pending, mark, value, options, none, onChange }: ChoiceFieldProps) {
  const data = options.map((option) => ({ value: option.key, label: option.label }))
  if (value !== null && !options.some(({ key }) => key === value)) data.unshift({ value, label: value })
  return (
    <Field label={label} pending={pending}>
      <Select
        size="xs"
        aria-label={label}
        data={data}
        value={value}
        onChange={onChange}
        leftSection={mark}
        leftSectionWidth={mark ? 26 : undefined}
        placeholder={none}
        clearable={none !== undefined}
        allowDeselect={false}
        searchable={options.length > 8}
        maxDropdownHeight={320}
        comboboxProps={{ transitionProps: { duration: 0 } }}
      />
    </Field>
  )
}

/** A labelled field that says when its edit has not reached the cloud. */
function Field({ label, pending, children }: { label: string; pending: boolean; children: ReactNode }) {
  return (
    <div className={classes.field}>
      {pending && <PendingMark className={classes.fieldPending} />}
      <span className={classes.fieldLabel}>{label}</span>
      {children}
    </div>
  )
}
