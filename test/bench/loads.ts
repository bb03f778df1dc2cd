import { randomBytes } from 'node:crypto'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { openCache, type Cache } from '../../src-main/compartment/cache/cache.ts'
import { firstIndexes, fulltext, lastIndex, listIndexes, statusIndex } from '../../src-main/compartment/cache/schema.ts'
import type { Configuration } from '../../src-shared/domain/configuration.ts'
import type { Entry } from '../../src-shared/domain/entry.ts'
import type { Contact, Technician } from '../../src-shared/domain/people.ts'
import type { Ticket } from '../../src-shared/domain/ticket.ts'
import type { Change } from '../../src-shared/domain/views.ts'
import { paths } from '../../src-shared/protocol/api.ts'
import { Driven, type Start } from '../compartment/driver.ts'

/** Milliseconds from the start until each point. */
export interface LoadTimes {
  /** The default list is served by its index. */
  usable: number
  /** All indexes and the text index are there. */
  everything: number
}

/** Rows of one transaction of the plain load. */
const BATCH = 2000

interface Line {
  kind?: string
  version: number
  data: unknown
}

/** Where a plain load comes from and goes to. */
export interface PlainStart {
  folder: string
  cloudUrl: string
  token: string
}

/**
 * The plainest way to get the rows of a client from its cloud into the same encrypted schema: nothing is checked, nobody
 * is answered meanwhile, no place is kept.
 */
export async function plainLoad(start: PlainStart): Promise<LoadTimes & { cache: Cache; bytes: number }> {
  const cache = openCache(start.folder, randomBytes(32))
  let bytes = 0
  const began = performance.now()
  const store = cache.db.transaction((lines: Line[]) => {
    for (const { kind, version, data } of lines) {
      if (kind === 'ticket') cache.tickets.put(data as Ticket, version, version, version)
      else if (kind === 'entry') cache.entries.add(data as Entry, version)
      else if (kind === 'contact') cache.contacts.put(data as Contact, version)
      else if (kind === 'technician') cache.putTechnician(data as Technician, version)
      else if (kind === 'configuration') cache.putConfiguration(data as Configuration)
    }
  })
  let batch: Line[] = []
  for await (const line of linesOf(start, (chunk) => (bytes += chunk))) {
    batch.push(JSON.parse(line) as Line)
    if (batch.length < BATCH) continue
    store(batch)
    batch = []
  }
  store(batch)
  for (const index of [statusIndex, ...firstIndexes]) cache.db.exec(index)
  const usable = performance.now() - began
  for (const index of [...listIndexes, lastIndex]) cache.db.exec(index)
  cache.db.exec(fulltext)
  cache.db.exec(`INSERT INTO ticket_text (rowid, subject, body) SELECT number, subject,
    description || coalesce((SELECT char(10) || group_concat(body, char(10)) FROM entry WHERE ticket_id = ticket.id), '') FROM ticket`)
  return { usable, everything: performance.now() - began, cache, bytes }
}

async function* linesOf({ cloudUrl, token }: PlainStart, count: (bytes: number) => void): AsyncGenerator<string> {
  const headers = { authorization: `Bearer ${token}` }
  const response = await fetch(`${cloudUrl}${paths.changes}?after=0`, { headers })
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of response.body ?? []) {
    count(chunk.length)
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
}

/** First sync of a real compartment worker. */
export async function firstSync(start: Start): Promise<LoadTimes & { compartment: Driven }> {
  const compartment = await Driven.open({ ...start, online: false })
  const whole: number[] = []
  const began = performance.now()
  const stop = compartment.follow<Change>('changes', ({ tickets }) => {
    if (tickets === 'all') whole.push(performance.now() - began)
  })
  await compartment.sync()
  const everything = performance.now() - began
  stop()
  const { progress, problem } = await compartment.state()
  if (problem || progress) throw new Error(`the first sync did not end: ${problem?.message}`)
  // Windows are told to read everything again when the lists have their indexes, and a last time at the end.
  const usable = whole.at(-2)
  if (usable === undefined) throw new Error('the compartment did not say when its lists were usable')
  return { usable, everything, compartment }
}

/** Bytes of all files of a closed cache. */
export function cacheBytes(folder: string): number {
  return readdirSync(folder)
    .filter((name) => name.startsWith('cache.db'))
    .reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)
}
