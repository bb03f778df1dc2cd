import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { isAlive } from '../support/run-folder.ts'
import { Bench } from './bench.ts'
import { makeFolder, noteElsewhere, removeLeftovers } from './folders.ts'
import { startForked } from './forked.ts'

const limits = { budget: 0, end: 100, cleaning: 100 }
const never = new Promise<never>(() => undefined)
const ownPid = process.pid

afterEach(() => vi.restoreAllMocks())

test('a quick run ends although a figure, the cleaning up and a process stall', async () => {
  const reported: string[] = []
  const bench = new Bench({ quick: true, only: 'built size', limits, report: ({ figure }) => reported.push(figure) })
  const stuck = startForked(bench, './stuck-process.ts')
  const measuring = async (): Promise<void> => {
    bench.report('preload', 1, null)
    await stuck.ask({})
    bench.report('main', 1, null)
  }
  bench.afterwards(() => never)
  await bench.withinTime(measuring())
  bench.report('main', 1, null)
  await bench.cleanUp()
  expect(reported).toEqual(['built size: preload'])
  expect(bench.leftOut).toEqual([
    'built size: main and compartment, without libraries',
    'built size: first load of the window, gzip',
  ])
  await expect.poll(() => isAlive(stuck.pid)).toBe(false)
})

test('what a killed run left is removed, and what a running one uses is not', () => {
  const used = makeFolder()
  const dead = 2 ** 22 + 1
  vi.spyOn(process, 'pid', 'get').mockReturnValue(dead)
  const left = makeFolder()
  vi.restoreAllMocks()
  expect(process.pid).toBe(ownPid)
  const data = join(tmpdir(), `bulkhead-bench-data-${ownPid}`)
  mkdirSync(data, { recursive: true })
  noteElsewhere(left, data)
  removeLeftovers()
  expect([used, left, data].map(existsSync)).toEqual([true, false, false])
  rmSync(used, { recursive: true })
})
