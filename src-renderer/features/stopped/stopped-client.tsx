import { useState } from 'react'
import { remediesFor } from '../../../src-shared/domain/keys.ts'
import type { Problem, ProblemCode } from '../../../src-shared/problem.ts'
import { useConsole } from '../../app/console/context.tsx'
import { useCommands } from '../../app/commands/use-commands.tsx'
import { useIdentity, useTenant } from '../../tenant/context.tsx'
import { Page, PageButton } from '../../ui/page.tsx'
import { Line, Section } from '../../ui/section.tsx'
import { clock } from '../../ui/time.ts'
import { RecoveryImport } from '../keys/recovery-import.tsx'
import { StartAgain } from '../keys/start-again.tsx'
import { useDiagnostics } from './use-diagnostics.ts'
import { WhatToDo } from './what-to-do.tsx'
import classes from './stopped-client.module.css'

const TITLES: Partial<Record<ProblemCode, string>> = {
  'compartment-stopped': 'was stopped',
  'compartment-stuck': 'is held by work that does not end',
  'compartment-out-of-memory': 'used up its memory',
  'compartment-unresponsive': 'did not answer',
  'compartment-crashed': 'stopped',
  'key-wrong': 'does not open with its key',
  'key-missing': 'has lost its key',
  'file-damaged': 'has a damaged file',
  'file-newer': 'was written by a newer Bulkhead',
  'disk-full': 'finds no room on the disk',
  'not-allowed': 'is not yours to open',
}

/**
 * A client that does not open: what happened, what to do, and what support needs to know. The other clients go on.
 * @param tenantId of the client on screen, for the acts that the console does on its files
 */
export function StoppedClient({ tenantId, problem }: { tenantId: string; problem: Problem }) {
  const { client } = useConsole()
  const { reopen } = useTenant()
  const { name, shortName } = useIdentity()
  const { said, say, copy, keep } = useDiagnostics(() => client.clients.diagnostics.query({ tenantId }))
  const [trying, setTrying] = useState(false)
  const again = async (): Promise<void> => {
    if (trying) return
    setTrying(true)
    await reopen()
    // Where it opened, this page is gone.
    setTrying(false)
    say({ text: `Tried again at ${clock(Date.now())}: it does not open yet.`, bad: true })
  }
  const remedies = remediesFor(problem.code)
  useCommands([
    { id: 'reopen', title: 'Open this client again', group: 'Clients', keys: ['Enter', 'r'], run: () => void again() },
    { id: 'copy-diagnostics', title: 'Copy diagnostics', group: 'Clients', keys: ['c'], run: copy },
  ])
  return (
    <Page
      title={`${name} ${TITLES[problem.code] ?? 'cannot be shown'}`}
      lead={problem.message}
      actions={
        <PageButton primary shortcut="r" disabled={trying} onClick={() => void again()}>
          Try again
        </PageButton>
      }
    >
      <p className={classes.said} data-bad={said?.bad || undefined} role="status">
        {said?.text}
      </p>
      <WhatToDo code={problem.code} />
      {remedies.includes('recovery-file') && (
        <Section title="Restore its key">
          <RecoveryImport tenantId={tenantId} onDone={() => void again()} />
        </Section>
      )}
      <Section title="Tell support">
        <Line
          title="Diagnostics"
          text="Versions, sizes, states and when it failed. No name, no text and no id of the client."
        >
          <span className={classes.actions}>
            <PageButton onClick={keep}>Save</PageButton>
            <PageButton shortcut="c" onClick={copy}>
              Copy
            </PageButton>
          </span>
        </Line>
      </Section>
      {remedies.includes('start-again') && (
        <Section title="If nothing else helps">
          <details className={classes.last}>
            <summary>Start {name} again from the cloud</summary>
            <StartAgain tenantId={tenantId} word={shortName} onDone={() => void again()} />
          </details>
        </Section>
      )}
    </Page>
  )
}
