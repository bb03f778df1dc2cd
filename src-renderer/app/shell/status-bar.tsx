import { useComputedColorScheme } from '@mantine/core'
import {
  IconAlertTriangle,
  IconCloudCheck,
  IconCloudOff,
  IconLock,
  IconLogin2,
  IconMoon,
  IconPlugConnectedX,
  IconSun,
  IconX,
} from '@tabler/icons-react'
import { memo, useState, type FormEvent, type ReactNode } from 'react'
import { useStore } from '../../ui/store.ts'
import { clock } from '../../ui/time.ts'
import { problemFrom } from '../channel/link.ts'
import { useKeyOf } from '../commands/key-of.ts'
import { useUndo } from '../commands/undo.tsx'
import { useConsole, useChangeSettings } from '../console/context.tsx'
import { LOCK_KEYS, THEME_KEYS } from './console-commands.ts'
import { useLock } from './lock.ts'
import { useOpenDialog } from './shell-dialogs.ts'
import classes from './status-bar.module.css'

/**
 * The line below every screen: how the console stands to its cloud, what was just done, and the way to help and theme.
 * It is always there, so that nothing moves when the cloud goes away.
 */
export const StatusBar = memo(function StatusBar() {
  return (
    <footer className={classes.bar} aria-label="Status">
      <Connection />
      <NoticeLine />
      <Tools />
    </footer>
  )
})

/** What concerns every client: host lost, sign-in ended, cloud away; a quiet sign when all is well. */
function Connection() {
  const { client, connection, session } = useConsole()
  const state = useStore(connection.state)
  const status = useStore(session)
  if (state === 'lost') {
    return (
      <Said tone="amber" icon={<IconPlugConnectedX size={15} />} testId="host-banner">
        The console has stopped; reconnecting…
      </Said>
    )
  }
  if (status?.state !== 'open') return null
  if (status.signInNeeded) return <SignIn email={status.technician.email} />
  if (!status.online && status.offlineSince) {
    return (
      <Said
        tone="amber"
        icon={<IconCloudOff size={15} />}
        testId="offline-banner"
        action={
          // The focus stays where somebody writes.
          <button
            className={classes.action}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => void client.session.reconnect.mutate().catch(() => undefined)}
          >
            Try now
          </button>
        }
      >
        The cloud has been away since {clock(status.offlineSince)}.{' '}
        <span className={classes.more}>You read and edit what is stored here; edits go out when it returns.</span>
      </Said>
    )
  }
  if (status.problem && status.online) {
    return (
      <Said tone="amber" icon={<IconAlertTriangle size={15} />} testId="problem-banner">
        {status.problem.message}
      </Said>
    )
  }
  return (
    <Said tone="quiet" icon={<IconCloudCheck size={15} stroke={1.6} />} testId="online">
      {status.sandbox ? 'Sample clients' : status.organisation} · {status.technician.name}
    </Said>
  )
}

interface SaidProps {
  tone: 'quiet' | 'amber' | 'accent'
  icon: ReactNode
  testId: string
  action?: ReactNode
  children: ReactNode
}

function Said({ tone, icon, testId, action, children }: SaidProps) {
  return (
    <div className={classes.said} data-tone={tone} data-testid={testId} role="status">
      {icon}
      <div className={classes.text}>{children}</div>
      {action}
    </div>
  )
}

function SignIn({ email }: { email: string }) {
  const { client } = useConsole()
  const [password, setPassword] = useState('')
  const [error, setError] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    if (busy || password === '') return
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
    <Said tone="accent" icon={<IconLogin2 size={15} />} testId="sign-in-banner">
      <form className={classes.form} onSubmit={(event) => void submit(event)}>
        <span className={classes.text}>
          {error ? <b className={classes.error}>{error}</b> : 'Your sign-in has ended; everything stays readable.'}
        </span>
        <input
          type="password"
          className={classes.password}
          aria-label={`Password of ${email}`}
          placeholder={`Password of ${email}`}
          autoComplete="current-password"
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <button className={classes.action} disabled={busy || password === ''}>
          Sign in
        </button>
      </form>
    </Said>
  )
}

/** What was just done, with the way back, or why it could not be. */
function NoticeLine() {
  const keyOf = useKeyOf()
  const undo = useUndo()
  const notice = useStore(undo.notice)
  return (
    <div className={classes.notice} data-bad={notice?.bad || undefined} role={notice?.bad ? 'alert' : 'status'}>
      {notice && (
        <>
          {notice.bad && <IconAlertTriangle size={15} />}
          <span className={classes.text} title={notice.text}>
            {notice.text}
          </span>
          {notice.back && (
            <button className={classes.action} onClick={notice.back}>
              Undo <kbd>{keyOf('undo', 'z')}</kbd>
            </button>
          )}
          <button className={classes.tool} aria-label="Dismiss" onClick={undo.dismiss}>
            <IconX size={13} />
          </button>
        </>
      )}
    </div>
  )
}

function Tools() {
  const keyOf = useKeyOf()
  const change = useChangeSettings()
  const open = useOpenDialog()
  const dark = useComputedColorScheme() === 'dark'
  const other = dark ? 'light' : 'dark'
  const lock = useLock()
  return (
    <div className={classes.tools}>
      <button
        className={classes.tool}
        aria-label="Lock the console"
        title={`Lock the console (${keyOf('lock', LOCK_KEYS)})`}
        onClick={lock}
      >
        <IconLock size={15} stroke={1.7} />
      </button>
      <button
        className={classes.tool}
        aria-label={`Use the ${other} theme`}
        title={`Use the ${other} theme (${keyOf('theme', THEME_KEYS)})`}
        onClick={() => change({ theme: other })}
      >
        {dark ? <IconSun size={15} stroke={1.7} /> : <IconMoon size={15} stroke={1.7} />}
      </button>
      <button
        className={classes.keys}
        onClick={() => open('help')}
        title={`Keyboard shortcuts (${keyOf('help', '?')})`}
      >
        Keys <kbd>{keyOf('help', '?')}</kbd>
      </button>
    </div>
  )
}
