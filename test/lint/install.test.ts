import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

interface Locked {
  version?: string
  gypfile?: boolean
  hasInstallScript?: boolean
  optionalDependencies?: Record<string, string>
}
const lock = JSON.parse(readFileSync(join(import.meta.dirname, '../../package-lock.json'), 'utf8')) as {
  packages: Record<string, Locked>
}

test('npm ci compiles nothing: the one add-on with a binding.gyp is prebuilt, and the lock says so', () => {
  // npm runs node-gyp for any package with a binding.gyp unless its entry says otherwise, and forgets to write that
  // down itself (see docs/decisions/0009).
  expect(lock.packages['node_modules/better-sqlite3']?.gypfile).toBe(false)
})

test('npm ci finds every optional package of every platform in the lock', () => {
  const missing = Object.entries(lock.packages).flatMap(([name, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (dependency) =>
        !lock.packages[`node_modules/${dependency}`]?.version &&
        !lock.packages[`${name}/node_modules/${dependency}`]?.version,
    ),
  )
  expect(missing).toEqual([])
})
