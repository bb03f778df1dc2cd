import { lazy, Suspense } from 'react'
import { choosable } from '../../../src-shared/domain/configuration.ts'
import type { TicketPatch } from '../../../src-shared/domain/ticket.ts'
import type { TicketDetail } from '../../../src-shared/domain/views.ts'
import { useDesk } from '../../tenant/desk.tsx'
import { dateTime } from '../../ui/time.ts'
import { technicianName } from '../inbox/value-text.ts'
import listClasses from '../tickets/list.module.css'
import { durationText } from '../../ui/duration.ts'
import { ChoiceField, Field } from './choice-field.tsx'
import { CustomFieldInput, UnknownField } from './custom-field.tsx'
import { ByMatrix } from './by-matrix.tsx'
import { Files } from './files.tsx'
import { Links } from './links.tsx'
import { ServiceLines } from './service-lines.tsx'
import { Requester } from './requester.tsx'
import { Tags } from './tags.tsx'
import { Watchers } from './watchers.tsx'
import { hasParts } from './relations.ts'
import { useTicketActions } from './ticket-actions.tsx'
import classes from './ticket.module.css'

const Tasks = lazy(async () => ({ default: (await import('./tasks.tsx')).Tasks }))

interface TicketFieldsProps {
  detail: TicketDetail
  /** Counts how often somebody asked to add a task. */
  adding: number
  onLeave(): void
  onLink(): void
  onOpen(ticketId: string): void
}

/** Everything about the ticket that is not conversation, editable in place. */
export function TicketFields({ detail, adding, onLeave, onLink, onOpen }: TicketFieldsProps) {
  const { ticket, requester, pendingFields } = detail
  const byMatrix = detail.ownFields?.byMatrix
  const desk = useDesk()
  const { configuration, technicians, me } = desk
  const { edit } = useTicketActions()
  const status = configuration.statuses.find(({ key }) => key === ticket.status)
  const priority = configuration.priorities.find(({ key }) => key === ticket.priority)
  const set = (patch: TicketPatch): void => edit({ ...ticket, hasParts: hasParts(ticket) }, patch)
  const pending = (field: string): boolean => pendingFields.includes(field)
  // A field that was retired shows what a ticket has of it.
  const fields = configuration.customFields.filter(
    ({ key, retired }) => !detail.ownFields?.hidden.includes(key) && (!retired || ticket.customFields[key] != null),
  )
  const known = new Set(configuration.customFields.map(({ key }) => key))
  const unknown = Object.entries(ticket.customFields).filter(([key]) => !known.has(key))
  return (
    <aside className={classes.fields} aria-label="Fields">
      <ChoiceField
        label="Status"
        pending={pending('status')}
        mark={<span className={listClasses.dot} data-category={status?.category} />}
        value={ticket.status}
        options={choosable(configuration.statuses, ticket.status)}
        onChange={(value) => value && set({ status: value })}
      />
      <ChoiceField
        label="Priority"
        pending={pending('priority')}
        mark={<span className={listClasses.mark} style={{ '--mark': priority?.colour }} />}
        value={ticket.priority}
        options={choosable(configuration.priorities, ticket.priority)}
        onChange={(value) => value && set({ priority: value })}
      />
      {byMatrix && <ByMatrix priority={byMatrix} onTake={() => set({ priority: byMatrix })} />}
      <ChoiceField
        label="Assignee"
        pending={pending('assigneeId')}
        value={ticket.assigneeId}
        unlisted={technicianName(ticket.assigneeId, desk)}
        options={technicians.map(({ id, name }) => ({ key: id, label: id === me ? `${name} (me)` : name }))}
        none="Unassigned"
        onChange={(value) => set({ assigneeId: value })}
      />
      <ChoiceField
        label="Type"
        pending={pending('type')}
        value={ticket.type}
        options={choosable(configuration.types, ticket.type)}
        none="No type"
        onChange={(value) => set({ type: value })}
      />
      <ChoiceField
        label="Queue"
        pending={pending('queue')}
        value={ticket.queue}
        options={choosable(configuration.queues, ticket.queue)}
        none="No queue"
        onChange={(value) => set({ queue: value })}
      />
      <Tags detail={detail} />
      <Watchers detail={detail} />
      {(adding > 0 || Object.keys(ticket.tasks ?? {}).length > 0) && (
        <Suspense>
          <Tasks detail={detail} adding={adding} onLeave={onLeave} />
        </Suspense>
      )}
      <dl className={classes.facts}>
        <ServiceLines detail={detail} />
        <dt>Opened</dt>
        <dd>{dateTime(ticket.createdAt)}</dd>
        <dt>Updated</dt>
        <dd>{dateTime(ticket.updatedAt)}</dd>
        <dt>Worked</dt>
        <dd>{detail.workedMinutes === 0 ? 'Nothing yet' : durationText(detail.workedMinutes)}</dd>
      </dl>
      {(fields.length > 0 || unknown.length > 0) && (
        <section className={classes.group} aria-label="Custom fields">
          {fields.map((field) => (
            <Field
              key={field.key}
              label={field.label}
              pending={pending(`customFields.${field.key}`)}
              needed={detail.ownFields?.required.includes(field.key)}
            >
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
      <Requester key={requester?.id} requester={requester} />
      <Files detail={detail} />
      <Links detail={detail} onLink={onLink} onOpen={onOpen} />
    </aside>
  )
}
