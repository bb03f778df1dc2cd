import { statfs } from 'node:fs/promises'
import { API_VERSION } from '../../src-shared/protocol/api.ts'

/** What is told, line by line; null is told as `none`. */
export type DiagnosticLine = [name: string, value: string | number | null]

/** Of what Bulkhead runs on. */
export function runningOn(): DiagnosticLine[] {
  return [
    ['time', new Date().toISOString()],
    ['node', process.versions.node],
    ['electron', process.versions['electron'] ?? null],
    ['system', `${process.platform} ${process.arch}`],
    ['protocol', API_VERSION],
  ]
}

/** Bytes that are free on the disk of a folder; null where nobody can tell. */
export async function freeBytes(folder: string): Promise<number | null> {
  const found = await statfs(folder).catch(() => null)
  return found && found.bavail * found.bsize
}

/** One line each. */
export function asText(lines: readonly DiagnosticLine[]): string {
  return lines.map(([name, value]) => `${name}: ${value ?? 'none'}\n`).join('')
}
