import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Change } from '../../src-shared/domain/views.ts'
import { workedMinutes } from '../../src-renderer/tenant/timers.ts'
import { deskChanges, idOf } from './desk.ts'
import { Driven, temporaryFolder, type Outputs } from './driver.ts'
import { ScriptedCloud } from './scripted-cloud.ts'

let cloud: ScriptedCloud
let place: ReturnType<typeof temporaryFolder>
const open: Driven[] = []

beforeEach(async () => {
  cloud = await ScriptedCloud.start(deskChanges(20))
  place = temporaryFolder()
})
afterEach(async () => {
  for (const driven of open.splice(0)) await driven.close()
  await cloud.stop()
  place.remove()
})

async function started(): Promise<Driven> {
  const driven = await Driven.open({ folder: place.folder, cloudUrl: cloud.url })
  open.push(driven)
  await driven.sync()
  return driven
}
const timers = (driven: Driven) => driven.call<Outputs['tickets']['timers']>('query', 'tickets.timers')
const start = (driven: Driven, number: number, since?: string) =>
  driven.call('mutation', 'tickets.startTimer', { ticketId: idOf(`ticket ${number}`), since })
const stop = (driven: Driven, number: number) =>
  driven.call<string | null>('mutation', 'tickets.stopTimer', { ticketId: idOf(`ticket ${number}`) })

test('timers run on through a crash, say since when, are counted for the console, and never reach the cloud', async () => {
  const driven = await started()
  const changes: Change[] = []
  driven.follow<Change>('changes', (change) => changes.push(change))
  await start(driven, 3)
  await start(driven, 7, '2026-03-05T20:00:00.000Z')
  const running = await timers(driven)
  expect(running.map(({ ticket }) => ticket?.number)).toEqual([7, 3])
  expect(running[0]?.since).toBe('2026-03-05T20:00:00.000Z')
  // Once more changes nothing.
  await start(driven, 3)
  expect(await timers(driven)).toEqual(running)
  expect((await driven.ticket(idOf('ticket 7'))).timerSince).toBe(running[0]?.since)
  const row = (await driven.page({ limit: 50 })).rows.find(({ number }) => number === 3)
  expect(row?.timerSince).toBe(running[1]?.since)
  await vi.waitFor(() => expect(changes.flatMap(({ tickets }) => tickets)).toContain(idOf('ticket 7')))
  await vi.waitFor(() => expect(driven.rollups.at(-1)?.timers).toEqual(running.map(({ since }) => Date.parse(since))))
  open.length = 0
  await driven.crash()

  const again = await started()
  expect(await timers(again)).toEqual(running)
  expect(await stop(again, 7)).toBe('2026-03-05T20:00:00.000Z')
  expect(await stop(again, 7)).toBeNull()
  expect((await timers(again)).map(({ ticket }) => ticket?.number)).toEqual([3])
  await again.sync()
  expect(cloud.received).toEqual([])
})

test('no timer starts on a ticket that is not here, nor in the future; that of a ticket that is gone is told as such and can be stopped', async () => {
  const driven = await started()
  await expect(start(driven, 99)).rejects.toMatchObject({ problem: { code: 'not-found' } })
  const later = new Date(Date.now() + 3_600_000).toISOString()
  await expect(start(driven, 1, later)).rejects.toMatchObject({
    problem: { message: expect.stringContaining('now or before') as string },
  })
  await start(driven, 1, '2026-03-05T20:00:00.000Z')
  cloud.add('ticket', idOf('ticket 1'), null)
  await driven.sync()
  const gone = { ticketId: idOf('ticket 1'), ticket: null, since: '2026-03-05T20:00:00.000Z' }
  expect(await timers(driven)).toEqual([gone])
  await driven.close()
  // Before everything is loaded again, none is taken for deleted.
  place.removeFile('cache.db')
  const again = await Driven.open({ folder: place.folder })
  open.push(again)
  expect(await timers(again)).toEqual([])
  await again.close()
  const whole = await started()
  expect(await timers(whole)).toEqual([gone])
  expect(await stop(whole, 1)).toBe(gone.since)
  expect(await timers(whole)).toEqual([])
})

test('what was worked is offered in steps of five minutes, rounded up, a day at most', () => {
  const at = Date.parse('2026-03-05T20:00:00.000Z')
  const since = new Date(at).toISOString()
  const offered = [0, 1, 5, 5.1, 23, 60, 3000, -10].map((minutes) => workedMinutes(since, at + minutes * 60_000))
  expect(offered).toEqual([5, 5, 5, 10, 25, 60, 1440, 5])
})
