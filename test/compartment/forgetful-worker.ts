/** Starts a compartment of before some kinds of entities were known: `workerData` names them. */
import { workerData } from 'node:worker_threads'
import { entities } from '../../src-shared/protocol/feed.ts'

for (const kind of workerData as string[]) delete (entities as Record<string, unknown>)[kind]
await import('../../src-main/compartment/worker.ts')
