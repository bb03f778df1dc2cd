import { Button, Checkbox, PasswordInput, TextInput } from '@mantine/core'
import { useState, type FormEvent } from 'react'
import type { Problem } from '../../../src-shared/problem.ts'
import { problemFrom } from '../../app/channel/link.ts'
import { useConsole } from '../../app/console/context.tsx'
import { InlineProblem, PageFrame } from './page-frame.tsx'
import classes from './welcome.module.css'

const MIN_PASSPHRASE = 8

interface Typed {
  url: string
  email: string
  password: string
  passphrase: string
}

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
  const [form, setForm] = useState<Typed>({ url: cloudUrl ?? '', email: '', password: '', passphrase: '' })
  const [consent, setConsent] = useState(false)
  const [busy, setBusy] = useState(false)
  const [wrong, setWrong] = useState<Partial<Typed>>({})
  const [problem, setProblem] = useState<string | null>(null)
  const passphraseNeeded = sealing === 'passphrase' && !consent
  const field = (name: keyof Typed) => ({
    name,
    value: form[name],
    error: wrong[name],
    required: true,
    withAsterisk: false,
    onChange: (event: { currentTarget: { value: string } }) => {
      const { value } = event.currentTarget
      setForm((before) => ({ ...before, [name]: value }))
      setWrong((before) => Object.fromEntries(Object.entries(before).filter(([one]) => one !== name)))
    },
  })
  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault()
    const found = wrongIn(form, passphraseNeeded)
    setWrong(found)
    const first = event.currentTarget.elements.namedItem(Object.keys(found)[0] ?? '')
    if (first instanceof HTMLElement) return first.focus()
    setBusy(true)
    setProblem(null)
    const { url, email, password, passphrase } = form
    try {
      await client.session.connect.mutate({
        url: url.trim(),
        email: email.trim(),
        password,
        ...(consent ? { consent } : passphraseNeeded ? { passphrase } : {}),
      })
    } catch (error) {
      setProblem(problemFrom(error).message)
    } finally {
      setBusy(false)
    }
  }
  return (
    <PageFrame title="Connect to your cloud">
      <form className={classes.form} noValidate onSubmit={(event) => void submit(event)}>
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
        {passphraseNeeded && (
          <PasswordInput
            label="New passphrase for this computer"
            description={`Seals your clients' files: this computer has no keychain that could. At least ${MIN_PASSPHRASE} characters; it cannot be recovered.`}
            autoComplete="new-password"
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

/** What is wrong with what was typed, and what to do, by field and in their order. */
function wrongIn({ url, email, password, passphrase }: Typed, passphraseNeeded: boolean): Partial<Typed> {
  return {
    ...(!/^https?:$/.test(URL.parse(url.trim())?.protocol ?? '') && {
      url: 'Write the whole address, such as https://cloud.example.com.',
    }),
    ...(!/^\S+@\S+$/.test(email.trim()) && { email: 'Write the address of your account, such as you@example.com.' }),
    ...(password === '' && { password: 'Write the password of your account.' }),
    ...(passphraseNeeded &&
      passphrase.length < MIN_PASSPHRASE && { passphrase: `Give it at least ${MIN_PASSPHRASE} characters.` }),
  }
}
