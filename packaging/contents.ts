import { existsSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { dirname, join, relative } from 'node:path'

/** What the packaged app starts with: its main script, and the script of its worker threads. */
const ENTRIES = ['out/main/electron.js', 'out/main/compartment.js']
const IMPORTED =
  /(?:^|;)\s*(?:import|export)\b[^'"();]*?\bfrom\s*["']([^"']+)["']|(?:^|;)\s*import\s*["']([^"']+)["']|\bimport\(\s*["'`]([^"'`]+)["'`]\s*\)/gm

interface LockedPackage {
  dependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
  version: string
  os?: string[]
  cpu?: string[]
}

/** Files of the build and folders of installed packages that the app needs to run, and nothing else. */
export interface Contents {
  /** Paths below the project. */
  scripts: string[]
  /** As in the lock file, such as `node_modules/zod`. */
  packages: string[]
}

/**
 * @param root the project, built and installed
 * @throws Error where the build imports what is not installed
 */
export function contentsOf(root: string): Contents {
  const scripts = new Set(ENTRIES)
  const wanted = new Set<string>()
  for (const script of scripts)
    for (const [, from, bare, dynamic] of readFileSync(join(root, script), 'utf8').matchAll(IMPORTED)) {
      const specifier = from ?? bare ?? dynamic ?? ''
      if (specifier.startsWith('.')) scripts.add(relative(root, join(root, dirname(script), specifier)))
      else if (!specifier.startsWith('node:') && specifier !== 'electron' && !builtinModules.includes(specifier))
        wanted.add(packageName(specifier))
    }
  return { scripts: [...scripts], packages: closure(root, wanted) }
}

/** The version of a package that the lock file pins. */
export function lockedVersion(root: string, name: string): string {
  const { version } = readLock(root)[`node_modules/${name}`] ?? {}
  if (version === undefined) throw new Error(`${name} is not in the lock file.`)
  return version
}

function packageName(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

/** These packages with all that they depend on, each where npm has put it. */
function closure(root: string, names: Iterable<string>): string[] {
  const lock = readLock(root)
  const found = new Set<string>()
  const add = (name: string, from: string, optional: boolean): void => {
    const path = resolvePackage(lock, name, from)
    if (path !== null && existsSync(join(root, path))) found.add(path)
    else if (!optional) throw new Error(`${name} is not installed. Run npm ci and try again.`)
  }
  for (const name of names) add(name, '', false)
  // A set tells of what is added while it is walked.
  for (const path of found) {
    const { dependencies = {}, optionalDependencies = {} } = lock[path] ?? {}
    for (const name of Object.keys(dependencies)) add(name, path, name in optionalDependencies)
    for (const name of Object.keys(optionalDependencies)) add(name, path, true)
  }
  return [...found].sort()
}

/** As Node looks for it: beside the one that asks, then further up. */
function resolvePackage(lock: Record<string, LockedPackage>, name: string, from: string): string | null {
  for (let folder = from; ;) {
    const path = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`
    if (lock[path]) return path
    if (folder === '') return null
    folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))
  }
}

function readLock(root: string): Record<string, LockedPackage> {
  return (
    JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as { packages: Record<string, LockedPackage> }
  ).packages
}
