import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')

/** A file, and an import that must not or may stand in it. */
type Case = readonly [file: string, source: string]

const forbidden: readonly Case[] = [
  ['src-shared/domain/a.ts', "import 'node:fs'"],
  ['src-shared/domain/b.ts', "import { x } from 'react'"],
  ['src-shared/domain/c.ts', "import type { X } from '@trpc/server'"],
  ['src-shared/domain/d.ts', "import { x } from '../../src-main/console/x.ts'"],
  ['src-shared/e.ts', "import type { X } from '../src-cloud/x.ts'"],
  ['src-main/channel/a.ts', "import { x } from '../console/x.ts'"],
  ['src-main/channel/b.ts', "import { x } from '../compartment/x.ts'"],
  ['src-main/compartment/a.ts', "import { x } from '../console/x.ts'"],
  ['src-main/compartment/b.ts', "import type { X } from '../console/x.ts'"],
  ['src-main/compartment/c.ts', "import { x } from '../supervisor/x.ts'"],
  ['src-main/compartment/d.ts', "import { x } from '../electron/x.ts'"],
  ['src-main/compartment/e.ts', "import { x } from '../browser-host/x.ts'"],
  ['src-main/compartment/f.ts', "import { app } from 'electron'"],
  ['src-main/compartment/sync/g.ts', "import { x } from '../../console/x.ts'"],
  ['src-main/compartment/h.ts', "import { x } from './../console/x.ts'"],
  ['src-main/compartment/i.ts', "export const x = import('../console/x.ts')"],
  ['src-main/compartment/j.ts', "export { x } from '../supervisor/x.ts'"],
  ['src-main/compartment/k.ts', "import { x } from '../../src-cloud/x.ts'"],
  ['src-main/supervisor/a.ts', "import { x } from '../compartment/x.ts'"],
  ['src-main/supervisor/b.ts', "import { x } from '../console/x.ts'"],
  ['src-main/console/a.ts', "import { x } from '../compartment/x.ts'"],
  ['src-main/console/b.ts', "import { x } from '../compartment/cache/x.ts'"],
  ['src-main/console/c.ts', "import { safeStorage } from 'electron'"],
  ['src-main/console/d.ts', "import Store from 'electron-store'"],
  ['src-main/console/e.ts', "import { x } from '../electron/x.ts'"],
  ['src-main/console/f.ts', "import { x } from '../../src-cloud/x.ts'"],
  ['src-main/console/g.ts', "import { x } from '../../src-renderer/x.ts'"],
  ['src-main/browser-host/a.ts', "import { shell } from 'electron/main'"],
  ['src-main/browser-host/b.ts', "import { x } from '../electron/x.ts'"],
  ['src-main/browser-host/c.ts', "import { x } from '../supervisor/x.ts'"],
  ['src-main/electron/a.ts', "import { x } from '../compartment/x.ts'"],
  ['src-main/electron/b.ts', "import { x } from '../browser-host/x.ts'"],
  ['src-preload/a.ts', "import { z } from 'zod'"],
  ['src-preload/b.ts', "import 'node:fs'"],
  ['src-preload/c.ts', "import { x } from '../src-main/console/x.ts'"],
  ['src-renderer/app/a.ts', "import { x } from '../../src-main/console/router.ts'"],
  ['src-renderer/app/b.ts', "import type { X } from '../../src-cloud/x.ts'"],
  ['src-renderer/app/c.tsx', "import { ipcRenderer } from 'electron'"],
  ['src-renderer/app/d.ts', "import 'node:fs'"],
  ['src-cloud/routes/a.ts', "import { x } from '../../src-main/console/x.ts'"],
  ['src-cloud/b.ts', "import type { X } from '../src-renderer/x.ts'"],
  ['src-cloud/c.ts', "import { app } from 'electron'"],
  ['scripts/a.mjs', "import { app } from 'electron'"],
]

const allowed: readonly Case[] = [
  ['src-shared/domain/z.ts', "import { z } from 'zod'"],
  ['src-shared/domain/y.ts', "import { x } from '../problem.ts'"],
  ['src-main/compartment/z.ts', "import { x } from '../../src-shared/problem.ts'"],
  ['src-main/compartment/y.ts', "import { x } from '../channel/calls.ts'"],
  ['src-main/compartment/x.ts', "import Database from 'better-sqlite3'"],
  ['src-main/compartment/sync/w.ts', "import { x } from '../cache/cache.ts'"],
  ['src-main/supervisor/z.ts', "import type { X } from '../compartment/port.ts'"],
  ['src-main/console/z.ts', "import type { X } from '../compartment/port.ts'"],
  ['src-main/console/y.ts', "import { x } from '../supervisor/supervisor.ts'"],
  ['src-main/browser-host/z.ts', "import { x } from '../console/open.ts'"],
  ['src-main/electron/z.ts', "import { app } from 'electron'"],
  ['src-main/electron/y.ts', "import { x } from '../console/open.ts'"],
  ['src-preload/z.ts', "import { ipcRenderer } from 'electron'"],
  ['src-preload/y.ts', "import { x } from '../src-shared/channel/names.ts'"],
  ['src-renderer/app/z.ts', "import type { X } from '../../src-main/console/router.ts'"],
  ['src-renderer/app/y.ts', "import { x } from '../console/context.tsx'"],
  ['src-cloud/routes/z.ts', "import { x } from '../../src-shared/problem.ts'"],
  ['src-cloud/y.ts', "import fastify from 'fastify'"],
]

let folder: string
let flagged: Set<string>

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bulkhead-lint-'))
  copyFileSync(join(root, '.oxlintrc.json'), join(folder, '.oxlintrc.json'))
  for (const [file, source] of [...forbidden, ...allowed]) {
    mkdirSync(join(folder, dirname(file)), { recursive: true })
    writeFileSync(join(folder, file), `${source}\n`)
  }
  writeFileSync(join(folder, 'src-shared/default.ts'), 'export default 1\n')
  writeFileSync(join(folder, 'tool.config.ts'), 'export default 1\n')
  flagged = lint()
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** @returns `file: rule` of everything that the linter has against the folder */
function lint(): Set<string> {
  const oxlint = join(root, 'node_modules/oxlint/bin/oxlint')
  const { stdout } = spawnSync(process.execPath, [oxlint, '--format=json'], { cwd: folder, encoding: 'utf8' })
  const report = JSON.parse(stdout) as { diagnostics: { filename: string; code: string }[] }
  return new Set(report.diagnostics.map(({ filename, code }) => `${filename}: ${code}`))
}

describe('refused', () => {
  test.each(forbidden)('in %s: %s', (file) => {
    expect(flagged).toContain(`${file}: eslint(no-restricted-imports)`)
  })
})

describe('allowed', () => {
  test.each(allowed)('in %s: %s', (file) => {
    expect(flagged).not.toContain(`${file}: eslint(no-restricted-imports)`)
  })
})

test('a default export is refused, but not in a configuration file', () => {
  expect(flagged).toContain('src-shared/default.ts: import(no-default-export)')
  expect(flagged).not.toContain('tool.config.ts: import(no-default-export)')
})
