import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'
import { sandboxLike, setStage, SOON } from './story.ts'

// Every screen and dialog, reached by keyboard, looked at by axe; what depends on colours in both themes.

const stage = setStage('accessibility', () => sandboxLike(['Acme', 30], ['Brook', 2]))
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Serious faults of what is on screen, one line each. */
async function faults(page: Page, screen: string): Promise<string[]> {
  const found: string[] = []
  for (const scheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
    await page.evaluate((name) => {
      const root = document.documentElement
      return new Promise<void>((resolve) => {
        const look = (): void =>
          root.dataset['mantineColorScheme'] === name ? resolve() : void requestAnimationFrame(look)
        look()
      })
    }, scheme)
    // What slides in is looked at where it stands.
    await page.evaluate(() => Promise.all(document.getAnimations().map((one) => one.finished.catch(() => undefined))))
    const results = await page.evaluate(
      (rules) =>
        (globalThis as unknown as { axe: { run(options: object): Promise<AxeResults> } }).axe.run({
          resultTypes: ['violations'],
          ...(rules && { runOnly: { type: 'rule', values: rules } }),
        }),
      scheme === 'dark' ? ['color-contrast'] : null,
    )
    found.push(
      ...results.violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .flatMap(({ id, nodes }) =>
          nodes.map((node) => `${screen}, ${scheme}: ${id}: ${node.target.join(' ')} ${node.html.slice(0, 160)}`),
        ),
    )
  }
  return found
}

interface Stop {
  screen: string
  keys: string[]
  /** What is there once the screen stands. */
  shows: (page: Page) => Promise<unknown>
}

const dialog = (page: Page): Promise<void> => page.getByRole('dialog').first().waitFor({ timeout: SOON })
const heading =
  (name: RegExp | string) =>
  (page: Page): Promise<void> =>
    page.getByRole('heading', { name }).first().waitFor({ timeout: SOON })
const gone = async (page: Page): Promise<void> => {
  await page.keyboard.press('Escape')
  await expect.poll(() => page.getByRole('dialog').count()).toBe(0)
}

const list: Stop[] = [
  { screen: 'list', keys: ['Home', 'j'], shows: (page) => page.getByRole('grid', { name: 'Tickets' }).waitFor() },
  { screen: 'columns', keys: ['|'], shows: dialog },
  {
    screen: 'sections',
    keys: ['\\', 'ArrowDown', 'Enter'],
    shows: (page) => page.getByTestId('section-row').first().waitFor(),
  },
  { screen: 'chosen tickets', keys: ['x', 'J'], shows: (page) => page.getByTestId('chosen-count').waitFor() },
  { screen: 'status of many', keys: ['s'], shows: dialog },
]
const ticket: Stop[] = [
  { screen: 'ticket', keys: ['Enter'], shows: (page) => page.getByRole('article', { name: /Ticket/ }).waitFor() },
  { screen: 'assignee', keys: ['a'], shows: dialog },
  { screen: 'watchers', keys: ['O'], shows: dialog },
]
const dialogs: Stop[] = [
  { screen: 'switcher', keys: ['Control+Shift+K'], shows: dialog },
  { screen: 'commands', keys: ['Control+K'], shows: dialog },
  { screen: 'shortcuts', keys: ['?'], shows: dialog },
]
const pages: Stop[] = [
  { screen: 'sync', keys: ['g', 'q'], shows: heading(/Sync/) },
  { screen: 'settings', keys: ['g', ','], shows: heading('Statuses') },
  { screen: 'conflict inbox', keys: ['g', 'i'], shows: heading(/Undecided|Inbox|decide/i) },
  { screen: 'vault', keys: ['g', 'v'], shows: heading(/Credentials/) },
  {
    screen: 'import',
    keys: ['g', 'f'],
    shows: (page) => page.getByRole('main', { name: 'Import into Acme' }).waitFor({ timeout: SOON }),
  },
  { screen: 'keys', keys: ['g', 'k'], shows: heading(/Keys/) },
  { screen: 'onboardings', keys: ['g', 'o'], shows: heading('Onboarding') },
  { screen: 'new client', keys: ['n'], shows: (page) => page.getByLabel('Name', { exact: true }).waitFor() },
  {
    screen: 'all clients',
    keys: ['Escape', 'g', 'h'],
    shows: (page) => page.getByRole('textbox', { name: 'Find a client' }).waitFor(),
  },
]

test('no screen or dialog has a serious fault of accessibility', async () => {
  const host = await stage.begin()
  const { page, close } = await stage.open(host, 'Acme')
  await page.evaluate(axe)
  const found: string[] = []
  const visit = async (stops: Stop[]): Promise<void> => {
    for (const { screen, keys, shows } of stops) {
      for (const key of keys) await page.keyboard.press(key)
      await shows(page)
      found.push(...(await faults(page, screen)))
      if (shows === dialog) await gone(page)
    }
  }
  await visit([...list, ...dialogs])
  await page.keyboard.press('Escape')
  await page.keyboard.press('Home')
  await visit(ticket)
  await page.keyboard.press('C')
  await page.keyboard.type('Order the part')
  await page.keyboard.press('Enter')
  await page.getByText('0 of 1').waitFor({ timeout: SOON })
  found.push(...(await faults(page, 'tasks')))
  await page.keyboard.press('Escape')
  await page.keyboard.press('n')
  await page.keyboard.type('A note for @len')
  await page.getByRole('option', { name: /Lena/ }).waitFor({ timeout: SOON })
  found.push(...(await faults(page, 'composer')))
  for (let out = 0; out < 3; out++) await page.keyboard.press('Escape')
  await page.keyboard.press('c')
  await page.getByRole('textbox', { name: 'Subject' }).waitFor({ timeout: SOON })
  found.push(...(await faults(page, 'new ticket')))
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  await visit(pages)
  expect(found).toEqual([])
  await close()
})
