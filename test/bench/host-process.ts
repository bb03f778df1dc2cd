/** Run by the bench as a process of its own: the built browser host, which also says what it uses. */
import { performance } from 'node:perf_hooks'
import type { startBrowserHost as Start } from '../../src-main/browser-host/main.ts'
import { answerQuestions } from './forked.ts'

export type HostQuestion = { op: 'start'; profile: string; cloudUrl: string } | { op: 'usage' }

export interface Usage {
  /** Milliseconds that the main thread was not idle, since the last question. */
  busy: number
  /** Bytes of memory that the process holds. */
  resident: number
}

let running: Awaited<ReturnType<typeof Start>> | null = null
let before = performance.eventLoopUtilization()

answerQuestions(
  (question: HostQuestion) => (question.op === 'start' ? start(question.profile, question.cloudUrl) : usage()),
  async () => running?.close(),
)

/** @returns the address with its one-time token */
async function start(profile: string, cloudUrl: string): Promise<string> {
  const built = new URL('../../out/main/browser-host.js', import.meta.url).href
  const { startBrowserHost } = (await import(built)) as { startBrowserHost: typeof Start }
  running = await startBrowserHost({ profile, port: 0, sandbox: true, cloudUrl, passphrase: null })
  return running.address
}

function usage(): Usage {
  const now = performance.eventLoopUtilization()
  const { active } = performance.eventLoopUtilization(now, before)
  before = now
  return { busy: active, resident: process.memoryUsage.rss() }
}
