import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Ledger } from '../../src-main/compartment/ledger/ledger.ts'
import { idOf, randomOf } from '../compartment/desk.ts'
import { temporaryFolder } from '../compartment/driver.ts'
import { cases, ran, seedOf } from './cases.ts'
import { LEDGER_KEY, readLedger } from './ledger-file.ts'
import { ledgerStory } from './ledger-story.ts'
import { watchStatements } from './statements.ts'

let place: ReturnType<typeof temporaryFolder>
beforeEach(() => {
  place = temporaryFolder()
})
afterEach(() => place.remove())

const folderOf = (name: string | number): string => {
  const folder = join(place.folder, String(name))
  mkdirSync(folder)
  return folder
}

/** Opens a ledger's files as a kill left them. @returns all that they hold, ids by the order in which they appear */
function reopened(folder: string): string {
  Ledger.open(folder, LEDGER_KEY, idOf('me')).close()
  const { broken, audit, outbox, meta } = readLedger(folder)
  expect(broken).toBeNull()
  const seen: string[] = []
  const rows = { audit: audit.map(({ action, entity, detail }) => [action, entity, detail]), meta, outbox }
  return JSON.stringify(rows, (name, value: unknown) => (name === 'at' ? undefined : value), 1).replaceAll(
    /[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g,
    (id) => `#${seen.includes(id) ? seen.indexOf(id) : seen.push(id) - 1}`,
  )
}

/** Takes a ledger through its story with its files copied as they are before every statement, and after each step. */
function record(): { cuts: { folder: string; done: number }[]; after: string[] } {
  const live = folderOf('live')
  const cuts: { folder: string; done: number }[] = []
  const after: string[] = []
  const copy = (name: string | number): string => {
    const folder = folderOf(name)
    for (const file of ['ledger.db', 'ledger.db-wal'])
      if (existsSync(join(live, file))) copyFileSync(join(live, file), join(folder, file))
    return folder
  }
  let done = 0
  const steps: string[] = []
  const unwatch = watchStatements(() => cuts.push({ folder: copy(cuts.length), done }))
  try {
    const ledger = Ledger.open(live, LEDGER_KEY, idOf('me'))
    steps.push(copy('opened'))
    for (const [name, run] of ledgerStory()) {
      done += 1
      run(ledger)
      steps.push(copy(`after ${done}, ${name}`))
    }
    ledger.close()
  } finally {
    unwatch()
  }
  for (const folder of steps) after.push(reopened(folder))
  return { cuts, after }
}

test(
  'a kill before any SQL statement leaves each write of the ledger whole, with its audit rows, or not begun',
  () => {
    const { cuts, after } = record()
    // Every step is one that can be told from the one before.
    expect(after.filter((state, i) => state === after[i - 1])).toEqual([])
    for (const { folder, done } of cuts) {
      const state = reopened(folder)
      expect([after[Math.max(0, done - 1)], after[done]]).toContain(state)
    }
    ran('SQL statements, files as a kill leaves them', cuts.length)
    // The same with a process of its own, really killed.
    const random = randomOf(seedOf('SQL statements'))
    const script = fileURLToPath(new URL('statement-host.ts', import.meta.url))
    const every = cases(cuts.length / 8, 1)
    let kills = 0
    for (let at = 1 + Math.floor(random() * every); at <= cuts.length; at += Math.ceil(every)) {
      const folder = folderOf(`killed ${at}`)
      const { signal, stdout } = spawnSync(process.execPath, [script, folder, String(at)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      const done = stdout.toString().split('\n').length - 1
      const state = reopened(folder)
      expect([after[Math.max(0, done - 1)], after[done]]).toContain(state)
      // Closing in order is of this process alone.
      if (done <= ledgerStory().length) expect(signal).toBe('SIGKILL')
      kills += 1
    }
    ran('kill -9 at an SQL statement', kills)
  },
  30 * 60_000,
)
