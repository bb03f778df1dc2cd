import { TextInput } from '@mantine/core'
import { useState } from 'react'
import { Form, useForm } from '../../ui/form.tsx'
import { useIdentity } from '../../tenant/context.tsx'

/** Asks why, where the client's rules want it; it goes into the audit trail beside the act. */
export function ReasonForm({ onGive, onCancel }: { onGive(reason: string): void; onCancel(): void }) {
  const state = useForm()
  const { name } = useIdentity()
  const [reason, setReason] = useState('')
  return (
    <Form
      bare
      label="Reason"
      state={state}
      action="Go on"
      ready={reason.trim() !== ''}
      onSubmit={() => onGive(reason.trim())}
      onCancel={onCancel}
    >
      <TextInput
        label={`Why do you need it? ${name} keeps a record.`}
        placeholder="Ticket 1204, printer setup"
        maxLength={500}
        autoFocus
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
    </Form>
  )
}
