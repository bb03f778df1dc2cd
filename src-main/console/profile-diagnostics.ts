import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Problem } from '../../src-shared/problem.ts'
import { asText, freeBytes, runningOn, type DiagnosticLine } from './diagnostics.ts'
import { KEYRING_FILE } from './keyring.ts'
import { tenantFolders } from './set-aside.ts'

const FILES = [KEYRING_FILE, 'settings.json', 'console.db', 'console.db-wal', 'console.db-shm']

/**
 * What support needs to know of a profile that may not even open, as text: no name, no id and no path, and nothing that
 * its keys open.
 * @param state of the session @param found what keeps it from opening
 */
export async function profileDiagnostics(profile: string, state: string, found: Problem | null): Promise<string> {
  const sizes = FILES.map(async (name): Promise<DiagnosticLine> => {
    const file = await stat(join(profile, name)).catch(() => null)
    return [`${name} bytes`, file?.size ?? 'missing or unreadable']
  })
  return asText([
    ...runningOn(),
    ['state', state],
    ['problem', found?.code ?? null],
    // With the name of a file and schema versions, and nothing of what is in it.
    ['damage', found?.code.startsWith('file-') ? found.message : null],
    ['free disk bytes', await freeBytes(profile)],
    ...(await Promise.all(sizes)),
    ['clients with files', tenantFolders(profile).length],
  ])
}
