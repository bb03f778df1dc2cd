import { useEffect, useState } from 'react'
import type { KeyReport } from '../../../src-shared/domain/keys.ts'
import { problemFrom } from '../../app/channel/link.ts'
import { useKeyOf } from '../../app/commands/key-of.ts'
import { useArrived, useCommands } from '../../app/commands/use-commands.tsx'
import { useConsole, useSettings } from '../../app/console/context.tsx'
import { LOCK_KEYS } from '../../app/shell/console-commands.ts'
import { places, useGo } from '../../app/shell/go.ts'
import { useLock } from '../../app/shell/lock.ts'
import { Page, PageButton } from '../../ui/page.tsx'
import { ProblemNotice } from '../../ui/problem-notice.tsx'
import { Line, Section } from '../../ui/section.tsx'
import sectionClasses from '../../ui/section.module.css'
import { dateTime } from '../../ui/time.ts'
import { PassphraseForm } from './passphrase-form.tsx'
import { outcome, RecoveryImport } from './recovery-import.tsx'
import { RecoveryExport, savedAs } from './recovery-export.tsx'
import classes from './keys.module.css'

type Asked = 'passphrase' | 'no-passphrase' | 'export' | 'import'

const MINUTES = [5, 10, 15, 30, 60, 120] as const

/** What protects the keys of this profile, how it locks, and the file that brings them back. */
export function KeysPage() {
  const { client } = useConsole()
  const [report, setReport] = useState<KeyReport | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  useArrived(report || problem ? places.keys : null)
  const read = (): void =>
    void client.keys.report.query().then(setReport, (error: unknown) => setProblem(problemFrom(error).message))
  useEffect(read, [client])
  if (problem) return <ProblemNotice title="The keys cannot be shown" text={problem} />
  if (!report) return <main aria-busy aria-label="Keys and lock" />
  return <Report report={report} onChanged={read} />
}

function Report({ report, onChanged }: { report: KeyReport; onChanged(): void }) {
  const keyOf = useKeyOf()
  const [settings, change] = useSettings()
  const go = useGo()
  const lock = useLock()
  const [asked, setAsked] = useState<Asked | null>(null)
  const [said, setSaid] = useState({ text: '', bad: false })
  const ask = (what: Asked): void => {
    setSaid({ text: '', bad: false })
    setAsked(what)
  }
  const done = (text: string, bad = false): void => {
    setAsked(null)
    setSaid({ text, bad })
    onChanged()
  }
  useCommands([
    {
      id: 'back',
      title: 'Back',
      group: 'Go to',
      keys: ['Escape'],
      run: () => (asked ? setAsked(null) : go(places.clients)),
    },
    {
      id: 'set-passphrase',
      title: 'Set the passphrase of this computer',
      group: 'Console',
      keys: ['p'],
      run: () => ask('passphrase'),
    },
    { id: 'export-recovery', title: 'Save a recovery file', group: 'Console', keys: ['x'], run: () => ask('export') },
    { id: 'import-recovery', title: 'Restore a recovery file', group: 'Console', keys: [], run: () => ask('import') },
  ])
  const close = (): void => setAsked(null)
  return (
    <Page
      title="Keys and lock"
      lead="Each client’s files have a key of their own. This is what keeps those keys, and how you get them back."
      actions={
        <PageButton shortcut={keyOf('lock', LOCK_KEYS)} disabled={report.unlockBy === null} onClick={lock}>
          Lock now
        </PageButton>
      }
    >
      <p className={classes.said} data-bad={said.bad || undefined} role="status">
        {said.text}
      </p>
      {report.consentedAt && (
        <p className={classes.warning}>
          The keychain here hides nothing from other programs of your account. That was accepted on{' '}
          {dateTime(report.consentedAt)}; a passphrase protects your clients’ files better.
        </p>
      )}
      <Section title="What seals the keys">
        <Line title={sealedBy(report)} text={BACKEND_NOTE[report.backend] ?? 'The key store of this computer.'}>
          <span className={sectionClasses.actions}>
            {report.passphrase && report.backend !== 'passphrase' && (
              <PageButton onClick={() => ask('no-passphrase')}>Take it away</PageButton>
            )}
            <PageButton shortcut="p" onClick={() => ask('passphrase')}>
              {report.passphrase ? 'Change passphrase' : 'Set a passphrase'}
            </PageButton>
          </span>
        </Line>
        {(asked === 'passphrase' || asked === 'no-passphrase') && (
          <PassphraseForm
            has={report.passphrase}
            remove={asked === 'no-passphrase'}
            onDone={() => done(asked === 'passphrase' ? 'The passphrase is set.' : 'The passphrase is gone.')}
            onCancel={close}
          />
        )}
        <Line
          title="Lock by itself"
          text={
            report.unlockBy === null
              ? 'Nothing could unlock it again: set a passphrase first.'
              : 'After this long without a key or the pointer, and when the system locks or sleeps. Keys leave the memory; what you typed stays.'
          }
        >
          <select
            className={classes.select}
            aria-label="Lock after"
            disabled={report.unlockBy === null}
            value={settings.lockAfterMinutes ?? ''}
            onChange={(event) =>
              change({ lockAfterMinutes: event.target.value === '' ? null : Number(event.target.value) })
            }
          >
            <option value="">Never</option>
            {MINUTES.map((minutes) => (
              <option key={minutes} value={minutes}>
                After {minutes} minutes
              </option>
            ))}
          </select>
        </Line>
      </Section>
      <Section title="Recovery file">
        <Line
          title={recovery(report)}
          text="All keys under a passphrase of its own. Keep it where this computer is not: with it, a lost keychain or a forgotten passphrase loses nothing."
        >
          <PageButton shortcut="x" primary={report.notInRecovery > 0} onClick={() => ask('export')}>
            Save a recovery file
          </PageButton>
        </Line>
        {asked === 'export' && (
          <RecoveryExport
            askCurrent={report.passphrase}
            onDone={(file) => {
              const { text, bad } = savedAs(file)
              done(text, bad)
            }}
            onCancel={close}
          />
        )}
        <Line
          title="Restore a recovery file"
          text="Fills in keys that are missing here or do not open. Keys that open stay."
        >
          <PageButton onClick={() => ask('import')}>Restore…</PageButton>
        </Line>
        {asked === 'import' && <RecoveryImport onDone={(result) => done(outcome(result))} onCancel={close} />}
      </Section>
    </Page>
  )
}

const BACKEND_NOTE: Record<string, string> = {
  passphrase: 'Argon2id makes the sealing key from it; it is asked for at each start and after a lock.',
  'secret-service': 'The keychain of your desktop session.',
  'macos-keychain': 'The macOS keychain.',
  'windows-credential-manager': 'Windows Credential Manager.',
}

function sealedBy({ backend, passphrase }: KeyReport): string {
  if (backend === 'passphrase') return passphrase ? 'A passphrase' : 'The public passphrase of the sample clients'
  return passphrase ? 'The keychain and a passphrase' : 'The keychain'
}

function recovery({ recoveryAt, notInRecovery }: KeyReport): string {
  if (recoveryAt === null) return 'Never saved'
  const saved = `Saved ${dateTime(recoveryAt)}`
  if (notInRecovery === 0) return saved
  return `${saved}; ${notInRecovery === 1 ? 'the key of 1 client is' : `the keys of ${notInRecovery} clients are`} not in it`
}
