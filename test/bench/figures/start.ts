import { join } from 'node:path'
import { startConsole, killAll } from '../../e2e/processes.ts'
import { median, type Bench } from '../bench.ts'
import type { Clouds } from '../cloud.ts'
import { BareWindow, until } from '../window.ts'

const FEW = 30
const MANY = 500

/** Starts of the real command on two profiles that know few and many clients, in turn. */
export async function measureStarts(bench: Bench, clouds: Clouds): Promise<void> {
  if (!bench.wants('ready', 'listed')) return
  bench.afterwards(killAll)
  const folder = bench.folder()
  const profiles: { count: number; args: string[]; ready: number[]; listed: number[] }[] = []
  for (const count of [FEW, MANY]) {
    const cloud = await clouds.cloud({ tickets: 0, small: count, smallTickets: 2 })
    const args = ['--sandbox', `--cloud=${cloud}`, `--profile=${join(folder, String(count))}`]
    profiles.push({ count, args, ready: [], listed: [] })
  }
  const runs = bench.size(9, 3)
  bench.note(`Starting the console ${runs} times with ${FEW} and with ${MANY} known clients…`)
  for (let run = 0; run <= runs; run++) {
    for (const { count, args, ready, listed } of profiles) {
      const began = performance.now()
      const console_ = await startConsole(args)
      const readyAfter = performance.now() - began
      const window = await BareWindow.open(console_.address)
      await until(async () => (await window.clients()).length === count, 2)
      const listedAfter = performance.now() - began
      window.close()
      await console_.stop()
      // The first start signs in and learns of the clients; the others know them.
      if (run === 0) continue
      ready.push(readyAfter)
      listed.push(listedAfter)
    }
    if (bench.hurries && run >= 2) break
  }
  const [few, many] = profiles
  if (!few || !many) return
  bench.report('ready', median(many.ready), median(few.ready))
  bench.report('listed', median(many.listed), median(few.listed))
}
