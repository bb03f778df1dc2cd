import { createParser } from 'eventsource-parser'
import { vi } from 'vitest'
import { paths } from '../../src-shared/protocol/api.ts'
import { VersionEvent } from '../../src-shared/protocol/events.ts'
import { PresenceEvent } from '../../src-shared/protocol/presence.ts'
import { ask } from '../support/cloud.ts'

/** Follows an organisation's event stream; `versions` and `presence` grow as they come; `ended` tells whether it is over. Resolves after the first heartbeat. */
export async function followEvents(
  url: string,
  token: string,
  console?: string,
): Promise<{ versions: VersionEvent[]; presence: PresenceEvent[]; ended: () => boolean; stop: () => Promise<void> }> {
  const abort = new AbortController()
  const versions: VersionEvent[] = []
  const presence: PresenceEvent[] = []
  let beats = 0
  let over = false
  const parser = createParser({
    onEvent: ({ event, data }) => {
      if (event === 'version') versions.push(VersionEvent.parse(JSON.parse(data)))
      else if (event === 'presence') presence.push(PresenceEvent.parse(JSON.parse(data)))
      else beats++
    },
  })
  const response = await ask(url, `${paths.events}${console ? `?console=${console}` : ''}`, {
    token,
    signal: abort.signal,
  })
  const reading = (async () => {
    const decoder = new TextDecoder()
    for await (const chunk of response.body ?? []) parser.feed(decoder.decode(chunk as Uint8Array, { stream: true }))
  })()
    .catch(() => undefined)
    .finally(() => (over = true))
  await vi.waitFor(() => {
    if (beats === 0) throw new Error('no heartbeat yet')
  })
  return {
    versions,
    presence,
    ended: () => over,
    stop: async () => {
      abort.abort()
      await reading
    },
  }
}
