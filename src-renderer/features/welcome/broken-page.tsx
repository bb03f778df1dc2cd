import { Button } from '@mantine/core'
import { useState } from 'react'
import type { Problem, ProblemCode } from '../../../src-shared/problem.ts'
import { useConsole } from '../../app/console/context.tsx'
import { useForm } from '../../ui/form.tsx'
import { useDiagnostics } from '../stopped/use-diagnostics.ts'
import { WhatToDo } from '../stopped/what-to-do.tsx'
import { InlineProblem, PageFrame } from './page-frame.tsx'
import classes from './welcome.module.css'

const TITLES: Partial<Record<ProblemCode, string>> = {
  'file-newer': 'This profile was written by a newer Bulkhead',
  'disk-full': 'There is no room on the disk',
}

/** The profile cannot be used as it is: what to do, another try, and what support needs. Nothing here changes anything. */
export function BrokenPage({ problem }: { problem: Problem }) {
  const { client } = useConsole()
  const form = useForm()
  const diagnostics = useDiagnostics(() => client.session.diagnostics.query())
  const [still, setStill] = useState(false)
  const retry = (): void => {
    setStill(false)
    void form.run(async () => {
      const now = await client.keys.remedy.mutate({ remedy: 'retry' })
      setStill(now.state === 'broken')
    })
  }
  const failed = form.problem ?? (diagnostics.said?.bad ? { message: diagnostics.said.text } : null)
  return (
    <PageFrame title={TITLES[problem.code] ?? 'This profile cannot be opened'} lead={problem.message}>
      <div className={classes.broken}>
        <WhatToDo code={problem.code} />
        {failed && <InlineProblem text={failed.message} />}
        <div className={classes.centred}>
          <Button autoFocus loading={form.busy} onClick={retry}>
            Try again
          </Button>
          <Button variant="default" onClick={diagnostics.copy}>
            Copy diagnostics
          </Button>
          <Button variant="default" onClick={diagnostics.keep}>
            Save diagnostics
          </Button>
        </div>
        <p className={classes.quiet} role="status">
          {still ? 'Tried again: it is still so. ' : ''}
          {diagnostics.said && !diagnostics.said.bad ? diagnostics.said.text : ''}
        </p>
        <p className={classes.quiet}>
          Nothing was changed or deleted. Diagnostics hold versions, sizes and states: no name, no text and no key.
        </p>
      </div>
    </PageFrame>
  )
}
