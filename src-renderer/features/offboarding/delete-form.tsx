import { TextInput } from '@mantine/core'
import { useState } from 'react'
import type { OffboardingView } from '../../../src-shared/protocol/offboarding.ts'
import { useConsole } from '../../app/console/context.tsx'
import { Form, useForm } from '../../ui/form.tsx'
import { useStore } from '../../ui/store.ts'
import classes from './offboarding.module.css'
import { savedHere } from './take.ts'
import { isTyped } from './words.ts'

interface DeleteFormProps {
  view: OffboardingView
  online: boolean
  onConfirmed(view: OffboardingView): void
}

/** Lets a client be deleted whose export was saved, by its name once more. */
export function DeleteForm({ view: { id, name, manifestSha256 }, online, onConfirmed }: DeleteFormProps) {
  const { client } = useConsole()
  const form = useForm()
  const [typed, setTyped] = useState('')
  const saved = useStore(savedHere).has(manifestSha256 ?? '')
  if (!saved)
    return <p className={classes.quiet}>Save the export here first: only whoever has it can let it be deleted.</p>
  return (
    <Form
      label={`Delete ${name}`}
      state={form}
      action="Delete it in the cloud"
      danger
      bare
      ready={online && isTyped(typed, name)}
      onSubmit={() =>
        void form.run(async () =>
          onConfirmed(await client.offboarding.confirm.mutate({ id, name, manifestSha256: manifestSha256 ?? '' })),
        )
      }
    >
      <p className={classes.quiet}>
        Look into the saved archive first. Everything of it in the cloud is deleted, as soon as its retention allows it;
        that cannot be undone.
      </p>
      <TextInput
        label={`Type “${name}” to delete it`}
        autoComplete="off"
        spellCheck={false}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
    </Form>
  )
}
