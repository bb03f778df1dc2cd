import { TextInput } from '@mantine/core'
import { useState } from 'react'
import { useConsole } from '../../app/console/context.tsx'
import { Form, useForm } from '../../ui/form.tsx'
import classes from '../../ui/section.module.css'

interface StartAgainProps {
  /** What is to be typed, so that nobody does it in passing. */
  word: string
  /** One client; without it all of the profile. */
  tenantId?: string
  onDone?: () => void
}

/** The last resort: files are set aside, never deleted, and loaded again from the cloud under new keys. */
export function StartAgain({ word, tenantId, onDone }: StartAgainProps) {
  const { client } = useConsole()
  const form = useForm()
  const [typed, setTyped] = useState('')
  const start = async (): Promise<void> => {
    const done = await form.run(() => client.keys.remedy.mutate({ remedy: 'start-again', tenantId }))
    if (done) onDone?.()
  }
  return (
    <Form
      label="Start again from the cloud"
      state={form}
      action="Set aside and start again"
      danger
      bare
      ready={typed.trim().toLowerCase() === word.toLowerCase()}
      onSubmit={() => void start()}
    >
      <p className={classes.hint}>
        The files are set aside, not deleted, and everything that the cloud has is loaded again under new keys. Edits
        that were not sent, and credentials, which are kept on this computer only, stay in the files that are set aside:
        without their keys nobody can read them.
      </p>
      <TextInput
        label={`Type “${word}” to go on`}
        autoComplete="off"
        spellCheck={false}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
    </Form>
  )
}
