import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { Bench } from './bench.ts'

/** A process of the bench, asked for one thing at a time by message. It ends when this process does. */
export interface Forked {
  pid: number
  ask<Answer>(question: object): Promise<Answer>
  /** Lets it end in order. */
  stop(): Promise<void>
}

interface Reply {
  answer?: unknown
  failed?: string
}

/** Starts a module of this folder as a process that answers with {@link answerQuestions}. */
export function startForked(bench: Bench, module: string): Forked {
  const child = fork(new URL(module, import.meta.url), [], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], TMPDIR: process.env['TMPDIR'] },
    execArgv: ['--no-warnings'],
  })
  const ended = once(child, 'exit')
  const stop = async () => {
    if (child.connected) child.disconnect()
    await ended
  }
  bench.afterwards(stop)
  bench.finally(() => child.kill('SIGKILL'))
  return {
    pid: child.pid ?? 0,
    async ask<Answer>(question: object) {
      child.send(question)
      const [reply] = (await Promise.race([
        once(child, 'message'),
        ended.then(() => [{ failed: `${module} ended` }]),
      ])) as [Reply]
      if (reply.failed !== undefined) throw new Error(reply.failed)
      return reply.answer as Answer
    },
    stop,
  }
}

/**
 * Answers the parent's questions until it is gone.
 * @param close what is to be done at the end
 */
export function answerQuestions<Question>(
  answer: (question: Question) => unknown,
  close: () => Promise<unknown>,
): void {
  // A parent that is gone wants no answer.
  const reply = (content: Reply): unknown => process.send?.(content, undefined, undefined, () => undefined)
  process.on('message', async (question: Question) => {
    try {
      reply({ answer: (await answer(question)) ?? null })
    } catch (error) {
      reply({ failed: error instanceof Error ? (error.stack ?? error.message) : String(error) })
    }
  })
  process.once('disconnect', () => void close().finally(() => process.exit()))
  // Both belong to the parent, which ends this process when it is ready to.
  process.on('SIGINT', () => undefined)
  process.on('SIGTERM', () => undefined)
}
