import { setTimeout as delay } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { percentile, type Bench } from '../bench.ts'
import type { BenchHost } from '../host.ts'
import { LARGE } from '../seed.ts'
import { openBenchPage } from './page.ts'

const SELECTED = '[role=row][aria-selected=true]'
const TITLE = 'article h2'
/** Entries of the long ticket. */
const LONG = 200
/** Words of the sample tickets, typed letter by letter. No two begin alike: an answer that is known costs nothing. */
const WORDS = [
  ...['printer', 'outlook', 'reset', 'invoice', 'laptop', 'monitor', 'network', 'crash', 'licence', 'update'],
  ...['server', 'backup', 'quota', 'folder', 'share', 'camera', 'headset', 'teams', 'display', 'keyboard'],
]

/** What a technician does all day in the list of a large client, in Chromium: from the key press to the painted frame. */
export async function measureTriage(bench: Bench, host: BenchHost): Promise<void> {
  if (!bench.wants('statused', 'assigned', 'resolved', 'searched', 'scrolled', 'opened', 'flat')) return
  bench.note('Triage in Chromium…')
  const { page, frame, close } = await openBenchPage(bench, host)
  const desk = new Desk(bench, page)
  await page.evaluate((id) => window.probe.visit(id), LARGE)
  await page.keyboard.press('Home')
  await page.evaluate(() => window.probe.selectedSays('', true))

  await desk.measure('assigned', frame, async () => {
    do await page.keyboard.press('j')
    while ((await page.locator(SELECTED).innerText()).includes('Me'))
    await delay(80)
    return desk.press('i', () => window.probe.expectText('[role=row][aria-selected=true]', 'Me'))
  })
  let turn = 0
  await desk.measure('statused', frame, async () => {
    const label = turn++ % 2 === 0 ? 'Awaiting Vendor' : 'In Progress'
    if (turn % 2 === 1) await page.keyboard.press('j')
    await delay(80)
    await page.keyboard.press('s')
    await page.getByRole('listbox', { name: 'Set status' }).waitFor()
    await page.keyboard.type(label)
    await page.getByRole('option', { name: label, selected: true }).waitFor()
    await page.evaluate(([where, text]) => window.probe.expectText(where, text), [SELECTED, label] as const)
    return desk.press('Enter')
  })
  await desk.measure('searched', frame, search(page, desk))
  await page.keyboard.press('Escape')
  if (bench.wants('scrolled')) bench.report('scrolled', await scroll(page), null)
  if (bench.wants('opened')) await open(host, desk, frame)
  await page.keyboard.press('Home')
  await page.keyboard.press('Enter')
  await page.locator(TITLE).waitFor()
  await desk.measure('resolved', frame, async () => {
    await delay(100)
    return desk.press('E', () => window.probe.expectOther('article h2'))
  })
  if (bench.wants('flat')) await flatness(bench, page)
  await close()
}

class Desk {
  readonly #bench: Bench
  readonly page: Page

  constructor(bench: Bench, page: Page) {
    this.#bench = bench
    this.page = page
  }

  /** Presses a key once the probe knows what it leads to. @returns ms until that is painted */
  async press(key: string, expectation?: () => void): Promise<number> {
    if (expectation) await this.page.evaluate(expectation)
    await this.page.keyboard.press(key)
    return this.page.evaluate(() => window.probe.painted())
  }

  /** Takes samples of a figure, the first of which only warm the way. */
  async measure(
    name: 'statused' | 'assigned' | 'resolved' | 'searched' | 'opened',
    frame: number,
    sample: () => Promise<number>,
  ): Promise<void> {
    if (!this.#bench.wants(name)) return
    const times: number[] = []
    const warm = 5
    for (let i = 0; i < warm + this.#bench.size(60, 12); i++) {
      const time = await sample()
      if (i >= warm) times.push(time)
      if (this.#bench.hurries && times.length >= 6) break
    }
    this.#bench.report(name, percentile(times, 0.95), frame)
  }
}

/** Types one letter after the other; the first of a word shows a list that was not there, and is not measured. */
function search(page: Page, desk: Desk): () => Promise<number> {
  let word = 0
  let letter = 0
  return async () => {
    if (letter === 0) {
      await page.keyboard.press('Escape')
      await page.keyboard.press('/')
      await page.keyboard.type(WORDS[word]![0]!)
      await page.locator('[role=grid]:not([aria-busy])').waitFor()
      await delay(150)
      letter = 1
    }
    const time = await desk.press(WORDS[word]![letter++]!, () => window.probe.expectSearched())
    // As fast typists type.
    await delay(60)
    if (letter >= 5) [letter, word] = [0, (word + 1) % WORDS.length]
    return time
  }
}

/** Scrolls from the first ticket to the last in steps of a frame. @returns p99 of the work of a frame in ms */
async function scroll(page: Page): Promise<number> {
  await page.keyboard.press('Home')
  await delay(300)
  const work = await page.evaluate(async () => {
    const scroller = [...document.querySelectorAll('[role=grid] [role=rowgroup]')].find(
      (one) => one.scrollHeight > one.clientHeight,
    )!
    const frames = 400
    const step = (scroller.scrollHeight - scroller.clientHeight) / frames
    const channel = new MessageChannel()
    const times: number[] = []
    for (let i = 0; i < frames; i++) {
      await new Promise<void>((resolve) => {
        requestAnimationFrame(() => {
          const began = performance.now()
          scroller.scrollTop += step
          // Comes after the frame's styles, layout and paint.
          channel.port1.onmessage = () => {
            times.push(performance.now() - began)
            resolve()
          }
          channel.port2.postMessage(null)
        })
      })
    }
    return times
  })
  return percentile(work, 0.99)
}

/** Opens one ticket with a long conversation again and again, with another one in between. */
async function open(host: BenchHost, desk: Desk, frame: number): Promise<void> {
  const { page } = desk
  await page.keyboard.press('Home')
  // The ticket that changed last may be closed, and not in the list.
  const id = (await page.locator(`${SELECTED}[aria-rowindex="2"]`).getAttribute('id'))!.replace('row-', '')
  const scope = await host.window.openClient(LARGE)
  for (let i = 0; i < LONG; i++)
    await host.window.call(scope, 'mutation', 'tickets.addEntry', {
      ...{
        ticketId: id,
        kind: 'note',
        body: `Looked at it for the ${i}th time. Nothing new in the log.\n\nAsked again.`,
      },
    })
  await host.window.call('console', 'mutation', 'clients.close', { scope })
  await page.keyboard.press('Home')
  await page.locator(`#row-${id}[aria-selected=true]`).waitFor()
  await desk.measure('opened', frame, async () => {
    await delay(120)
    const time = await desk.press('Enter', () => window.probe.expectText('article', 'for the 9th time'))
    await page.getByText('for the 199th time').waitFor({ state: 'attached' })
    await page.keyboard.press('Escape')
    await page.locator(SELECTED).waitFor()
    return time
  })
}

/** Opens ticket after ticket, and compares what scripts hold on to. */
async function flatness(bench: Bench, page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page)
  const used = async (): Promise<number> => {
    for (let i = 0; i < 2; i++) await session.send('HeapProfiler.collectGarbage')
    const { usedSize } = await session.send('Runtime.getHeapUsage')
    return usedSize / 1e6
  }
  const pass = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) {
      await page.evaluate(() => window.probe.expectOther('article h2'))
      await page.keyboard.press('j')
      await page.evaluate(() => window.probe.painted())
    }
  }
  await pass(100)
  const first = await used()
  await pass(bench.size(900, 100))
  bench.report('flat', await used(), first)
}
