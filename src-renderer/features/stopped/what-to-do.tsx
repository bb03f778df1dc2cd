import type { ProblemCode } from '../../../src-shared/problem.ts'
import classes from './stopped-client.module.css'

const STEPS: Partial<Record<ProblemCode, readonly string[]>> = {
  'file-newer': [
    'Close Bulkhead, and install the newest version of it on this computer.',
    'Open Bulkhead again: it goes on where it was left, with the edits that were not sent.',
    'Delete nothing meanwhile: the file is whole, only this version cannot read it.',
  ],
  'disk-full': [
    'Free space on the disk that holds your profile: 500 MB will do. Empty the bin, or move large files elsewhere.',
    'Leave the files of the profile alone: edits that were not sent are in them.',
    'Then try again. It goes on where it stopped.',
  ],
}

/** The steps out of a problem that a person can solve by themselves; nothing for others. */
export function WhatToDo({ code }: { code: ProblemCode }) {
  const steps = STEPS[code]
  if (!steps) return null
  return (
    <ol className={classes.steps} aria-label="What to do">
      {steps.map((step) => (
        <li key={step}>{step}</li>
      ))}
    </ol>
  )
}
