import { TextInput, Textarea } from '@mantine/core'
import { useState } from 'react'
import type { ClientSummary } from '../../../src-shared/domain/views.ts'
import type { OffboardingView } from '../../../src-shared/protocol/offboarding.ts'
import { useConsole } from '../../app/console/context.tsx'
import { counted } from '../../ui/counted.ts'
import { Form, useForm } from '../../ui/form.tsx'
import classes from './offboarding.module.css'
import { isTyped } from './words.ts'

interface BeginFormProps {
  summary: ClientSummary
  online: boolean
  onBegun(view: OffboardingView): void
}

/** What happens once it begins, why it is wanted, and the client's name, so that nobody does it in passing. */
export function BeginForm({ summary: { id: tenantId, name, sync }, online, onBegun }: BeginFormProps) {
  const { client } = useConsole()
  const form = useForm()
  const [reason, setReason] = useState('')
  const [typed, setTyped] = useState('')
  // Sent twice it is one.
  const [id] = useState(() => crypto.randomUUID())
  const unsent = sync.pending + sync.failed
  return (
    <Form
      label={`Take ${name} out`}
      state={form}
      action="Close and export"
      danger
      bare
      ready={online && reason.trim().length >= 3 && isTyped(typed, name)}
      onSubmit={() =>
        void form.run(async () =>
          onBegun(await client.offboarding.start.mutate({ id, client: tenantId, reason: reason.trim() })),
        )
      }
    >
      <ul className={classes.means}>
        <li>It leaves everybody’s list at once: nobody works for it any more, and its windows close.</li>
        <li>
          What the cloud has of it is exported. Credentials are not: they are only on the machines of its technicians.
        </li>
        <li>Nothing is deleted before the export is saved and its name is typed once more.</li>
      </ul>
      {unsent > 0 && (
        <p className={classes.warning} data-testid="offboarding-unsent">
          {counted(unsent, 'edit')} of yours {unsent === 1 ? 'has' : 'have'} not reached the cloud, and would be in no
          export. Send or decide about {unsent === 1 ? 'it' : 'them'} first.
        </p>
      )}
      <Textarea
        label="Why"
        rows={2}
        maxLength={500}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <TextInput
        label={`Type “${name}” to go on`}
        autoComplete="off"
        spellCheck={false}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
    </Form>
  )
}
