import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Cache } from '../../../src-main/compartment/cache/cache.ts'
import { matchOf, wordsOf } from '../../../src-main/compartment/triage/words.ts'
import { MAX_PAGE } from '../../../src-shared/domain/views.ts'
import type { Driven } from '../../compartment/driver.ts'
import { median, percentile, timed, type Bench } from '../bench.ts'
import { tenantToken, type Clouds } from '../cloud.ts'
import { cacheBytes, firstSync, plainLoad, type LoadTimes } from '../loads.ts'
import { LARGE, type SeedSize } from '../seed.ts'

/** Rare, common and several words, whole and begun, as a person types them. */
const QUERIES = [
  ...['printer', 'pri', 'voicemail', 'pass', 'outlook crash', 'blue screen', 'vpn slow net', 'remote desktop session'],
  ...['invoice invoice toner', 'service tomorrow', 'restarted', '99', '54321', '777 printer', 'certificate wif', 'mo'],
  ...['zeppelin', 'locked account domain login', 'firewall rule port switch router', 'la'],
]

/** Conditions that many, few and no tickets meet, alone and together, and with words. */
const OPERATED = [
  ...['status:waiting', '-status:closed', 'is:closed', 'assignee:none', 'assignee:me', 'is:unread', 'is:pending'],
  ...['tag:vip', 'tag:v', '-tag:vip', 'tag:nobody', 'type:incident', 'type:none', 'queue:service', 'sla:breached'],
  ...['created:<7d', 'created:<800d', 'updated:>2h', 'requester:"Contact 7"', 'requester:contact -tag:vip'],
  ...[
    'tag:vip type:none assignee:none priority:p1',
    'tag:vip printer',
    'requester:"Contact 7" outlook',
    'printer -toner',
  ],
]

/** First sync from a real cloud, then search in what it brought, then its size. */
export async function measureFirstSync(bench: Bench, clouds: Clouds, size: SeedSize): Promise<void> {
  const wantsTimes = bench.wants('usable', 'everything')
  if (!wantsTimes && !bench.wants('newest', 'rank', 'operators', 'disk')) return
  const cloudUrl = await clouds.cloud(size)
  const token = await tenantToken(cloudUrl, LARGE)
  const folder = bench.folder()

  const runs = wantsTimes ? bench.size(3, 2) : 1
  bench.note(`First sync and plain load in turn, ${runs} times…`)
  const ours: LoadTimes[] = []
  const plain: LoadTimes[] = []
  for (let run = 1; run <= runs; run++) {
    const place = (name: string): string => {
      const made = join(folder, `${name}-${run}`)
      mkdirSync(made)
      return made
    }
    const [plainFolder, ourFolder] = [place('plain'), place('ours')]
    const raw = await plainLoad({ folder: plainFolder, cloudUrl, token })
    plain.push(raw)
    const synced = await firstSync({ folder: ourFolder, cloudUrl, token: () => token })
    ours.push(synced)
    if (run === runs) {
      await measureSearch(bench, synced.compartment, raw.cache)
      await measureOperators(bench, synced.compartment)
    }
    raw.cache.close()
    await synced.compartment.close()
    if (run === runs) bench.report('disk', cacheBytes(ourFolder) / 1e6, raw.bytes / 1e6)
    for (const made of [plainFolder, ourFolder]) rmSync(made, { recursive: true, force: true })
  }
  if (!wantsTimes) return
  for (const point of ['usable', 'everything'] as const)
    bench.report(point, median(ours.map((run) => run[point])), median(plain.map((run) => run[point])))
}

async function measureSearch(bench: Bench, compartment: Driven, plain: Cache): Promise<void> {
  if (!bench.wants('newest', 'rank')) return
  const rounds = bench.size(8, 3)
  const open = (
    await compartment.call<{ configuration: { statuses: { key: string; category: string }[] } }>('query', 'desk')
  ).configuration.statuses.filter(({ category }) => category !== 'resolved' && category !== 'closed')
  // As the window asks: among open tickets by default, among all where a person says so.
  const filters = [{}, { statuses: open.map(({ key }) => key) }]
  for (const [name, order, by] of [
    ['newest', 'newest', 'rowid DESC'],
    ['rank', 'rank', 'rank'],
  ] as const) {
    const match = plain.db.prepare(
      `SELECT rowid FROM ticket_text WHERE ticket_text MATCH ? ORDER BY ${by} LIMIT ${MAX_PAGE}`,
    )
    const ours: number[] = []
    const alone: number[] = []
    for (let round = 0; round <= rounds; round++) {
      for (const text of QUERIES) {
        for (const filter of filters) {
          const time = await timed(() =>
            compartment.call('query', 'tickets.search', { text, filter, order, limit: MAX_PAGE }),
          )
          // The first round warms both.
          if (round > 0) ours.push(time)
        }
        const time = await timed(() => match.all(matchOf(wordsOf(text))))
        if (round > 0) alone.push(time)
      }
    }
    bench.report(name, percentile(ours, 0.95), percentile(alone, 0.95))
  }
}

async function measureOperators(bench: Bench, compartment: Driven): Promise<void> {
  if (!bench.wants('operators')) return
  const times: number[] = []
  for (let round = 0; round <= bench.size(6, 3); round++) {
    for (const text of OPERATED) {
      for (const filter of [{}, { open: true }]) {
        for (const by of ['updated', 'due'] as const) {
          const input = { text, filter, order: 'newest', sort: { by, direction: 'descending' }, limit: MAX_PAGE }
          const time = await timed(() => compartment.call('query', 'tickets.search', input))
          // The first round warms it.
          if (round > 0) times.push(time)
        }
      }
    }
  }
  bench.report('operators', percentile(times, 0.95), null)
}
