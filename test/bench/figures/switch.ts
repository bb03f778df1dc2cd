import { setTimeout as delay } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { percentile, type Bench } from '../bench.ts'
import type { BenchHost } from '../host.ts'
import { LARGE, smallTenant } from '../seed.ts'
import { until } from '../window.ts'
import { openBenchPage } from './page.ts'

/** Small clients that the window visits to forget the large one: as many as it holds open. */
const VISITED = 9
/** Further ones, never on the window: the one of them that wakes puts the client to sleep that was used least recently. */
const OUTSIDE = 7
/** Small clients that a switch to the large one needs. */
export const SWITCH_CLIENTS = VISITED + OUTSIDE
/** Where the switches come from. */
const FROM = smallTenant(1)

/**
 * Key presses that switch to the large client in Chromium, from another client's list to the frame with its rows.
 * Held: the window visited it lately and has its rows. Awake: the window has forgotten it, its compartment is awake.
 * Asleep: the window has forgotten it and its files are closed; blank workers are warm.
 */
export async function measureSwitches(bench: Bench, host: BenchHost): Promise<void> {
  if (!bench.wants('painted', 'held', 'awake', 'asleep')) return
  bench.note('Editing and switching clients in Chromium…')
  const { page, frame, close } = await openBenchPage(bench, host)
  // The large client is the first of the rail, those that are visited follow it.
  for (let i = 1; i < VISITED; i++)
    await host.window.call('console', 'mutation', 'clients.pin', { tenantId: smallTenant(i), pinned: true })
  const window_ = new SwitchingWindow(page, host)

  await measurePaintedEdits(bench, host, page, frame)
  const [warm, many, few] = [bench.size(3, 1), bench.size(60, 12), bench.size(40, 6)]
  const measure = async (name: 'held' | 'awake' | 'asleep', samples: number, prepare: () => Promise<void>) => {
    if (!bench.wants(name)) return
    const times: number[] = []
    for (let i = 0; i < warm + samples; i++) {
      await prepare()
      const time = await window_.switchToLarge()
      if (i >= warm) times.push(time)
      if (bench.hurries && times.length >= 4) break
    }
    bench.report(name, percentile(times, 0.95), frame)
  }
  await measure('held', many, () => window_.visit(FROM))
  await measure('awake', few, () => window_.forgetLarge())
  await measure('asleep', few, async () => {
    await window_.forgetLarge()
    await window_.putLargeToSleep()
  })
  await close()
}

/**
 * The key that assigns the selected ticket to oneself, until the frame in which its row says so. The row follows the
 * ledger's answer or comes before it, as the window does it.
 */
async function measurePaintedEdits(bench: Bench, host: BenchHost, page: Page, frame: number): Promise<void> {
  if (!bench.wants('painted')) return
  await page.evaluate((id) => window.probe.visit(id), FROM)
  await page.keyboard.press('j')
  await page.evaluate(() => window.probe.selectedSays('', true))
  const row = await page.locator('[role=row][aria-selected=true]').getAttribute('id')
  const id = row?.replace('row-', '') ?? ''
  const scope = await host.window.openClient(FROM)
  const name = 'Me'
  const times: number[] = []
  for (let i = 0; i < bench.size(60, 20) + 5; i++) {
    await host.window.call(scope, 'mutation', 'tickets.edit', { id, patch: { assigneeId: null } })
    await page.evaluate((text) => window.probe.selectedSays(text, false), name)
    await delay(60)
    await page.evaluate((text) => window.probe.expectText('[role=row][aria-selected=true]', text), name)
    await page.keyboard.press('i')
    const time = await page.evaluate(() => window.probe.painted())
    if (i >= 5) times.push(time)
    if (bench.hurries && times.length >= 8) break
  }
  await host.window.call('console', 'mutation', 'clients.close', { scope })
  bench.report('painted', percentile(times, 0.95), frame)
}

export class SwitchingWindow {
  readonly #page: Page
  readonly #host: BenchHost
  /** Those that are awake come first; the one that sleeps is last. */
  readonly #outside = Array.from({ length: OUTSIDE }, (_, i) => smallTenant(VISITED + 1 + i))

  constructor(page: Page, host: BenchHost) {
    this.#page = page
    this.#host = host
  }

  /** Goes to a client without a measurement, and lets the window come to rest. */
  async visit(tenantId: string): Promise<void> {
    await this.#page.evaluate((id) => window.probe.visit(id), tenantId)
    await delay(60)
  }

  /** Visits so many other clients that the window has closed the large one; all of them stay awake. */
  async forgetLarge(): Promise<void> {
    await this.visit(smallTenant(VISITED))
    await this.#page.evaluate(() => window.probe.pass([9, 8, 7, 6, 5, 4, 3]))
    await this.visit(FROM)
    await delay(200)
  }

  /** Wakes one client too many, of which the large one is the least recently used. */
  async putLargeToSleep(): Promise<void> {
    for (const tenantId of this.#outside) await this.#host.window.touchClient(tenantId)
    await until(() => this.#host.sleeps(LARGE))
    // Waking the large one will put the first of them to sleep.
    this.#outside.push(this.#outside.shift() ?? '')
    // A blank worker stands ready again a moment after the last was taken.
    await delay(700)
  }

  /** @returns milliseconds from the key press to the frame with the large client's rows */
  async switchToLarge(): Promise<number> {
    await this.#page.evaluate((id) => window.probe.expect(id), LARGE)
    await this.#page.keyboard.press('Control+1')
    return this.#page.evaluate(() => window.probe.painted())
  }
}
