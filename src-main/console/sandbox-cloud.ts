import { spawn, type ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import envPaths from 'env-paths'
import { ProblemError } from '../../src-shared/problem.ts'

/** Who signs in to the sample cloud. Public: the sample cloud listens on this machine only and holds made-up data. */
export const SANDBOX_SIGN_IN = { email: 'dana@sandbox.example', password: 'sandbox' }
/** Seals a sandbox profile where there is no keychain and nobody gave a passphrase. Public, like the data it seals. */
export const SANDBOX_PASSPHRASE = 'bulkhead-sandbox'

/** The embedded cloud with sample clients, running as a process of its own. */
export interface SandboxCloud {
  url: string
  close(): Promise<void>
  /** Resolves when the process has ended. */
  ended: Promise<void>
}

/**
 * Starts the embedded cloud. Its data lives outside the profile, since Postgres does not encrypt it,
 * in a folder that belongs to this profile's path.
 * @param script see {@link findCloudScript}
 * @throws ProblemError `sandbox-failed` with the cloud's own last line, or where there is no script
 */
export async function startSandboxCloud(profile: string, script: string | null): Promise<SandboxCloud> {
  if (script === null)
    throw new ProblemError('sandbox-failed', { reason: 'this installation does not include the cloud.' })
  const args = [script, '--port=0', `--data=${dataFolder(profile)}`, '--seed=sandbox', '--exit-with-parent']
  const child = spawn(process.execPath, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...withoutOwnSecrets(process.env), ...(process.versions.electron ? { ELECTRON_RUN_AS_NODE: '1' } : {}) },
  })
  const ended = new Promise<void>((end) => child.once('exit', () => end()))
  const url = await readyUrl(child)
  return {
    url,
    ended,
    async close() {
      child.stdin.end()
      await ended
    },
  }
}

function readyUrl(child: ChildProcess): Promise<string> {
  return new Promise((ready, reject) => {
    let last = 'it ended without a message'
    const errors = createInterface({ input: child.stderr! })
    errors.on('line', (line) => (last = sentenceOf(line) ?? last))
    createInterface({ input: child.stdout! }).on('line', (line) => {
      const url = /^cloud ready: (http:\/\/\S+)$/.exec(line)?.[1]
      if (url) ready(url)
    })
    child.once('error', (cause) => reject(new ProblemError('sandbox-failed', { reason: cause.message }, { cause })))
    child.once('exit', () => reject(new ProblemError('sandbox-failed', { reason: last })))
  })
}

/** The words of a line of the cloud's log that a person can use, null where it is routine. */
function sentenceOf(line: string): string | null {
  if (!line.startsWith('{')) return line.trim() || null
  try {
    const { level, msg } = JSON.parse(line) as { level?: number; msg?: string }
    return (level ?? 0) >= 50 && msg ? msg : null
  } catch {
    return null
  }
}

function withoutOwnSecrets(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !name.startsWith('BULKHEAD_') && name !== 'DATABASE_URL'),
  )
}

function dataFolder(profile: string): string {
  const given = process.env['BULKHEAD_DATA']
  if (given) return given
  const name = createHash('sha256').update(resolve(profile)).digest('hex').slice(0, 16)
  // Postgres does not run as root: its data goes where the user that it runs as can reach it.
  const base =
    process.getuid?.() === 0 ? '/var/lib/bulkhead-cloud' : join(envPaths('bulkhead', { suffix: '' }).data, 'cloud')
  return join(base, `sandbox-${name}`)
}

/** The script of the cloud, in a folder above this one. @returns null where the installation has none: a packaged app */
export function findCloudScript(from: string): string | null {
  for (let folder = from; folder !== dirname(folder); folder = dirname(folder)) {
    const script = join(folder, 'scripts', 'cloud.mjs')
    if (existsSync(script)) return script
  }
  return null
}
