import { execFile } from 'node:child_process'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Binaries } from './binaries.ts'
import type { RunAs } from './system-user.ts'

const run = promisify(execFile)

/** What a running Postgres tells about itself in its folder; null where none has run, or where it ended in order. */
export async function readPostmaster(database: string): Promise<{ pid: number; ready: boolean } | null> {
  const text = await readFile(join(database, 'postmaster.pid'), 'utf8').catch(() => null)
  if (text === null) return null
  const lines = text.split('\n')
  return { pid: Number(lines[0]), ready: lines[7]?.trim() === 'ready' }
}

/**
 * Stops the Postgres that a killed cloud left running on this folder, and clears its traces. A process that merely got
 * the same id since is left alone.
 */
export async function stopOrphan(database: string, binaries: Binaries, runAs: RunAs): Promise<void> {
  const left = await readPostmaster(database)
  if (!left) return
  if (await runsPostmaster(left.pid, database)) {
    const stop = (mode: string) =>
      run(binaries.pgCtl, ['stop', '-D', database, '-m', mode, '-w', '-t', '20'], { ...runAs, cwd: '/' })
    await stop('fast').catch(() => stop('immediate'))
  } else {
    await rm(join(database, 'postmaster.pid'), { force: true })
  }
}

/** Whether a process lives and is a Postgres on this folder. */
export async function runsPostmaster(pid: number, database: string): Promise<boolean> {
  return (await commandOf(pid)).includes(database)
}

/** The command line of a living process, as well as the system tells it; empty for one that is gone or only unburied. */
async function commandOf(pid: number): Promise<string> {
  if (process.platform === 'linux')
    return (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ')
  if (process.platform === 'win32') return ''
  return (await run('ps', ['-o', 'command=', '-p', String(pid)]).catch(() => ({ stdout: '' }))).stdout
}
