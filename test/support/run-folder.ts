import { chmodSync, mkdtempSync, readdirSync, rmSync, statfsSync } from 'node:fs'
import { freemem, tmpdir } from 'node:os'
import { join } from 'node:path'

const MEMORY = '/dev/shm'
/** Bytes that a run's files and databases may come to, and that must be free besides. */
const ROOM = 6e9
/** The process that made it is part of the name, so that a later run knows whether it is still in use. */
const NAME = /^bulkhead-tests-(\d+)-/

/**
 * Makes a folder for all that a run writes, and the folder for temporary files of the processes that it starts: in memory
 * where there is enough of it. Nearly each test has files and a database of its own, and each edit waits for them.
 * @returns removes it
 */
export function makeRunFolder(): () => void {
  const folder = mkdtempSync(join(placeForRun(), `bulkhead-tests-${process.pid}-`))
  // The user that Postgres runs as must get there.
  chmodSync(folder, 0o755)
  process.env['TMPDIR'] = folder
  return () => rmSync(folder, { recursive: true, force: true })
}

/**
 * The folders that runs which were killed have left below a place.
 * @param named finds the process that made a folder in its name
 */
export function leftIn(place: string, named: RegExp): string[] {
  return readdirSync(place).flatMap((name) => {
    const pid = named.exec(name)?.[1]
    return pid === undefined || isAlive(Number(pid)) ? [] : [join(place, name)]
  })
}

/** Removes folders; one of another account, or that another run is removing, stays. */
export function removeFolders(folders: Iterable<string>): void {
  for (const folder of folders) {
    try {
      rmSync(folder, { recursive: true, force: true })
    } catch {
      // It is in nobody's way.
    }
  }
}

function placeForRun(): string {
  try {
    // What a run that was killed left keeps memory until it is removed.
    removeFolders(leftIn(MEMORY, NAME))
    const { bavail, bsize } = statfsSync(MEMORY)
    return bavail * bsize > ROOM && freemem() > 2 * ROOM ? MEMORY : tmpdir()
  } catch {
    return tmpdir()
  }
}

/** Whether there is a process of that id, whoever it belongs to. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as { code?: string }).code === 'EPERM'
  }
}
