import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { WebSocket } from 'ws'
import type { TicketPage } from '../../../src-shared/domain/views.ts'
import { percentile, timed, type Bench } from '../bench.ts'
import { startForked } from '../forked.ts'
import type { BenchHost } from '../host.ts'
import { LARGE, smallTenant } from '../seed.ts'

const LIST = { filter: {}, sort: { by: 'updated', direction: 'descending' } } as const

/** Memory of the host's process with four and with twelve small clients awake, each after a page and a search. */
export async function measureMemory(bench: Bench, host: BenchHost): Promise<void> {
  if (!bench.wants('memory')) return
  const resident = async (): Promise<number> => {
    // Blank workers are made in the place of those that were taken.
    await delay(1000)
    return (await host.usage()).resident
  }
  const wake = async (from: number, to: number): Promise<void> => {
    for (let i = from; i <= to; i++) {
      const scope = await host.window.openClient(smallTenant(i))
      await host.window.call(scope, 'query', 'tickets.page', { ...LIST, limit: 50 })
      await host.window.call(scope, 'query', 'tickets.search', {
        text: 'printer',
        filter: {},
        order: 'rank',
        limit: 50,
      })
      await host.window.call('console', 'mutation', 'clients.close', { scope })
    }
  }
  await wake(1, 4)
  const four = await resident()
  await wake(5, 12)
  const twelve = await resident()

  const idle = startForked(bench, './idle-workers-process.ts')
  const few = await idle.ask<number>({ threads: 4 })
  const many = await idle.ask<number>({ threads: 8 })
  await idle.stop()
  bench.report('memory', (twelve - four) / 8 / 1e6, (many - few) / 8 / 1e6)
}

/** Pages from random places of the large client's list, one after the other, and the same bytes over a bare WebSocket. */
export async function measurePages(bench: Bench, host: BenchHost): Promise<void> {
  if (!bench.wants('page', 'busy')) return
  const { window } = host
  const scope = await window.openClient(LARGE)
  const { anchors } = await window.call<{ anchors: [number, number][] }>(scope, 'query', 'tickets.outline', LIST)
  let size = 0
  const page = async (i: number): Promise<void> => {
    const from = anchors[(i * 7919) % anchors.length]
    const { rows } = await window.call<TicketPage>(scope, 'query', 'tickets.page', { ...LIST, from, limit: 50 })
    if (rows.length < 50 && i % anchors.length === 0) throw new Error('a page of 50 tickets came short')
    size = JSON.stringify(rows).length
  }
  const count = bench.size(3000, 1000)
  for (let i = 0; i < count / 3; i++) await page(i)
  await host.usage()
  const times: number[] = []
  for (let i = 0; i < count; i++) times.push(await timed(() => page(i)))
  const { busy } = await host.usage()
  await window.call('console', 'mutation', 'clients.close', { scope })

  const echo = startForked(bench, './echo-process.ts')
  const port = await echo.ask<number>({ op: 'start', size })
  const socket = new WebSocket(`ws://127.0.0.1:${port}`)
  await once(socket, 'open')
  const bounce = async (): Promise<void> => {
    socket.send('a request about as long as that for a page of tickets'.repeat(4))
    const [data] = (await once(socket, 'message')) as [Buffer]
    JSON.parse(String(data))
  }
  for (let i = 0; i < count / 3; i++) await bounce()
  await echo.ask({ op: 'usage' })
  const bare: number[] = []
  for (let i = 0; i < count; i++) bare.push(await timed(bounce))
  const bareBusy = await echo.ask<number>({ op: 'usage' })
  socket.terminate()
  await echo.stop()
  bench.report('page', percentile(times, 0.95), percentile(bare, 0.95))
  bench.report('busy', busy / count, bareBusy / count)
}
