import { useState, type ReactNode } from 'react'
import type { KeyRemedy } from '../../../src-shared/domain/keys.ts'
import { useConsole } from '../../app/console/context.tsx'
import { Form, useForm } from '../../ui/form.tsx'
import classes from './remedies.module.css'
import { isPassphrase, NewPassphrase, NOTHING_TYPED } from './new-passphrase.tsx'
import { RecoveryImport } from './recovery-import.tsx'
import { StartAgain } from './start-again.tsx'

const TITLES = {
  retry: 'Try again',
  passphrase: 'Seal with a passphrase instead',
  consent: 'Accept it as it is',
  'recovery-file': 'Restore a recovery file',
  'start-again': 'Start again from the cloud',
} as const satisfies Record<KeyRemedy, string>

/** What a person can do where the keys of a profile do not open: the gentlest first and open, the others folded. */
export function Remedies({ remedies, first }: { remedies: readonly KeyRemedy[]; first?: KeyRemedy }) {
  return (
    <div className={classes.remedies}>
      {remedies.map((remedy) => (
        <details
          key={remedy}
          className={classes.remedy}
          open={remedy === first}
          data-last-resort={remedy === 'start-again' || undefined}
        >
          <summary>{TITLES[remedy]}</summary>
          {bodyOf(remedy)}
        </details>
      ))}
    </div>
  )
}

function bodyOf(remedy: KeyRemedy): ReactNode {
  switch (remedy) {
    case 'retry':
      return <Retry />
    case 'consent':
      return <Consent />
    case 'passphrase':
      return <SealWithPassphrase />
    case 'recovery-file':
      return <RecoveryImport bare onDone={() => undefined} />
    case 'start-again':
      return <StartAgain word="start again" />
  }
}

function Retry() {
  const { client } = useConsole()
  const form = useForm()
  return (
    <Form
      bare
      label={TITLES.retry}
      state={form}
      action="Try again"
      ready
      onSubmit={() => void form.run(() => client.keys.remedy.mutate({ remedy: 'retry' }))}
    >
      <p className={classes.text}>Unlock or bring back the keychain first. Nothing here was changed.</p>
    </Form>
  )
}

function Consent() {
  const { client } = useConsole()
  const form = useForm()
  return (
    <Form
      bare
      danger
      label={TITLES.consent}
      state={form}
      action="I understand, go on without protection"
      ready
      onSubmit={() => void form.run(() => client.keys.remedy.mutate({ remedy: 'consent' }))}
    >
      <p className={classes.text}>
        Any program that runs as you can read your clients’ tickets and credentials, and so can whoever copies your
        folders. When it was accepted stays on the keys page.
      </p>
    </Form>
  )
}

function SealWithPassphrase() {
  const { client } = useConsole()
  const form = useForm()
  const [typed, setTyped] = useState(NOTHING_TYPED)
  const seal = () => client.keys.remedy.mutate({ remedy: 'passphrase', passphrase: typed.first })
  return (
    <Form
      bare
      label={TITLES.passphrase}
      state={form}
      action="Seal with it"
      ready={isPassphrase(typed)}
      onSubmit={() => void form.run(seal)}
    >
      <NewPassphrase label="New passphrase for this computer" value={typed} onChange={setTyped} />
    </Form>
  )
}
