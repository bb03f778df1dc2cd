import { parentPort } from 'node:worker_threads'
import Database from 'better-sqlite3'
import type { ToWorker } from '../../src-main/compartment/port.ts'

// As it is built: many tests start many of them, and this one file is read in half the time.
await import(new URL('../../out/main/compartment.js', import.meta.url).href)

// The real compartment, which also dies or hangs on request, as a bug in it would make it.
parentPort?.on('message', (message: ToWorker) => {
  if (message.op !== 'call') return
  if (message.path === 'crash') throw new Error('a bug')
  if (message.path === 'hang') for (;;);
  if (message.path === 'hoard') hoard()
  if (message.path === 'query')
    new Database(':memory:')
      .prepare('WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n')
      .get()
})

/** Arrays that are quickly made reach the limit before the collector has much to mark, or anybody loses patience. */
function hoard(): never {
  const one = [...new Float64Array(100_000)]
  for (const kept: number[][] = []; ;) kept.push([...one])
}
