import { PasswordInput } from '@mantine/core'
import { useState } from 'react'
import type { UnlockBy } from '../../../src-shared/domain/keys.ts'
import type { SessionStatus } from '../../../src-shared/domain/session-status.ts'
import { useConsole } from '../../app/console/context.tsx'
import { Form, useForm } from '../../ui/form.tsx'
import { Remedies } from '../keys/remedies.tsx'
import { InlineProblem, PageFrame } from './page-frame.tsx'
import classes from './welcome.module.css'

const LEAD = {
  passphrase: 'Your clients’ files are sealed with a passphrase that only you know.',
  system: 'The keys have left the memory. Your system asks whether it is you.',
  nothing: 'These are sample clients: everybody may open them.',
} as const satisfies Record<UnlockBy, string>

/** A locked console, or a profile that waits for its passphrase. What was typed before comes back with it. */
export function UnlockPage({ status }: { status: Extract<SessionStatus, { state: 'locked' }> }) {
  const { client } = useConsole()
  const form = useForm()
  const [passphrase, setPassphrase] = useState('')
  const { by, remedies } = status
  const unlock = async (): Promise<void> => {
    const done = await form.run(() =>
      client.session.unlock.mutate({ passphrase: by === 'passphrase' ? passphrase : null }),
    )
    if (!done) setPassphrase('')
  }
  const found = status.problem?.code === 'passphrase-needed' ? null : status.problem
  return (
    <PageFrame title="Bulkhead is locked" lead={LEAD[by]}>
      <div className={classes.form} data-centred={by !== 'passphrase' || undefined}>
        {found && !form.problem && <InlineProblem text={found.message} />}
        <Form
          bare
          label="Unlock"
          state={form}
          action="Unlock"
          {...(by === 'passphrase' ? {} : { focus: true })}
          ready={by !== 'passphrase' || passphrase !== ''}
          onSubmit={() => void unlock()}
        >
          {by === 'passphrase' && (
            <PasswordInput
              label="Passphrase"
              autoComplete="current-password"
              autoFocus
              value={passphrase}
              onChange={(event) => setPassphrase(event.currentTarget.value)}
            />
          )}
        </Form>
        {remedies.length > 0 && (
          <details className={classes.forgotten}>
            <summary>Forgot the passphrase?</summary>
            <Remedies remedies={remedies} />
          </details>
        )}
      </div>
    </PageFrame>
  )
}
