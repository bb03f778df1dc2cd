import { Button, PasswordInput } from '@mantine/core'
import { useState, type FormEvent } from 'react'
import type { SessionStatus } from '../../../src-shared/domain/views.ts'
import { problemFrom } from '../../app/channel/link.ts'
import { useConsole } from '../../app/console/context.tsx'
import { InlineProblem, PageFrame } from './page-frame.tsx'
import classes from './welcome.module.css'

/** Asks for the passphrase of a sealed profile. */
export function UnlockPage({ status }: { status: Extract<SessionStatus, { state: 'locked' }> }) {
  const { client } = useConsole()
  const [passphrase, setPassphrase] = useState('')
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    setBusy(true)
    setProblem(null)
    try {
      await client.session.unlock.mutate({ passphrase })
    } catch (error) {
      setProblem(problemFrom(error).message)
      setPassphrase('')
    } finally {
      setBusy(false)
    }
  }
  const shown = problem ?? (status.problem?.code === 'passphrase-needed' ? null : status.problem?.message)
  return (
    <PageFrame title="Unlock this profile" lead="Your clients' files are sealed with a passphrase that only you know.">
      <form className={classes.form} onSubmit={(event) => void submit(event)}>
        <PasswordInput
          label="Passphrase"
          autoComplete="current-password"
          autoFocus
          value={passphrase}
          onChange={(event) => setPassphrase(event.currentTarget.value)}
        />
        {shown && <InlineProblem text={shown} />}
        <Button type="submit" loading={busy} disabled={passphrase === ''}>
          Unlock
        </Button>
      </form>
    </PageFrame>
  )
}
