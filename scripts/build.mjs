import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { fail } from './flags.mjs'

const ROOT = join(import.meta.dirname, '..')
const SOURCES = [
  'src-main',
  'src-preload',
  'src-renderer',
  'src-shared',
  'electron.vite.config.ts',
  'package.json',
  'package-lock.json',
]
const STAMP = join(ROOT, 'out', '.built')

/** Builds the three sides into out/ where a source is newer than the last build. */
export function buildIfStale() {
  const newest = Math.max(...SOURCES.map((source) => newestIn(join(ROOT, source))))
  if (existsSync(STAMP) && Number(readFileSync(STAMP, 'utf8')) >= newest) return
  console.error('Building Bulkhead…')
  const cli = join(ROOT, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js')
  const built = spawnSync(process.execPath, [cli, 'build'], { cwd: ROOT, encoding: 'utf8' })
  if (built.status !== 0) fail(`${built.stdout}${built.stderr}\nThe build failed; its messages are above.`, 1)
  writeFileSync(STAMP, String(newest))
}

/**
 * Newest modification below a path, ms since 1970.
 * @param {string} path
 * @returns {number}
 */
function newestIn(path) {
  const stat = statSync(path)
  if (!stat.isDirectory()) return stat.mtimeMs
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newestIn(join(path, name))))
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) buildIfStale()
