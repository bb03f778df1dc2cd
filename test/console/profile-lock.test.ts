import { fork, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { lockProfile } from '../../src-main/console/profile-lock.ts'

let profile: string
let child: ChildProcess | null = null
beforeEach(() => void (profile = mkdtempSync(join(tmpdir(), 'bulkhead-lock-'))))
afterEach(() => {
  child?.kill('SIGKILL')
  rmSync(profile, { recursive: true, force: true })
})

async function holdInAnotherProcess(): Promise<ChildProcess> {
  const script = join(profile, 'hold.mjs')
  const module = new URL('../../src-main/console/profile-lock.ts', import.meta.url).href
  writeFileSync(
    script,
    `import { lockProfile } from '${module}'; lockProfile('${profile}'); globalThis.gc(); process.send('held'); setInterval(() => {}, 1000)`,
  )
  const holder = fork(script, { execArgv: ['--expose-gc'] })
  await once(holder, 'message')
  return holder
}

test('a profile that another process holds is refused by name of that process', async () => {
  child = await holdInAnotherProcess()
  expect(() => lockProfile(profile)).toThrowError(new RegExp(`process ${child.pid}\\b`))
})

test('a holder that was killed holds nothing any more', async () => {
  child = await holdInAnotherProcess()
  child.kill('SIGKILL')
  await once(child, 'exit')
  await vi.waitFor(() => lockProfile(profile)())
})

test('a profile can be taken again after it was let go', () => {
  lockProfile(profile)()
  lockProfile(profile)()
})

test('a folder that cannot be made is a sentence, not a stack', () => {
  writeFileSync(join(profile, 'file'), '')
  expect(() => lockProfile(join(profile, 'file', 'sub'))).toThrowError(/cannot be read/)
})
