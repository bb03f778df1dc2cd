import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { leftIn, removeFolders } from '../support/run-folder.ts'

/** The process that made it is part of the name, so that a later run knows whether it is still in use. */
const NAME = /^bulkhead-bench-(\d+)-/
/** Names the folder in which a cloud's data really is, where it could not be in its own. */
const ELSEWHERE = 'data-is-in'

/** Makes a folder of this process below the system's temporary one. */
export function makeFolder(): string {
  return mkdtempSync(join(tmpdir(), `bulkhead-bench-${process.pid}-`))
}

/** Notes a folder that goes with one of {@link makeFolder}. */
export function noteElsewhere(folder: string, elsewhere: string): void {
  writeFileSync(join(folder, ELSEWHERE), elsewhere)
}

/** Removes what runs that were killed have left. Their Postgres ended by itself when its cloud did. */
export function removeLeftovers(): void {
  for (const folder of leftIn(tmpdir(), NAME))
    removeFolders([elsewhereOf(folder), folder].filter((one) => one !== null))
}

function elsewhereOf(folder: string): string | null {
  try {
    return readFileSync(join(folder, ELSEWHERE), 'utf8')
  } catch {
    return null
  }
}
