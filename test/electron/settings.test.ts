import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openSettings } from '../../src-main/electron/settings.ts'
import { ProblemError } from '../../src-shared/problem.ts'
import { resetElectron, world } from '../fakes/electron/world.ts'

let folder: string
let profile: string

beforeEach(() => {
  resetElectron()
  folder = mkdtempSync(join(tmpdir(), 'bulkhead-settings-'))
  world.paths.set('userData', folder)
  profile = join(folder, 'profile')
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

const place = { x: 40, y: 60, width: 1200, height: 800, maximized: false }

test('what was changed is there after a restart', () => {
  const settings = openSettings(profile)
  expect(settings.read()).toMatchObject({ theme: 'auto', density: 'compact' })
  expect(settings.change({ theme: 'dark' })).toMatchObject({ theme: 'dark', density: 'compact' })
  settings.keepPlace(place)
  const again = openSettings(profile)
  expect(again.read()).toMatchObject({ theme: 'dark', density: 'compact' })
  expect(again.place).toEqual(place)
})

test('a new profile can be read by its owner only', () => {
  openSettings(profile)
  expect(statSync(profile).mode & 0o077).toBe(0)
})

test('the file tells its version', () => {
  openSettings(profile)
  expect(JSON.parse(readFileSync(join(profile, 'settings.json'), 'utf8'))).toMatchObject({ version: 1 })
})

test.each([
  ['cut short', '{"version":1,"theme":"da'],
  ['of the wrong form', '{"version":1,"theme":"mauve"}'],
  ['not an object', '"dark"'],
  ['from a newer version', '{"version":2,"theme":"dark","density":"compact","window":null}'],
])('a file that is %s is kept aside, and defaults take its place', (_name, content) => {
  openSettings(profile)
  const file = join(profile, 'settings.json')
  writeFileSync(file, content)
  expect(openSettings(profile).read()).toMatchObject({ theme: 'auto', density: 'compact' })
  expect(readFileSync(`${file}.broken`, 'utf8')).toBe(content)
})

test('a good file is not set aside', () => {
  openSettings(profile).change({ density: 'comfortable' })
  openSettings(profile)
  expect(existsSync(join(profile, 'settings.json.broken'))).toBe(false)
})

test('a profile that is not a folder is a typed problem', () => {
  writeFileSync(profile, '')
  expect(() => openSettings(profile)).toThrow(ProblemError)
})
