import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createContext, Script } from 'node:vm'
import { gzipSync } from 'node:zlib'
import { resolveConfig } from 'electron-vite'
import { build } from 'vite'
import { afterAll, beforeAll, expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
let outDir: string
let code: string

beforeAll(async () => {
  outDir = mkdtempSync(join(tmpdir(), 'bulkhead-preload-'))
  const { config } = await resolveConfig(
    { root, configFile: join(root, 'electron.vite.config.ts') },
    'build',
    'production',
  )
  const preload = config?.preload ?? expect.unreachable('the configuration has no preload')
  await build({
    ...preload,
    root,
    configFile: false,
    logLevel: 'warn',
    build: { ...preload.build, outDir, emptyOutDir: true },
  })
  code = readFileSync(join(outDir, 'preload.cjs'), 'utf8')
})

afterAll(() => rmSync(outDir, { recursive: true, force: true }))

test('the built preload is below 5 kB gzip', () => {
  expect(gzipSync(code).length).toBeLessThan(5_000)
})

test('the built preload is a CommonJS script that requires nothing but electron', () => {
  const required: string[] = []
  const exposed: string[] = []
  const electron = {
    ipcRenderer: { on: () => undefined, send: () => undefined },
    contextBridge: { exposeInMainWorld: (name: string) => void exposed.push(name) },
  }
  const require = (name: string) => {
    required.push(name)
    return electron
  }
  // A sandboxed preload has require for electron, the page's crypto, and neither import nor Node.
  new Script(code).runInContext(createContext({ require, exports: {}, module: { exports: {} }, crypto }))
  expect(required).toEqual(['electron'])
  expect(exposed).toEqual(['bulkhead'])
})
