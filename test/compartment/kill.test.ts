import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { deskChanges, idOf } from './desk.ts'
import { Driven, temporaryFolder } from './driver.ts'
import { ScriptedCloud } from './scripted-cloud.ts'

let cloud: ScriptedCloud
let place: ReturnType<typeof temporaryFolder>
beforeEach(async () => {
  cloud = await ScriptedCloud.start(deskChanges(3000))
  cloud.decide = ({ sequence }) => ({ sequence, outcome: 'retry', message: 'Later.' })
  place = temporaryFolder()
})
afterEach(async () => {
  await cloud.stop()
  place.remove()
})

/** Runs a compartment in a process of its own; it prints a line after each edit that was answered. */
function editor(): ReturnType<typeof spawn> {
  const script = fileURLToPath(new URL('editing-process.ts', import.meta.url))
  return spawn(process.execPath, [script, place.folder, cloud.url], { stdio: ['ignore', 'pipe', 'inherit'] })
}

test('every edit that was answered is there after kill -9, and the files open', async () => {
  for (const edits of [1, 5, 9]) {
    const child = editor()
    let answered = 0
    for await (const _ of createInterface({ input: child.stdout! })) {
      answered += 1
      if (answered >= edits) break
    }
    child.kill('SIGKILL')
    await once(child, 'exit')
    const driven = await Driven.open({ folder: place.folder, online: false })
    const detail = await driven.ticket(idOf('ticket 7'))
    const notes = detail.entries.filter((entry) => entry.pending).map((entry) => entry.body)
    for (let i = 1; i <= answered; i++) expect(notes).toContain(`${child.pid} ${i}`)
    await driven.close()
  }
})

test('kill -9 in the middle of a first sync leaves files that open and a feed that goes on', async () => {
  const child = editor()
  while (cloud.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  child.kill('SIGKILL')
  await once(child, 'exit')
  const driven = await Driven.open({ folder: place.folder, cloudUrl: cloud.url, online: false })
  await driven.sync()
  const outline = await driven.outline()
  expect(outline.total).toBe(3000)
  expect(await driven.state()).toMatchObject({ problem: null })
  await driven.close()
})
