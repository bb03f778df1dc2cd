import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The machine's key store: one key in a file that outlives the process, as a person's keychain does. */
export function keychainKey(machine: string): Buffer {
  mkdirSync(machine, { recursive: true, mode: 0o700 })
  const file = join(machine, 'keychain')
  try {
    writeFileSync(file, randomBytes(32), { mode: 0o600, flag: 'wx' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  return readFileSync(file)
}

/** Sent to the process that has the lock by one that wants it. */
export const KNOCK = 'SIGUSR2'

/**
 * Chromium's own way on Linux: a link in the folder whose target names the process, taken over where that is gone.
 * Whoever has it is told that another came.
 */
export function takeLock(folder: string): boolean {
  const lock = join(folder, 'SingletonLock')
  for (;;) {
    try {
      symlinkSync(String(process.pid), lock)
      process.once('exit', () => rmSync(lock, { force: true }))
      return true
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    try {
      process.kill(Number(readlinkSync(lock)), KNOCK)
      return false
    } catch {
      rmSync(lock, { force: true })
    }
  }
}
