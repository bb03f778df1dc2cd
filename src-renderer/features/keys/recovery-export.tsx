import { PasswordInput } from '@mantine/core'
import { useState } from 'react'
import type { RecoveryFile } from '../../../src-shared/domain/keys.ts'
import { useConsole } from '../../app/console/context.tsx'
import { save } from '../../tenant/downloads.ts'
import { Form, useForm } from '../../ui/form.tsx'
import { isPassphrase, NewPassphrase, NOTHING_TYPED } from './new-passphrase.tsx'

interface RecoveryExportProps {
  /** The profile has a passphrase: whoever finds the console open must not take the keys. */
  askCurrent: boolean
  onDone(file: RecoveryFile): void
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
      const file = await client.keys.exportRecovery.mutate(input)
      save(new Blob([file.text], { type: 'application/json' }), file.name)
      onDone(file)
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

/** Names that are said before the rest is counted. */
const NAMED = 5

/** What a recovery file has, and whose keys are not in it. */
export function savedAs({ name, missing }: RecoveryFile): { text: string; bad: boolean } {
  if (missing.length === 0) return { text: `${name} was saved. Keep it and its passphrase apart.`, bad: false }
  const more = missing.length - NAMED
  const names = [...missing.slice(0, NAMED), ...(more > 0 ? [`${more} more`] : [])]
  return {
    text: `${name} was saved without the keys of ${new Intl.ListFormat('en').format(names)}: they do not open here. Keep older recovery files, and open these clients to see what helps.`,
    bad: true,
  }
}
