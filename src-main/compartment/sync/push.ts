import { paths } from '../../../src-shared/protocol/api.ts'
import { MutationReply, type MutationBatch } from '../../../src-shared/protocol/mutation.ts'
import { ProblemError } from '../../../src-shared/problem.ts'
import type { Holdings } from '../holdings.ts'
import type { OutboxItem } from '../ledger/ledger.ts'
import type { Cloud } from './cloud.ts'

/** Writes sent in one request. */
const BATCH = 100

/**
 * Sends one batch of unanswered writes, oldest first.
 * @returns what was answered; `more` where the next batch can go right away
 * @throws ProblemError as {@link Cloud.request} does
 */
export async function push(
  held: Holdings,
  cloud: Cloud,
  signal: AbortSignal,
): Promise<{ settled: OutboxItem[]; more: boolean }> {
  const { ledger } = held
  const mutations = ledger.queued(BATCH)
  const [first] = mutations
  const last = mutations.at(-1)
  if (!first || !last) return { settled: [], more: false }
  ledger.attempted(first.sequence, last.sequence)
  const batch: MutationBatch = { clientId: ledger.clientId, mutations }
  const init = { method: 'POST', body: JSON.stringify(batch), headers: { 'content-type': 'application/json' } }
  const answer = await cloud.request(paths.mutations, init, signal, [409])
  try {
    const body: unknown = await answer.response.json().catch(() => null)
    if (answer.status === 409 && isSequenceGap(body)) {
      // The cloud knows fewer of our writes than it once took: it was set back. Under a new client id they all count.
      ledger.renumber()
      return { settled: [], more: false }
    }
    const reply = MutationReply.safeParse(body)
    if (!reply.success) throw new ProblemError('cloud-failed', { status: answer.status })
    const settled = ledger.settle(reply.data.results)
    return { settled, more: settled.length > 0 && ledger.count('queued') > 0 }
  } finally {
    answer.end()
  }
}

function isSequenceGap(body: unknown): boolean {
  const code = (body as { error?: { code?: unknown } } | null)?.error?.code
  return code === 'sequence-gap'
}
