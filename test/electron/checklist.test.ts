import { cpSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Browser } from 'playwright-core'
import { openWindow } from '../e2e/browser.ts'
import { playOn } from '../e2e/hosts.ts'
import { killAll, startConsole } from '../e2e/processes.ts'
import { temporaryFolder } from '../e2e/story.ts'
import { cases, ran, seedOf } from '../faults/cases.ts'
import { rows, type Row, type Scene } from './checklist.ts'

// Each row of the checklist is attacked in the built app. Then rows are taken away from a copy of the build, one by one,
// and the same attack has to be noticed: so no row stands there untested. All of them in a soak, some in each run.

const ROOT = join(import.meta.dirname, '../..')
const folder = temporaryFolder('checklist')
let number = 0

let intact: Scene

beforeAll(async () => {
  playOn('electron-harness')
  intact = await show(join(ROOT, 'out'))
})
afterAll(async () => {
  await killAll()
  folder.remove()
})

/** Starts a build on a profile of its own. @throws where it does not start, or shows no window */
async function show(out: string): Promise<Scene> {
  const profile = join(folder.path, `profile-${number++}`)
  const host = await startConsole([`--profile=${profile}`], { BULKHEAD_HARNESS_OUT: out })
  // The harness has the browser; what the windows of other hosts are opened in is not needed.
  const { page } = await openWindow(null as unknown as Browser, host.address)
  return { host, page, out, profile }
}

async function isNoticed(row: Row): Promise<boolean> {
  const out = buildWithout(row)
  const scene = await show(out).catch(() => null)
  if (scene === null) return true
  try {
    await row.attack(scene)
    return false
  } catch {
    return true
  } finally {
    await scene.host.kill()
  }
}

/** A copy of the build without a row. */
function buildWithout({ name, without: [piece, instead] }: Row): string {
  const copy = join(folder.path, `without-${number++}`)
  cpSync(join(ROOT, 'out'), join(copy, 'out'), { recursive: true })
  cpSync(join(ROOT, 'package.json'), join(copy, 'package.json'))
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'))
  const places = readdirSync(join(copy, 'out'), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.c?js$/.test(file) && !file.startsWith('renderer'))
    .map((file) => join(copy, 'out', file))
    .filter((file) => asBuilt(piece).test(readFileSync(file, 'utf8')))
  expect(places, `the piece of “${name}” in the built code`).toHaveLength(1)
  for (const file of places)
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace(asBuilt(piece), () => instead),
    )
  return join(copy, 'out')
}

/** What the names of variables may be called; those of properties, and in texts, stay. */
const VARIABLE = /^(?!(?:true|false|null|return|if|new|const|await)$)[a-z]\w*$/

function escaped(text: string): string {
  return text.replaceAll(/\W/g, '\\$&')
}

/** A piece of code however it is spaced and quoted and its variables are called, as a build has it. */
function asBuilt(piece: string): RegExp {
  const tokens = piece.match(/"[^"]*"|\w+|[^\w\s]/g) ?? []
  const pattern = tokens.map((token, at) => {
    if (token.startsWith('"')) return `["'\`]${escaped(token.slice(1, -1))}["'\`]`
    if (token === ';') return ';?'
    return VARIABLE.test(token) && tokens[at - 1] !== '.' && tokens[at + 1] !== ':' ? '[\\w$]+' : escaped(token)
  })
  return new RegExp(pattern.join('\\s*'))
}

test.each(rows.map((row) => [row.name, row] as const))('%s', async (_name, row) => {
  await row.attack(intact)
})

test('a row that is taken away is noticed', async () => {
  const seed = seedOf('checklist')
  const count = cases(2, rows.length)
  const unnoticed: string[] = []
  for (let index = 0; index < count; index++) {
    const row = rows[(seed + index) % rows.length]
    if (!row) continue
    const noticed = await isNoticed(row)
    if (!noticed) unnoticed.push(row.name)
  }
  ran('checklist', count)
  expect(unnoticed).toEqual([])
}, 600_000)
