import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { SyncState } from '../../src-shared/domain/views.ts'
import type { RecordedFailure } from '../supervisor/crash-history.ts'
import { asText, freeBytes, runningOn, type DiagnosticLine } from './diagnostics.ts'

/** Files of a compartment whose names say nothing; of others only the number and the size are told. */
const KNOWN = /^(?:(?:ledger|cache|vault)\.db(?:-wal|-shm|-journal)?|ledger\.db\.damaged-\d+(?:-wal)?)$/

export interface ClientFacts {
  /** The client's folder. */
  folder: string
  sync: SyncState
  awake: boolean
  failures: readonly RecordedFailure[]
}

/**
 * What support needs to know of a client whose compartment may not even start, as text: no name, no text and no id of
 * the client, and nothing that its key opens.
 */
export async function clientDiagnostics({ folder, sync, awake, failures }: ClientFacts): Promise<string> {
  return asText([
    ...runningOn(),
    ['compartment', awake ? 'awake' : 'asleep'],
    ['phase', sync.phase],
    ['problem', sync.problem?.code ?? null],
    // With the name of a file and schema versions, and nothing of what is in it.
    ['damage', sync.problem?.code.startsWith('file-') ? sync.problem.message : null],
    ['last success', sync.lastSuccessAt],
    ['progress', sync.progress ? `${sync.progress.rows} of ${sync.progress.total}` : null],
    ['unsent', sync.pending],
    ['undecided', sync.failed],
    ['free disk bytes', await freeBytes(folder)],
    ...(await sizes(folder)),
    ['failures', failures.length],
    ...failures.map(({ at, kind, code, stack }): DiagnosticLine => [
      'failure',
      `${at} ${kind}, code ${code ?? 'none'}, stack ${stack ?? 'none'}`,
    ]),
  ])
}

async function sizes(folder: string): Promise<DiagnosticLine[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => null)
  if (!entries) return [['folder', 'missing or unreadable']]
  const known = entries.filter(({ name }) => KNOWN.test(name)).sort((a, b) => a.name.localeCompare(b.name, 'en'))
  const told = known.map(async (entry): Promise<DiagnosticLine> => {
    if (!entry.isFile()) return [entry.name, 'not a file']
    const found = await stat(join(folder, entry.name)).catch(() => null)
    return [`${entry.name} bytes`, found?.size ?? 'unreadable']
  })
  const attached = await readdir(join(folder, 'files')).catch(() => [])
  return [...(await Promise.all(told)), ['attached files', attached.length], ['others', entries.length - known.length]]
}
