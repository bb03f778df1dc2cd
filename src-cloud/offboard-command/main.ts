import { createHash, randomUUID } from 'node:crypto'
import { createWriteStream, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { ProblemError } from '../../src-shared/problem.ts'
import { paths } from '../../src-shared/protocol/api.ts'
import {
  manifestText,
  OffboardingList,
  OffboardingView,
  type ExportedFile,
} from '../../src-shared/protocol/offboarding.ts'
import { CommandCloud, Refused } from '../onboard-command/cloud.ts'

const HELP = `Usage: npm run offboard -- --client=NAME --to=DIR [flags]

Takes a client out: closes it, exports everything of it into a new folder, and checks every file against its SHA-256. With
--delete it then deletes the client in the cloud, as soon as retention allows it, and writes down the proof.

  --client=NAME    the client, by its whole name or its id
  --to=DIR         a folder that is empty or not there yet
  --reason=TEXT    why, for the record; "Left" where nothing is said
  --delete         deletes the client once the export is checked; it cannot be undone
  --cancel         keeps the client: opens it again to whoever worked for it
  --cloud=URL      address of the cloud                                  (BULKHEAD_CLOUD)
  --email=EMAIL    who signs in: an administrator                        (BULKHEAD_EMAIL)
  --help           this text

The password comes from BULKHEAD_PASSWORD. Without --delete it ends when the export is checked: look at it, then run it
again with --delete and another folder.

Exit codes: 0 done, 1 refused, 2 a wrong flag, 3 it has to be kept for a while and is deleted then.
`
const LOOK = 200

/** Takes lines. */
export interface Output {
  write(line: string): unknown
}
class WrongFlag extends Error {}

interface Flags {
  client: string
  to: string
  reason: string
  remove: boolean
  cancel: boolean
  cloud: string
  email: string
  password: string
}

/** The command that takes a client out. @returns the exit code */
export async function main(
  args: string[],
  env: NodeJS.ProcessEnv,
  out: Output = process.stdout,
  err: Output = process.stderr,
): Promise<number> {
  try {
    const flags = readFlags(args, env)
    if (flags === null) {
      out.write(HELP)
      return 0
    }
    const cloud = new CommandCloud(flags.cloud)
    await cloud.signIn(flags.email, flags.password)
    return await takeOut(cloud, flags, out)
  } catch (error) {
    if (error instanceof WrongFlag) return said(err, `${error.message}. See npm run offboard -- --help.`, 2)
    if (error instanceof Refused || error instanceof ProblemError) return said(err, error.message, 1)
    throw error
  }
}

function readFlags(args: string[], env: NodeJS.ProcessEnv): Flags | null {
  let values
  try {
    ;({ values } = parseArgs({
      args,
      options: {
        client: { type: 'string', default: '' },
        to: { type: 'string', default: '' },
        reason: { type: 'string', default: 'Left' },
        delete: { type: 'boolean', default: false },
        cancel: { type: 'boolean', default: false },
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
  if (!values.client) throw new WrongFlag('Name the client with --client=NAME')
  if (!values.cancel && !values.to) throw new WrongFlag('Say where the export goes with --to=DIR')
  if (values.to && existsSync(values.to) && readdirSync(values.to).length > 0)
    throw new WrongFlag(`The folder ${values.to} is not empty: choose another with --to=DIR`)
  if (!/^https?:\/\/[^/]+/.test(values.cloud)) throw new WrongFlag('Give the address of the cloud with --cloud=URL')
  if (!values.email) throw new WrongFlag('Say who signs in with --email=EMAIL')
  if (!password) throw new WrongFlag('Set BULKHEAD_PASSWORD to the password of whoever signs in')
  const { client, to, reason, cancel, cloud, email } = values
  return { client, to: resolve(to), reason, remove: values.delete, cancel, cloud, email, password }
}

async function takeOut(cloud: CommandCloud, flags: Flags, out: Output): Promise<number> {
  const { offboardings } = await cloud.ask(paths.offboardings, OffboardingList)
  const under = offboardings.find(
    ({ name, tenantId, state }) =>
      state !== 'gone' && state !== 'cancelled' && [name.toLowerCase(), tenantId].includes(flags.client.toLowerCase()),
  )
  if (flags.cancel) {
    if (!under) throw new Refused('not-found', `Nobody is taking "${flags.client}" out. Check the name.`)
    await cloud.ask(paths.offboardingAct(under.id, 'cancel'), OffboardingView, {})
    return said(out, `${under.name} is open again to whoever worked for it.`, 0)
  }
  const id = under?.id ?? randomUUID()
  if (!under) await cloud.ask(paths.offboardings, OffboardingView, { id, client: flags.client, reason: flags.reason })
  let view = await until(cloud, id, 'exporting')
  out.write(`${view.name} is closed: nobody enters it, and its tokens count no more.\n`)
  mkdirSync(flags.to, { recursive: true, mode: 0o700 })
  for (const file of view.files) await take(cloud, view.id, file, flags.to)
  writeFileSync(join(flags.to, 'SHA256SUMS'), manifestText(view.files))
  writeFileSync(join(flags.to, 'manifest.json'), `${JSON.stringify(view.files, null, 2)}\n`)
  const bytes = view.files.reduce((sum, file) => sum + file.bytes, 0)
  out.write(`✓ ${view.files.length} files, ${bytes.toLocaleString('en')} bytes, each checked, are in ${flags.to}.\n`)
  if (!flags.remove)
    return said(out, 'Nothing is deleted. Look at the files; then run this again with --delete, or with --cancel.', 0)
  if (view.state === 'exported') {
    const confirmed = { manifestSha256: view.manifestSha256 ?? '', name: view.name }
    await cloud.ask(paths.offboardingAct(id, 'confirm'), OffboardingView, confirmed)
  }
  view = await until(cloud, id, 'deleting')
  if (view.state === 'retained')
    return said(
      out,
      `Its settings want its tickets kept until ${view.retainedUntil?.slice(0, 10)}. It stays closed, and is deleted then by itself.`,
      3,
    )
  writeFileSync(join(flags.to, 'deletion.json'), `${JSON.stringify(view.proof, null, 2)}\n`)
  const tables = Object.keys(view.proof?.remaining ?? {}).length
  return said(out, `✓ ${view.name} is deleted: nothing is left in ${tables} tables. The proof is in deletion.json.`, 0)
}

async function until(cloud: CommandCloud, id: string, not: OffboardingView['state']): Promise<OffboardingView> {
  for (;;) {
    const view = await cloud.ask(paths.offboarding(id), OffboardingView)
    if (view.state !== not) return view
    await wait(LOOK)
  }
}

/** Takes one file, and keeps it only where it is what the list says. */
async function take(cloud: CommandCloud, id: string, file: ExportedFile, to: string): Promise<void> {
  const place = resolve(to, file.name)
  if (!place.startsWith(`${to}/`)) throw new Refused('invalid-input', `The cloud names a file outside of ${to}.`)
  mkdirSync(dirname(place), { recursive: true, mode: 0o700 })
  const hash = createHash('sha256')
  const bytes = await cloud.bytes(`${paths.offboardingFile(id)}?name=${encodeURIComponent(file.name)}`)
  await pipeline(
    bytes,
    async function* (source: AsyncIterable<Uint8Array>) {
      for await (const piece of source) {
        hash.update(piece)
        yield piece
      }
    },
    createWriteStream(place, { mode: 0o600 }),
  )
  if (hash.digest('hex') !== file.sha256)
    throw new Refused(
      'invalid-input',
      `${file.name} is not what the list says: it was cut off, or has changed. Nothing is deleted; run this again.`,
    )
}

function said(to: Output, sentence: string, code: number): number {
  to.write(`${sentence}\n`)
  return code
}
