import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, sep } from 'node:path'
import { flipFuses, FuseVersion } from '@electron/fuses'
import { packager } from '@electron/packager'
import { contentsOf, lockedVersion } from './contents.ts'
import { FUSES } from './fuses.ts'

/** Native code: the system loads it from files only, so it lies beside the archive. */
const UNPACKED = '**/*.{node,dll,dylib,so,so.*}'
const EXECUTABLE = 'bulkhead'

export interface Target {
  platform: 'darwin' | 'linux' | 'win32'
  arch: 'arm64' | 'x64'
  /** Folder that the app's own folder is made in. */
  out: string
  /** Folder with Electron's zip, for machines that cannot download it. */
  electronZipDir?: string | undefined
}

/**
 * Makes the app of a built project: Electron, the build and the packages it needs in an archive, fuses set.
 * @returns the app's folder
 * @throws Error with a sentence for the person who packages
 */
export async function packageApp(root: string, { platform, arch, out, electronZipDir }: Target): Promise<string> {
  const staged = mkdtempSync(join(tmpdir(), 'bulkhead-package-'))
  try {
    stage(root, staged, platform, arch)
    const [app] = await packager({
      ...{ dir: staged, out, platform, arch, name: 'Bulkhead', executableName: EXECUTABLE },
      electronVersion: lockedVersion(root, 'electron'),
      // Links that begin a new client. Windows and Linux are told by the app itself.
      protocols: [{ name: 'Bulkhead', schemes: ['bulkhead'] }],
      asar: { unpack: UNPACKED },
      ...{ prune: false, overwrite: true, quiet: true, derefSymlinks: false },
      ...(electronZipDir === undefined ? {} : { electronZipDir }),
    })
    if (app === undefined) throw new Error(`Electron has no app for ${platform} ${arch}.`)
    await flipFuses(executableOf(app, platform), {
      version: FuseVersion.V1,
      strictlyRequireAllFuses: true,
      resetAdHocDarwinSignature: platform === 'darwin',
      ...FUSES,
    })
    return app
  } finally {
    rmSync(staged, { recursive: true, force: true })
  }
}

/** The file whose fuses are set. @param app what {@link packageApp} returned */
export function executableOf(app: string, platform: Target['platform']): string {
  if (platform === 'darwin') return join(app, 'Bulkhead.app')
  return join(app, platform === 'win32' ? `${EXECUTABLE}.exe` : EXECUTABLE)
}

/** Copies what goes into the archive. */
function stage(root: string, staged: string, platform: string, arch: string): void {
  const { scripts, packages } = contentsOf(root)
  const { name, version, description, license, main } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  writeFileSync(
    join(staged, 'package.json'),
    JSON.stringify({ name, version, description, license, main, type: 'module' }, null, 2),
  )
  for (const script of scripts) copy(root, staged, script)
  for (const folder of ['out/preload', 'out/renderer', 'LICENSE']) copy(root, staged, folder)
  for (const path of packages) cpSync(join(root, path), join(staged, path), { recursive: true, filter: isNeeded })
  const native = join(staged, 'node_modules/better-sqlite3/prebuilds', `${platform}-${arch}.node`)
  const argon2 = join(staged, 'node_modules/@node-rs', argon2Name(platform, arch))
  for (const path of [native, argon2])
    if (!existsSync(path))
      throw new Error(`Native code for ${platform} ${arch} is not installed here: package on such a machine.`)

  /** Sources that are compiled elsewhere, and native code for other machines. */
  function isNeeded(path: string): boolean {
    const [, inSqlite] = path.split(join(sep, 'better-sqlite3') + sep)
    if (inSqlite === undefined) return !path.endsWith('.map')
    if (inSqlite.startsWith('prebuilds' + sep)) return inSqlite.includes(`${platform}-${arch}`)
    return !/^(deps|src|binding\.gyp)/.test(inSqlite)
  }
}

function copy(root: string, staged: string, path: string): void {
  mkdirSync(dirname(join(staged, path)), { recursive: true })
  cpSync(join(root, path), join(staged, path), { recursive: true })
}

function argon2Name(platform: string, arch: string): string {
  return `argon2-${platform}-${arch}${platform === 'linux' ? '-gnu' : platform === 'win32' ? '-msvc' : ''}`
}
