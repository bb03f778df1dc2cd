import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { paths } from '../../../src-shared/protocol/api.ts'
import { IMPORT_PART_BYTES, ImportAnswer, ImportView } from '../../../src-shared/protocol/import.ts'
import { OnboardingView } from '../../../src-shared/protocol/onboarding.ts'
import { Versions } from '../../../src-shared/protocol/events.ts'
import { median, type Bench } from '../bench.ts'
import { post, technicianToken, tenantToken, type Clouds } from '../cloud.ts'
import { smallTenant } from '../seed.ts'

const EMPTY = { tickets: 0, small: 2, smallTickets: 10 }
const LOOK = 5
const IMPORT_LOOK = 50

/** Clients from files, one and many in a row; then one default for all of them, and tickets for one. */
export async function measureOnboarding(bench: Bench, clouds: Clouds): Promise<void> {
  if (!bench.wants('broughtIn', 'manyIn', 'inherited', 'imported', 'importedBehind')) return
  const count = bench.size(500, 8)
  bench.note(`Bringing in ${count} clients from files, one after the other…`)
  const url = await clouds.cloud(EMPTY)
  const technician = await technicianToken(url)
  const took: number[] = []
  let last = ''
  for (let i = 1; i <= count && (i <= 6 || !bench.hurries); i++) {
    const began = performance.now()
    last = await bringIn(url, technician, i)
    took.push(performance.now() - began)
  }
  const first = took.slice(1, 6)
  bench.report('broughtIn', median(first), null)
  bench.report('manyIn', took.reduce((sum, one) => sum + one, 0) / took.length, median(first))
  bench.report('inherited', await changeDefault(url, technician, took.length), null)
  const into = [last, smallTenant(1)].map((client) => tenantToken(url, client, technician))
  await measureImport(bench, clouds, url, await Promise.all(into))
}

/** @returns the client's id */
async function bringIn(url: string, token: string, number: number): Promise<string> {
  const id = randomUUID()
  const identity = { name: `Brought in ${number}`, country: 'DE', domains: [`in-${number}.example`] }
  await post(url + paths.onboardings, token, {
    id,
    file: { onboarding: 1, identity, start: { from: 'template', template: 'general-office' } },
  })
  for (;;) {
    const view = OnboardingView.parse(await get(url + paths.onboarding(id), token))
    if (view.state === 'live') return view.tenantId
    if (view.next) throw new Error(`onboarding waits at ${view.next}: ${view.steps[view.next].problem?.message}`)
    await delay(LOOK)
  }
}

/** Changes what all clients inherit. @returns milliseconds until the feeds of so many have moved */
async function changeDefault(url: string, token: string, clients: number): Promise<number> {
  const { revision } = (await get(url + paths.defaults, token)) as { revision: number }
  let { next } = Versions.parse(await get(`${url}${paths.versions}?wait=0`, token))
  const moved = new Set<string>()
  const began = performance.now()
  await post(url + paths.defaults, token, { revision, set: { atRiskMinutes: 17 } })
  while (moved.size < clients) {
    const answer = Versions.parse(await get(`${url}${paths.versions}?wait=25&since=${encodeURIComponent(next)}`, token))
    for (const { tenant } of answer.versions) moved.add(tenant)
    ;({ next } = answer)
  }
  return performance.now() - began
}

/** The same file into two clients: in one request, and sent in parts and imported behind the answers. */
async function measureImport(bench: Bench, clouds: Clouds, url: string, [first, second]: string[]): Promise<void> {
  if (!bench.wants('imported', 'importedBehind')) return
  const count = bench.size(100_000, 5000)
  bench.note(`Importing ${count.toLocaleString('en')} tickets from CSV, and writing as many plain rows…`)
  const rows = Array.from(
    { length: count },
    (_, i) => `T-${i},Imported ticket ${i},Came with an export of the product before.,In progress,P2,2026-01-05 09:15`,
  )
  const csv = `Ticket Number,Summary,Description,Status,Priority,Created\n${rows.join('\n')}\n`
  const whole = async (answer: Promise<{ added: number; bad: { reason: string }[] }>) => {
    const began = performance.now()
    const { added, bad } = await answer
    if (added !== count) throw new Error(`only ${added} of ${count} tickets came in: ${bad[0]?.reason}`)
    return performance.now() - began
  }
  const plain = await clouds.rows(count)
  const atOnce = post(url + paths.import, first!, { kind: 'tickets', csv })
  bench.report('imported', await whole(atOnce.then((answer) => ImportAnswer.parse(answer))), plain)
  bench.report('importedBehind', await whole(importBehind(url, second!, Buffer.from(csv))), await clouds.rows(count))
}

async function importBehind(url: string, token: string, file: Buffer): Promise<ImportView> {
  const id = randomUUID()
  await post(url + paths.imports, token, { id, kind: 'tickets', name: 'tickets.csv', size: file.length })
  for (let part = 0; part * IMPORT_PART_BYTES < file.length; part++) {
    const response = await fetch(url + paths.importPart(id, part), {
      method: 'PUT',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/octet-stream' },
      body: new Uint8Array(file.subarray(part * IMPORT_PART_BYTES, (part + 1) * IMPORT_PART_BYTES)),
    })
    if (!response.ok) throw new Error(`part ${part} of the import was answered with ${response.status}`)
  }
  await post(url + paths.importAct(id, 'run'), token, {})
  for (;;) {
    const view = ImportView.parse(await get(url + paths.importOf(id), token))
    if (view.state !== 'running') return view
    await delay(IMPORT_LOOK)
  }
}

async function get(address: string, token: string): Promise<unknown> {
  const response = await fetch(address, { headers: { authorization: `Bearer ${token}` } })
  if (!response.ok) throw new Error(`${address} answered ${response.status}`)
  return response.json()
}
