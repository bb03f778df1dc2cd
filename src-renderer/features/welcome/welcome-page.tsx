import { IconCloud, IconSparkles } from '@tabler/icons-react'
import { useState } from 'react'
import type { SessionStatus } from '../../../src-shared/domain/session-status.ts'
import { problemFrom } from '../../app/channel/link.ts'
import { useConsole } from '../../app/console/context.tsx'
import { ConnectForm } from './connect-form.tsx'
import { StartingPage } from './connection-pages.tsx'
import { InlineProblem, PageFrame } from './page-frame.tsx'
import classes from './welcome.module.css'

type Step = 'choice' | 'connect'

/** First start: look around with sample clients, or connect to the organisation's cloud. */
export function WelcomePage({ status }: { status: Extract<SessionStatus, { state: 'welcome' | 'starting' }> }) {
  const { client } = useConsole()
  const [step, setStep] = useState<Step>('choice')
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const trySandbox = async (): Promise<void> => {
    setBusy(true)
    setProblem(null)
    try {
      await client.session.trySandbox.mutate()
    } catch (error) {
      setProblem(problemFrom(error).message)
      setBusy(false)
    }
  }
  // While it starts, a form keeps what was typed: starting may fail.
  const [welcome, setWelcome] = useState(status.state === 'welcome' ? status : null)
  if (status.state === 'welcome' && status !== welcome) setWelcome(status)
  if (step === 'connect' && welcome) {
    return (
      <ConnectForm
        sealing={welcome.sealing}
        exposed={welcome.exposed}
        cloudUrl={welcome.cloudUrl}
        onBack={() => setStep('choice')}
      />
    )
  }
  if (status.state === 'starting') return <StartingPage step={status.step} />
  const shown = problem ?? status.problem?.message
  return (
    <PageFrame
      title="Welcome to Bulkhead"
      lead="One console for all your clients, each in a sealed compartment of its own."
    >
      {shown && <InlineProblem text={shown} />}
      <div className={classes.choices} data-one={!status.samples || undefined}>
        {status.samples && (
          <button className={classes.choice} disabled={busy} onClick={() => void trySandbox()}>
            <IconSparkles size={22} stroke={1.6} />
            <strong>{busy ? 'Preparing the sample clients…' : 'Try it with sample clients'}</strong>
            <span>
              {busy
                ? 'A small cloud starts on this computer. The first time takes about half a minute.'
                : 'A small cloud starts on this computer, with fourteen invented clients and their tickets.'}
            </span>
          </button>
        )}
        <button className={classes.choice} disabled={busy} onClick={() => setStep('connect')}>
          <IconCloud size={22} stroke={1.6} />
          <strong>Connect to your cloud</strong>
          <span>Sign in with the address and account that your organisation gave you.</span>
        </button>
      </div>
    </PageFrame>
  )
}
