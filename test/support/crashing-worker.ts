import { parentPort } from 'node:worker_threads'
import type { ToWorker } from '../../src-main/compartment/port.ts'
import '../../src-main/compartment/worker.ts'

// The real compartment, which also dies or hangs on request, as a bug in it would make it.
parentPort?.on('message', (message: ToWorker) => {
  if (message.op !== 'call') return
  if (message.path === 'crash') throw new Error('a bug')
  if (message.path === 'hang') for (;;);
})
