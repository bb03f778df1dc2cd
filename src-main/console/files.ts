import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { ProblemError } from '../../src-shared/problem.ts'

/**
 * Replaces a file as a whole, or not at all: written beside it, flushed, renamed. Only the owner may read it.
 * @throws ProblemError `disk-full`; the file is then as it was
 */
export function replaceFile(file: string, text: string): void {
  const next = `${file}.next`
  try {
    const fd = openSync(next, 'w', 0o600)
    try {
      writeSync(fd, text)
      fsyncSync(fd)
    } finally {
      closeSync(fd)
    }
    renameSync(next, file)
  } catch (error) {
    rmSync(next, { force: true })
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') throw new ProblemError('disk-full', {}, { cause: error })
    throw error
  }
}
