import { Button, Checkbox, PasswordInput, TextInput } from '@mantine/core'
import { useState, type FormEvent } from 'react'
import type { Problem } from '../../../src-shared/problem.ts'
import { problemFrom } from '../../app/channel/link.ts'
import { useConsole } from '../../app/console/context.tsx'
import { InlineProblem, PageFrame } from './page-frame.tsx'
import classes from './welcome.module.css'

const MIN_PASSPHRASE = 8

interface ConnectFormProps {
  sealing: 'keychain' | 'passphrase'
  /** Says what it means that the only keychain hides nothing; null where that is not so. */
  exposed: Problem | null
  /** Proposed address. */
  cloudUrl: string | null
  onBack(): void
}

/** Address and account; where no keychain can seal the profile, a new passphrase too. */
export function ConnectForm({ sealing, exposed, cloudUrl, onBack }: ConnectFormProps) {
  const { client } = useConsole()
  const [form, setForm] = useState({ url: cloudUrl ?? '', email: '', password: '', passphrase: '' })
  const [consent, setConsent] = useState(false)
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const field = (name: keyof typeof form) => ({
    value: form[name],
    required: true,
    withAsterisk: false,
    onChange: (event: { currentTarget: { value: string } }) => {
      const { value } = event.currentTarget
      setForm((before) => ({ ...before, [name]: value }))
    },
  })
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    setBusy(true)
    setProblem(null)
    const { url, email, password, passphrase } = form
    try {
      await client.session.connect.mutate({
        url: url.trim(),
        email: email.trim(),
        password,
        ...(consent ? { consent } : sealing === 'passphrase' ? { passphrase } : {}),
      })
    } catch (error) {
      setProblem(problemFrom(error).message)
    } finally {
      setBusy(false)
    }
  }
  return (
    <PageFrame title="Connect to your cloud">
      <form className={classes.form} onSubmit={(event) => void submit(event)}>
        <TextInput label="Address" placeholder="https://cloud.example.com" type="url" autoFocus {...field('url')} />
        <TextInput label="Email" type="email" autoComplete="username" {...field('email')} />
        <PasswordInput label="Password" autoComplete="current-password" {...field('password')} />
        {exposed && (
          <Checkbox
            label="Go on without a passphrase"
            description={exposed.message}
            checked={consent}
            onChange={(event) => setConsent(event.currentTarget.checked)}
          />
        )}
        {sealing === 'passphrase' && !consent && (
          <PasswordInput
            label="New passphrase for this computer"
            description={`Seals your clients' files: this computer has no keychain that could. At least ${MIN_PASSPHRASE} characters; it cannot be recovered.`}
            autoComplete="new-password"
            minLength={MIN_PASSPHRASE}
            {...field('passphrase')}
          />
        )}
        {problem && <InlineProblem text={problem} />}
        <div className={classes.actions}>
          <Button variant="default" onClick={onBack} disabled={busy}>
            Back
          </Button>
          <Button type="submit" loading={busy}>
            Connect
          </Button>
        </div>
      </form>
    </PageFrame>
  )
}
