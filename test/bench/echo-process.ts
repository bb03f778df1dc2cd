/** Run by the bench as a process of its own: a WebSocket that answers each message with so many characters of JSON. */
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { performance } from 'node:perf_hooks'
import { WebSocketServer } from 'ws'
import { answerQuestions } from './forked.ts'

let before = performance.eventLoopUtilization()

answerQuestions(
  (question: { op: 'start'; size: number } | { op: 'usage' }) =>
    question.op === 'start' ? start(question.size) : usage(),
  async () => undefined,
)

/** @returns its port */
async function start(size: number): Promise<number> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false })
  const row = JSON.stringify({ text: 'x'.repeat(300) })
  const answer = `[${Array.from({ length: Math.max(1, Math.round(size / row.length)) }, () => row).join(',')}]`
  server.on('connection', (socket) => socket.on('message', () => socket.send(answer)))
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

/** @returns milliseconds that the main thread was not idle, since the last question */
function usage(): number {
  const now = performance.eventLoopUtilization()
  const { active } = performance.eventLoopUtilization(now, before)
  before = now
  return active
}
