import { statSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { problemOf, ProblemError } from '../src-shared/problem.ts'
import type { SandboxData } from './load.ts'
import { ESCALATION_SECONDS } from './escalation/escalations.ts'
import { RETENTION_DAYS } from './retention.ts'
import { startCloud, type Cloud } from './start.ts'

const HELP = `Usage: npm run cloud -- [flags]

The reference cloud tenant API. Prints "cloud ready: http://127.0.0.1:PORT" when it answers; logs go to stderr.

  --port=N             port to listen on; 0, the default, for a free one   (BULKHEAD_PORT)
  --host=ADDRESS       address to listen on; 127.0.0.1 by default         (BULKHEAD_HOST)
  --data=DIR           folder of the embedded Postgres                    (BULKHEAD_DATA)
  --seed=sandbox       load the sample clients once                       (BULKHEAD_SEED)
  --restored           the database came from a backup: begin a new epoch, so that
                       clients load again what the backup does not have; once
  --retention-days=N   days that deletions are kept for clients that are away; 90 by
                       default                                            (BULKHEAD_RETENTION_DAYS)
  --escalation-seconds=N   seconds between two looks at rules of escalation; 15 by
                       default                                            (BULKHEAD_ESCALATION_SECONDS)
  --templates=DIR      folder of templates of clients, beside those that come along
                                                                          (BULKHEAD_TEMPLATES)
  --administrator=EMAIL   makes that technician administrator of their organisation; may come
                       several times
  --exit-with-parent   stop when stdin ends
  --help               this text

DATABASE_URL, as an owner or superuser, uses another Postgres in place of the embedded one; BULKHEAD_API_PASSWORD sets
the API role's password there, else it is derived from the owner's.
`

interface Flags {
  port: number
  host: string
  data: string | undefined
  seed: boolean
  restored: boolean
  retentionDays: number
  escalationSeconds: number
  exitWithParent: boolean
  templates: string | undefined
  administrators: string[]
}

/** The cloud's command line. Sets the exit code: 2 for a wrong flag, 1 where it cannot start. */
export async function main(args: string[], env: NodeJS.ProcessEnv): Promise<void> {
  const flags = readFlags(args, env)
  if (flags === null) return
  const starting = new AbortController()
  let cloud: Cloud | null = null
  const stop = () => {
    if (!cloud) return starting.abort()
    void cloud.close().finally(() => process.exit())
  }
  process.on('SIGTERM', stop).on('SIGINT', stop)
  if (flags.exitWithParent) process.stdin.on('end', stop).on('close', stop).on('error', stop).resume()
  try {
    const started = await startCloud({
      port: flags.port,
      host: flags.host,
      data: flags.data,
      database: env['DATABASE_URL'] || undefined,
      apiPassword: env['BULKHEAD_API_PASSWORD'],
      seed: flags.seed ? readSandbox : undefined,
      restored: flags.restored,
      retentionDays: flags.retentionDays,
      escalationSeconds: flags.escalationSeconds,
      templates: flags.templates,
      administrators: flags.administrators,
      log: process.stderr,
      signal: starting.signal,
      note: (line) => process.stderr.write(`${line}\n`),
    })
    cloud = started
    if (starting.signal.aborted) return stop()
    process.stdout.write(`cloud ready: ${started.url}\n`)
  } catch (error) {
    if (starting.signal.aborted) process.exit()
    process.stderr.write(`${sentenceOf(error)}\n`)
    process.exit(1)
  }
}

/** @returns null where there is nothing to run: help was asked for, or a flag is wrong */
function readFlags(args: string[], env: NodeJS.ProcessEnv): Flags | null {
  try {
    const { values } = parseArgs({
      args,
      options: {
        port: { type: 'string', default: env['BULKHEAD_PORT'] || '0' },
        host: { type: 'string', default: env['BULKHEAD_HOST'] || '127.0.0.1' },
        data: { type: 'string', default: env['BULKHEAD_DATA'] || '' },
        seed: { type: 'string', default: env['BULKHEAD_SEED'] || '' },
        restored: { type: 'boolean', default: false },
        'retention-days': { type: 'string', default: env['BULKHEAD_RETENTION_DAYS'] || String(RETENTION_DAYS) },
        'escalation-seconds': {
          type: 'string',
          default: env['BULKHEAD_ESCALATION_SECONDS'] || String(ESCALATION_SECONDS),
        },
        templates: { type: 'string', default: env['BULKHEAD_TEMPLATES'] || '' },
        administrator: { type: 'string', multiple: true, default: [] },
        'exit-with-parent': { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    })
    if (values.help) {
      process.stdout.write(HELP)
      return null
    }
    const port = Number(values.port)
    if (!/^\d+$/.test(values.port) || port > 65_535)
      throw new Error(`--port takes a number from 0 to 65535, not "${values.port}"`)
    if (values.seed !== '' && values.seed !== 'sandbox')
      throw new Error(`--seed knows "sandbox" only, not "${values.seed}"`)
    const retentionDays = Number(values['retention-days'])
    if (!Number.isInteger(retentionDays) || retentionDays < 1 || retentionDays > 36_500)
      throw new Error(`--retention-days takes a number of days from 1, not "${values['retention-days']}"`)
    const escalationSeconds = Number(values['escalation-seconds'])
    if (!Number.isInteger(escalationSeconds) || escalationSeconds < 1 || escalationSeconds > 3600)
      throw new Error(
        `--escalation-seconds takes a number of seconds from 1 to 3600, not "${values['escalation-seconds']}"`,
      )
    return {
      port,
      host: values.host,
      data: values.data || undefined,
      seed: values.seed !== '',
      restored: values.restored,
      retentionDays,
      escalationSeconds,
      exitWithParent: values['exit-with-parent'],
      templates: readableFolder(values.templates),
      administrators: values.administrator,
    }
  } catch (error) {
    const [line] = (error as Error).message.split('\n')
    process.stderr.write(`${line}. See --help.\n`)
    process.exitCode = 2
    return null
  }
}

/** @throws Error where it is none */
function readableFolder(folder: string): string | undefined {
  if (folder === '') return undefined
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new Error(`--templates takes a folder that is there, not "${folder}"`)
  return folder
}

async function readSandbox(): Promise<SandboxData> {
  const { sandbox } = (await import('./sandbox/sandbox.ts')) as { sandbox: () => SandboxData }
  return sandbox()
}

/** What a person reads: a listed problem's own sentence, or the first line of anything else, which holds no secret. */
function sentenceOf(error: unknown): string {
  if (error instanceof ProblemError) return problemOf(error).message
  const { message, code } = error as Error & { code?: string }
  return `The cloud cannot start: ${(message || code || 'unknown reason').split('\n')[0]}`
}
