import type { Worker } from 'node:worker_threads'
import type { FromWorker, Rekeying, ToWorker } from '../compartment/port.ts'
import { ProblemError } from '../../src-shared/problem.ts'
import { CompartmentFailed } from './compartment-process.ts'

/**
 * Has a blank worker make copies of a closed compartment's files under another root key. Both keys are transferred: this
 * side's copies are gone. Resolves when the worker has ended and the copies are on the disk.
 * @throws ProblemError what kept the files from being copied
 */
export async function rekeyIn(worker: Worker, rekeying: Rekeying): Promise<void> {
  let done = false
  let failed: ProblemError | null = null
  worker.on('message', (message: FromWorker) => {
    if (message.op === 'rekeyed') done = true
    if (message.op === 'failed') failed = new CompartmentFailed(message.problem)
  })
  // Its text may hold data, so it goes nowhere.
  worker.on('error', () => undefined)
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
  worker.postMessage({ op: 'rekey', rekeying } satisfies ToWorker, [rekeying.from, rekeying.to])
  await ended
  if (!done) throw failed ?? new ProblemError('rotation-failed')
}
