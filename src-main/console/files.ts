import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { ProblemError } from '../../src-shared/problem.ts'

/** A new name in a folder outlives a power cut only after this. Windows has no such thing, and needs none. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return
  const fd = openSync(folder, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

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
    syncFolder(dirname(file))
  } catch (error) {
    rmSync(next, { force: true })
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') throw new ProblemError('disk-full', {}, { cause: error })
    throw error
  }
}
