import { randomUUID } from 'node:crypto'
import { parseArgs } from 'node:util'
import { setTimeout as wait } from 'node:timers/promises'
import { stringify } from 'yaml'
import { z } from 'zod'
import { steps, type StepKey } from '../../src-shared/onboarding/answers.ts'
import type { KeepConnections } from '../../src-shared/onboarding/keep-connections.ts'
import { problemOf, ProblemError } from '../../src-shared/problem.ts'
import { paths } from '../../src-shared/protocol/api.ts'
import { OnboardingList, OnboardingPreview, OnboardingView } from '../../src-shared/protocol/onboarding.ts'
import { CommandCloud, Refused } from './cloud.ts'
import { importAll } from './import.ts'
import { readClientFile, type ClientFile } from './read-file.ts'

const HELP = `Usage: npm run onboard -- --file=client.yaml [flags]

Brings clients into a cloud from files, as the console's wizard does it. docs/onboarding.md describes the file.

  --file=FILE      a client, as YAML or JSON; may come several times
  --dry-run        says what it would come to, and writes nothing
  --export=NAME    writes the answers of an onboarding, by its client's name or its id, as such a file to stdout
  --profile=DIR    the console's profile whose vault keeps the secrets that files name
  --cloud=URL      address of the cloud                                  (BULKHEAD_CLOUD)
  --email=EMAIL    who signs in                                          (BULKHEAD_EMAIL)
  --help           this text

The password comes from BULKHEAD_PASSWORD, and the profile's passphrase, where no keychain opens it, from
BULKHEAD_PASSPHRASE. It goes on in the cloud where this is stopped; run it again to see how far it
is.

Exit codes: 0 all are live (or would be), 1 refused, 2 a wrong flag or file, 3 a step failed and waits for somebody, 4
rows of an import were not taken, 5 a credential was not kept, or is not accepted.
`
/** Milliseconds between two looks at how far it is. */
const LOOK = 200

interface Flags {
  files: string[]
  dryRun: boolean
  export: string
  profile: string
  passphrase: string | null
  cloud: string
  email: string
  password: string
}
/** Takes lines. */
export interface Output {
  write(line: string): unknown
}

/**
 * The command that brings clients in.
 * @param keep into a console's vault: the cloud has none
 * @returns the exit code
 */
export async function main(
  args: string[],
  env: NodeJS.ProcessEnv,
  keep: KeepConnections,
  out: Output = process.stdout,
  err: Output = process.stderr,
): Promise<number> {
  try {
    const flags = readFlags(args, env)
    if (flags === null) {
      out.write(HELP)
      return 0
    }
    const files = flags.files.map((path) => ({ path, client: readClientFile(path, env) }))
    const secret = files.find(({ client }) => client.secrets.length > 0)
    if (secret && !flags.profile && !flags.dryRun)
      throw new WrongFlag(`${secret.path} names secrets: say with --profile=DIR which console's vault keeps them`)
    const cloud = new CommandCloud(flags.cloud)
    await cloud.signIn(flags.email, flags.password)
    if (flags.export) return await exportOne(cloud, flags.export, out)
    let code = 0
    for (const { path, client } of files)
      code = Math.max(
        code,
        flags.dryRun
          ? await preview(cloud, path, client, out)
          : await bringIn(cloud, path, client, out, (tenantId) => keepAll(keep, flags, tenantId, client, out)),
      )
    return code
  } catch (error) {
    if (error instanceof WrongFlag) return said(err, `${error.message}. See npm run onboard -- --help.`, 2)
    if (error instanceof Refused) return said(err, error.message, 1)
    if (error instanceof ProblemError) return said(err, error.message, error.problem.code === 'invalid-input' ? 2 : 1)
    throw error
  }
}

class WrongFlag extends Error {}

function readFlags(args: string[], env: NodeJS.ProcessEnv): Flags | null {
  let values
  try {
    ;({ values } = parseArgs({
      args,
      options: {
        file: { type: 'string', multiple: true, default: [] },
        'dry-run': { type: 'boolean', default: false },
        export: { type: 'string', default: '' },
        profile: { type: 'string', default: '' },
        cloud: { type: 'string', default: env['BULKHEAD_CLOUD'] || '' },
        email: { type: 'string', default: env['BULKHEAD_EMAIL'] || '' },
        help: { type: 'boolean', default: false },
      },
    }))
  } catch (error) {
    throw new WrongFlag((error as Error).message.split(/[.\n]/)[0])
  }
  if (values.help) return null
  const password = env['BULKHEAD_PASSWORD'] ?? ''
  if (values.file.length === 0 && !values.export) throw new WrongFlag('Give a client with --file=FILE')
  if (!/^https?:\/\/[^/]+/.test(values.cloud)) throw new WrongFlag('Give the address of the cloud with --cloud=URL')
  if (!values.email) throw new WrongFlag('Say who signs in with --email=EMAIL')
  if (!password) throw new WrongFlag('Set BULKHEAD_PASSWORD to the password of whoever signs in')
  return {
    files: values.file,
    dryRun: values['dry-run'],
    export: values.export,
    profile: values.profile,
    passphrase: env['BULKHEAD_PASSPHRASE'] || null,
    cloud: values.cloud,
    email: values.email,
    password,
  }
}

