/** Run by the bench as a process of its own: threads that do nothing, for the memory that a thread costs anyway. */
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { answerQuestions } from './forked.ts'

answerQuestions(
  async ({ threads }: { threads: number }): Promise<number> => {
    for (let i = 0; i < threads; i++)
      await once(
        new Worker('require("node:worker_threads").parentPort.on("message", () => {})', { eval: true }),
        'online',
      )
    await delay(300)
    return process.memoryUsage.rss()
  },
  async () => undefined,
)
