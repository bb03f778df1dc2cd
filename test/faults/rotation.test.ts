import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { randomOf } from '../compartment/desk.ts'
import { temporaryFolder } from '../compartment/driver.ts'
import { cases, ran, seedOf } from './cases.ts'
import { lookAt, makeClient, NEW, OLD, openHoldings, rotateClient, watchSteps } from './rotation.ts'

let place: ReturnType<typeof temporaryFolder>
beforeEach(() => {
  place = temporaryFolder()
})
afterEach(() => place.remove())

const at = (name: string | number): string => join(place.folder, String(name))
const keyAt = (folder: string): number => Number(readFileSync(join(folder, 'key'), 'utf8'))

/** Does something with a client's files, which are copied as they are before every step. @returns the copies */
async function cutsOf(live: string, name: string, work: () => Promise<void> | void): Promise<string[]> {
  const cuts: string[] = []
  let copying = false
  const unwatch = watchSteps(() => {
    if (copying) return
    copying = true
    const cut = at(`${name}-${cuts.length}`)
    cpSync(live, cut, { recursive: true })
    cuts.push(cut)
    copying = false
  })
  try {
    await work()
  } finally {
    unwatch()
  }
  return cuts
}

test('a kill before any step of a rotation leaves all the work under exactly one key', async () => {
  const live = at('live')
  await makeClient(live)
  const cuts = await cutsOf(live, 'cut', () => rotateClient(live))
  expect(await lookAt(live)).toEqual([])
  expect(keyAt(live)).toBe(NEW)
  const ended = new Set<number>()
  for (const cut of cuts) {
    ended.add(keyAt(cut))
    expect({ cut, wrong: await lookAt(cut) }).toEqual({ cut, wrong: [] })
    rmSync(cut, { recursive: true })
  }
  expect([...ended]).toEqual([OLD, NEW])
  ran('steps of a rotation, files as a kill leaves them', cuts.length)
})

test('a kill while what an interrupted rotation left is put right is put right by the next opening', async () => {
  const live = at('live')
  await makeClient(live)
  // Copies that are whole, and a keyring that never heard of them.
  const key = readFileSync(join(live, 'key'))
  cpSync(live, at('before'), { recursive: true })
  const cuts = await cutsOf(live, 'cut', () => rotateClient(live))
  const whole = cuts.find(
    (cut) => existsSync(join(cut, 'client', 'rekey')) && readFileSync(join(cut, 'key')).equals(key),
  )
  if (!whole) return expect.unreachable('copies are whole before the keyring says so')
  const again = await cutsOf(whole, 'again', () => openHoldings(whole, OLD).close())
  for (const cut of [...again, whole]) expect({ cut, wrong: await lookAt(cut) }).toEqual({ cut, wrong: [] })
  ran('steps of giving a rotation up', again.length)
})

test('a key that opens neither the files nor the copies touches nothing', async () => {
  const live = at('live')
  await makeClient(live)
  const cuts = await cutsOf(live, 'cut', () => rotateClient(live))
  const whole = cuts.findLast((cut) => existsSync(join(cut, 'client', 'rekey')) && keyAt(cut) === OLD) ?? ''
  expect(() => openHoldings(whole, 1)).toThrow(/cannot be opened/)
  expect(existsSync(join(whole, 'client', 'rekey', 'ledger.db'))).toBe(true)
  expect(await lookAt(whole)).toEqual([])
})

test('the same with a process of its own, really killed', async () => {
  await makeClient(at('made'))
  const random = randomOf(seedOf('rotation'))
  const kills = cases(6, 200)
  const script = fileURLToPath(new URL('rotating-host.ts', import.meta.url))
  for (let n = 0; n < kills; n++) {
    cpSync(at('made'), at('killed'), { recursive: true })
    const step = 1 + Math.floor(random() * 180)
    const { signal, status } = spawnSync(process.execPath, [script, at('killed'), String(step)])
    expect(signal ?? status).toSatisfy((end) => end === 'SIGKILL' || end === 0)
    expect({ step, wrong: await lookAt(at('killed')) }).toEqual({ step, wrong: [] })
    renameSync(at('killed'), at(`done-${n}`))
  }
  ran('rotations killed', kills)
})