async function preview(
  cloud: CommandCloud,
  path: string,
  { file, imports, secrets }: ClientFile,
  out: Output,
): Promise<number> {
  const { preview: found } = await cloud.ask(paths.onboardings, OnboardingPreview, {
    id: randomUUID(),
    file,
    dryRun: true,
  })
  const lines = [
    `${path}: ${found.name} (${found.shortName}) would be brought in, in ${found.timeZone}. Nothing was written.`,
    `  begins with  ${found.template ?? 'what the organisation gives'}`,
    `  of its own   ${found.own.join(', ') || 'nothing'}`,
    `  people       ${found.people.join(', ')}`,
    ...(found.proof ? [`  ${found.proof}`] : []),
    ...found.notes.filter((note) => note !== found.proof).map((note) => `  ${note}`),
    ...imports.map((one) => `  ${one.kind} from ${one.path}`),
    ...secrets.map(({ name, url }) => `  the secret of ${name}, for ${url}, would go into the vault`),
  ]
  out.write(`${lines.join('\n')}\n`)
  return 0
}

/** Starts one, or takes up the one that is under way, and tells how it goes on. @returns the exit code */
async function bringIn(
  cloud: CommandCloud,
  path: string,
  { file, imports }: ClientFile,
  out: Output,
  keep: (tenantId: string) => Promise<number>,
): Promise<number> {
  const { onboardings } = await cloud.ask(paths.onboardings, OnboardingList)
  const under = onboardings.find(({ name, state }) => state === 'open' && name === file.identity.name)
  out.write(
    `${path}: ${file.identity.name}${under ? `, under way since ${under.startedAt} by ${under.startedBy}` : ''}\n`,
  )
  const id = under?.id ?? randomUUID()
  if (!under) await cloud.ask(paths.onboardings, OnboardingView, { id, file })
  const told = new Set<string>()
  for (;;) {
    const view = await cloud.ask(paths.onboarding(id), OnboardingView)
    for (const step of steps) tell(view, step, told, out)
    if (view.state === 'live')
      return Math.max(await keep(view.tenantId), await importAll(cloud, view.tenantId, imports, out))
    if (view.state !== 'open') return said(out, `It was cancelled: ${view.reason ?? 'no reason was given'}.`, 1)
    if (view.next !== null && goesOnNoMore(view))
      return said(out, `It waits at "${view.next}": go on in the console, or cancel it there.`, 3)
    await wait(LOOK)
  }
}

/** Puts the secrets that a file names into the client's vault, and tells what each system says. @returns the exit code */
async function keepAll(
  keep: KeepConnections,
  { profile, passphrase, cloud: cloudUrl, email, password }: Flags,
  tenantId: string,
  { secrets }: ClientFile,
  out: Output,
): Promise<number> {
  if (secrets.length === 0) return 0
  try {
    const kept = await keep({ profile, passphrase, cloudUrl, email, password, tenantId }, secrets)
    for (const { name, accepted, sentence } of kept)
      out.write(`${accepted ? '✓' : '!'} connect      ${name}: ${sentence}\n`)
    return kept.every(({ accepted }) => accepted) ? 0 : 5
  } catch (error) {
    return said(out, `✗ connect      ${problemOf(error).message}`, 5)
  }
}

function goesOnNoMore({ steps: states }: OnboardingView): boolean {
  const failed = steps.find((step) => states[step].state === 'failed')
  const waiting = steps.find((step) => states[step].state === 'waiting')
  const stop = failed ?? waiting
  return (
    stop !== undefined &&
    !steps.some((step) => states[step].state === 'running') &&
    !steps.slice(0, steps.indexOf(stop)).some((step) => states[step].state === 'queued')
  )
}

function tell({ steps: states }: OnboardingView, step: StepKey, told: Set<string>, out: Output): void {
  const { state, notes, problem, skipped, checks = [], endedAt } = states[step]
  for (const check of checks) {
    if (check.state !== 'waiting') once(told, `  ${MARKS[check.state]} ${check.label}: ${check.detail}`, out)
  }
  if (state === 'done') once(told, `✓ ${step.padEnd(12)} ${notes.join('\n               ')}`, out)
  if (state === 'skipped') once(told, `- ${step.padEnd(12)} left out: ${skipped?.reason ?? ''}`, out)
  if (state === 'failed') once(told, `✗ ${step.padEnd(12)} ${problem?.message ?? ''}`, out, endedAt ?? '')
}

const MARKS = { passed: '✓', warning: '!', failed: '✗', waiting: ' ' } as const

function once(told: Set<string>, line: string, out: Output, more = ''): void {
  if (told.has(line + more)) return
  told.add(line + more)
  out.write(`${line}\n`)
}

async function exportOne(cloud: CommandCloud, wanted: string, out: Output): Promise<number> {
  const { onboardings } = await cloud.ask(paths.onboardings, OnboardingList)
  const found = onboardings.find(({ id, name }) => id === wanted || name.toLowerCase() === wanted.toLowerCase())
  if (!found)
    throw new Refused('not-found', `There is no onboarding of "${wanted}". Give the name of its client, or its id.`)
  out.write(stringify(await cloud.ask(paths.onboardingFile(found.id), z.record(z.string(), z.unknown()))))
  return 0
}

function said(to: Output, sentence: string, code: number): number {
  to.write(`${sentence}\n`)
  return code
}
