import { existsSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Bench } from '../bench.ts'

const OUT = join(import.meta.dirname, '../../../out')

/** Sizes of what was built, in bytes of 1000 to the kilobyte. */
export function measureSizes(bench: Bench): void {
  if (!bench.wants('preload', 'main', 'window')) return
  bench.report('preload', statSync(join(OUT, 'preload/preload.cjs')).size / 1000, null)
  const main = new Set<string>()
  // The compartment is loaded by its path, as a worker.
  for (const entry of ['electron.js', 'compartment.js']) addModule(join(OUT, 'main', entry), main, ALL_IMPORTS)
  const own = [...main].filter((file) => !basename(file).startsWith('libraries-'))
  bench.report('main', own.reduce((sum, file) => sum + statSync(file).size, 0) / 1000, null)
  bench.report('window', firstLoad().reduce((sum, file) => sum + transferred(file), 0) / 1000, null)
}

const ALL_IMPORTS = /(?:from|import)\s*\(?\s*["'](\.{1,2}\/[^"']+\.js)["']/g
const STATIC_IMPORTS = /(?:from|import)\s*["'](\.{1,2}\/[^"']+\.js)["']/g

/** Adds a module and those of ours that it imports. */
function addModule(file: string, found: Set<string>, imports: RegExp): void {
  // Library comments quote imports of files that are not there.
  if (found.has(file) || !existsSync(file)) return
  found.add(file)
  for (const [, specifier = ''] of readFileSync(file, 'utf8').matchAll(imports))
    addModule(join(dirname(file), specifier), found, imports)
}

/** The page, the scripts and styles that it names, what those import, and the fonts that plain Latin text needs. */
function firstLoad(): string[] {
  const page = join(OUT, 'renderer/index.html')
  const files = new Set<string>()
  for (const [, link = ''] of readFileSync(page, 'utf8').matchAll(/(?:src|href)="(\.\/[^"]+)"/g)) {
    const file = join(dirname(page), link)
    if (file.endsWith('.js')) addModule(file, files, STATIC_IMPORTS)
    else files.add(file)
    if (!file.endsWith('.css')) continue
    for (const [face] of readFileSync(file, 'utf8').matchAll(/@font-face\s*\{[^}]*\}/g)) {
      const font = /url\(["']?([^)"']+\.woff2)/.exec(face)?.[1]
      if (font && coversLatin(face)) files.add(join(dirname(file), font))
    }
  }
  return [page, ...files]
}

function coversLatin(face: string): boolean {
  const range = /unicode-range:([^;}]*)/i.exec(face)?.[1]
  return range === undefined || /U\+0{0,3}(?:0?-|\?\?)/i.test(range)
}

function transferred(file: string): number {
  return file.endsWith('.woff2') ? statSync(file).size : gzipSync(readFileSync(file)).length
}
