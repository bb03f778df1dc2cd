import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { problems } from '../../src-shared/problem.ts'

// Whoever is shown a problem asks support; support looks it up by its code.

test('the runbook says of every problem when it comes and what to do, and of no other', () => {
  const runbook = readFileSync(join(import.meta.dirname, '../../docs/runbook.md'), 'utf8')
  const [, table = ''] = runbook.split('## What each sentence means')
  const rows = table.split('\n').flatMap((line) => (line.startsWith('| `') ? [line.split('|')[1] ?? ''] : []))
  const told = rows.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, code]) => code ?? ''))
  expect(told.toSorted()).toEqual(Object.keys(problems).toSorted())
})
