import { PasswordInput } from '@mantine/core'
import { useState } from 'react'
import { useConsole } from '../../app/console/context.tsx'
import { save } from '../../tenant/downloads.ts'
import { Form, useForm } from '../../ui/form.tsx'
import { isPassphrase, NewPassphrase, NOTHING_TYPED } from './new-passphrase.tsx'

interface RecoveryExportProps {
  /** The profile has a passphrase: whoever finds the console open must not take the keys. */
  askCurrent: boolean
  /** @param name of the file */
  onDone(name: string): void
  onCancel(): void
}

/** Saves all keys in a file under a passphrase of its own. */
export function RecoveryExport({ askCurrent, onDone, onCancel }: RecoveryExportProps) {
  const { client } = useConsole()
  const form = useForm()
  const [current, setCurrent] = useState('')
  const [next, setNext] = useState(NOTHING_TYPED)
  const write = () =>
    form.run(async () => {
      const input = { passphrase: next.first, current: askCurrent ? current : undefined }
      const { name, text } = await client.keys.exportRecovery.mutate(input)
      save(new Blob([text], { type: 'application/json' }), name)
      onDone(name)
    })
  return (
    <Form
      label="Save a recovery file"
      state={form}
      action="Save"
      ready={(!askCurrent || current !== '') && isPassphrase(next)}
      onSubmit={() => void write()}
      onCancel={onCancel}
    >
      {askCurrent && (
        <PasswordInput
          label="Passphrase of this computer"
          autoComplete="current-password"
          autoFocus
          value={current}
          onChange={(event) => setCurrent(event.currentTarget.value)}
        />
      )}
      <NewPassphrase
        label="Passphrase of the file"
        description="At least 8 characters. Whoever has the file and this passphrase can read every client."
        value={next}
        autoFocus={!askCurrent}
        onChange={setNext}
      />
    </Form>
  )
}
