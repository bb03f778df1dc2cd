import { Button, PasswordInput } from '@mantine/core'
import { IconAlertTriangle, IconCloudOff, IconLogin2, IconPlugConnectedX } from '@tabler/icons-react'
import { useState, type FormEvent, type ReactNode } from 'react'
import { useStore } from '../../ui/store.ts'
import { clock } from '../../ui/time.ts'
import { problemFrom } from '../channel/link.ts'
import { useConsole } from '../console/context.tsx'
import classes from './banners.module.css'

/** What concerns every client, above everything: host lost, cloud away, sign-in ended. */
export function Banners() {
  const { connection, session } = useConsole()
  const state = useStore(connection.state)
  const status = useStore(session)
  if (state === 'lost') {
    return (
      <Banner tone="amber" icon={<IconPlugConnectedX size={16} />} testId="host-banner">
        The console has stopped; reconnecting…
      </Banner>
    )
  }
  if (status?.state !== 'open') return null
  return (
    <>
      {status.signInNeeded && <SignInBanner email={status.technician.email} />}
      {status.problem && status.online && !status.signInNeeded && (
        <Banner tone="amber" icon={<IconAlertTriangle size={16} />} testId="problem-banner">
          {status.problem.message}
        </Banner>
      )}
      {!status.online && status.offlineSince && (
        <Banner tone="amber" icon={<IconCloudOff size={16} />} testId="offline-banner">
          The cloud has been away since {clock(status.offlineSince)}. You read and edit what is stored here; edits go
          out when it returns.
        </Banner>
      )}
    </>
  )
}

interface BannerProps {
  tone: 'amber' | 'accent'
  icon: ReactNode
  testId: string
  children: ReactNode
}

function Banner({ tone, icon, testId, children }: BannerProps) {
  return (
    <div className={classes.banner} data-tone={tone} data-testid={testId} role="status">
      {icon}
      <div className={classes.text}>{children}</div>
    </div>
  )
}

function SignInBanner({ email }: { email: string }) {
  const { client } = useConsole()
  const [password, setPassword] = useState('')
  const [error, setError] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    setBusy(true)
    setError(null)
    try {
      await client.session.signIn.mutate({ password })
    } catch (thrown) {
      setError(problemFrom(thrown).message)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Banner tone="accent" icon={<IconLogin2 size={16} />} testId="sign-in-banner">
      <form className={classes.form} onSubmit={(event) => void submit(event)}>
        <span>Your sign-in has ended. Everything stays readable; sign in again to sync.</span>
        <PasswordInput
          size="xs"
          w={220}
          aria-label={`Password of ${email}`}
          placeholder={`Password of ${email}`}
          autoComplete="current-password"
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <Button size="compact-sm" type="submit" loading={busy} disabled={password === ''}>
          Sign in
        </Button>
        {error && <span className={classes.error}>{error}</span>}
      </form>
    </Banner>
  )
}
