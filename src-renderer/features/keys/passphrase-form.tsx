import { PasswordInput } from '@mantine/core'
import { useState } from 'react'
import { useConsole } from '../../app/console/context.tsx'
import { Form, useForm } from '../../ui/form.tsx'
import { isPassphrase, NewPassphrase, NOTHING_TYPED } from './new-passphrase.tsx'

interface PassphraseFormProps {
  /** The profile has one, which is asked for first. */
  has: boolean
  /** Takes it away: the keychain alone seals then. */
  remove: boolean
  onDone(): void
  onCancel(): void
}

/** Sets, changes or takes away the passphrase of this computer. */
export function PassphraseForm({ has, remove, onDone, onCancel }: PassphraseFormProps) {
  const { client } = useConsole()
  const form = useForm()
  const [current, setCurrent] = useState('')
  const [next, setNext] = useState(NOTHING_TYPED)
  const save = async (): Promise<void> => {
    const input = { current: has ? current : undefined, next: remove ? null : next.first }
    if (await form.run(() => client.keys.setPassphrase.mutate(input))) onDone()
  }
  return (
    <Form
      label={remove ? 'Take the passphrase away' : 'Passphrase'}
      state={form}
      action={remove ? 'Take it away' : 'Set it'}
      ready={(!has || current !== '') && (remove || isPassphrase(next))}
      onSubmit={() => void save()}
      onCancel={onCancel}
    >
      {has && (
        <PasswordInput
          label="Passphrase of now"
          autoComplete="current-password"
          autoFocus
          value={current}
          onChange={(event) => setCurrent(event.currentTarget.value)}
        />
      )}
      {!remove && <NewPassphrase label="New passphrase" value={next} autoFocus={!has} onChange={setNext} />}
    </Form>
  )
}
