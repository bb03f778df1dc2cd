import { go } from 'fuzzysort'
import type { ClientSummary } from '../../../src-shared/domain/views.ts'

/** A client found, with the indexes of its name that matched, or the other word that did. */
export interface ClientHit {
  client: ClientSummary
  name: readonly number[]
  /** The domain or alias that matched better than the name. */
  via: { text: string; indexes: readonly number[] } | null
}

interface Target {
  client: ClientSummary
  text: string
  isName: boolean
}

/**
 * Clients whose name, short name, domain or alias fits the text, best first; names win ties.
 * @param clients in the order to show them for an empty text
 */
export function searchClients(clients: readonly ClientSummary[], text: string): ClientHit[] {
  if (text.trim() === '') return clients.map((client) => ({ client, name: [], via: null }))
  const targets = clients.flatMap((client): Target[] => [
    { client, text: client.name, isName: true },
    ...[client.shortName, ...client.domains, ...client.aliases]
      .filter((other) => !client.name.includes(other))
      .map((other) => ({ client, text: other, isName: false })),
  ])
  const found = go(text.trim(), targets, { key: 'text', limit: 0, threshold: 0.2 })
  const best = new Map<string, { hit: ClientHit; score: number }>()
  for (const result of found) {
    const { client, text: matched, isName } = result.obj
    const score = result.score + (isName ? 0.05 : 0)
    const known = best.get(client.id)
    if (known && known.score >= score) continue
    const indexes = [...result.indexes]
    const hit = isName ? { client, name: indexes, via: null } : { client, name: [], via: { text: matched, indexes } }
    best.set(client.id, { hit, score })
  }
  return [...best.values()].sort((a, b) => b.score - a.score).map(({ hit }) => hit)
}
