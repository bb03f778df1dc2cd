import { readdirSync, rmSync, statfsSync, statSync } from 'node:fs'
import { freemem, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { lockFolder } from '../../src-cloud/embedded/folder.ts'
import { FOLDER, startPostgres } from './postgres.ts'

const MEMORY = '/dev/shm'
/** Bytes that a run's databases may come to, and that must be free besides. */
const ROOM = 6e9
const MINUTE = 60_000

/** Memory, where there is enough of it: nearly each test has a database of its own, and one is made of hundreds of files. */
function placeForDatabases(): string {
  try {
    for (const name of readdirSync(MEMORY)) if (name.startsWith(FOLDER)) removeUnlessUsed(join(MEMORY, name))
    const { bavail, bsize } = statfsSync(MEMORY)
    return bavail * bsize > ROOM && freemem() > 2 * ROOM ? MEMORY : tmpdir()
  } catch {
    return tmpdir()
  }
}

/** What a run that was killed left keeps memory until it is removed. */
function removeUnlessUsed(folder: string): void {
  try {
    if (statSync(folder).mtimeMs > Date.now() - MINUTE) return
    lockFolder(folder)()
    rmSync(folder, { recursive: true, force: true })
  } catch {
    // Another run is at work in it, or ends just now.
  }
}

/** For vitest's `globalSetup`: one Postgres for the whole run. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { address, stop } = await startPostgres(placeForDatabases())
  project.provide('postgres', address)
  return stop
}
