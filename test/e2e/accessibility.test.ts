import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'
import { uuid } from '../support/sample.ts'
import { configured, sandboxLike, setStage, setStatus, SOON } from './story.ts'

// Every screen and dialog, reached by keyboard, looked at by axe; what depends on colours in both themes.

// Something of each part of the settings.
const sla = {
  calendars: [{ key: 'always', label: 'Always', timeZone: 'UTC', hours: '24x7' as const, holidays: [] }],
  targets: [{ calendar: 'always', firstResponse: 60, resolution: 100_000 }],
  escalations: [
    {
      ...{ key: 'late', label: 'Late', when: { on: 'target' as const, target: 'resolution' as const, percent: 100 } },
      actions: [{ do: 'note' as const, text: 'Call the client now.' }],
    },
  ],
  onCall: [],
}
const stage = setStage('accessibility', () => configured(sandboxLike(['Acme', 30], ['Brook', 2]), { Acme: { sla } }))
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Serious faults of what is on screen, one line each. @param within what is around it was looked at before */
async function faults(page: Page, screen: string, within = ':root'): Promise<string[]> {
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
      ([rules, root]) =>
        (globalThis as unknown as { axe: { run(root: string, options: object): Promise<AxeResults> } }).axe.run(root, {
          resultTypes: ['violations'],
          ...(rules && { runOnly: { type: 'rule', values: rules } }),
        }),
      [scheme === 'dark' ? ['color-contrast'] : null, within] as const,
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
  {
    screen: 'field of many',
    keys: ['F', 'Enter'],
    shows: (page) => page.getByRole('dialog', { name: 'Set Site' }).waitFor({ timeout: SOON }),
  },
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
const last: Stop[] = [
  { screen: 'offboarding', keys: ['g', 'y'], shows: heading('Offboarding') },
  {
    screen: 'files left behind',
    keys: ['Escape', 'g', 'h'],
    async shows(page) {
      await page.getByRole('region', { name: 'Clients that left' }).waitFor({ timeout: SOON })
      await page.keyboard.type('gb')
      await page.getByRole('button', { name: /^Remove… the files of Brook/ }).click()
      await dialog(page)
    },
  },
]

const wizard = ['Start from', 'Hours', 'Service', 'Inheritance', 'People', 'Connect', 'Verify', 'Go live']
/** Parts of the settings that are built unlike each other. */
const parts = ['Custom fields', 'Targets', 'Escalations']

/** Two edits that were not taken: one that somebody else made too, one of what was retired meanwhile. */
async function makeUndecided(page: Page): Promise<void> {
  await page.keyboard.type('gq')
  await page.getByText('Everything is in step with the cloud').waitFor({ timeout: SOON })
  await page.keyboard.press('p')
  await page.getByText('Sync is paused', { exact: true }).first().waitFor({ timeout: SOON })
  await page.keyboard.type('gt')
  await page.keyboard.press('Home')
  await setStatus(page, 'Awaiting Vendor', 30)
  await page.keyboard.press('j')
  await setStatus(page, 'Awaiting Vendor', 29)
  await stage.owner`update ticket set data = jsonb_set(data::jsonb, '{status}', '"done"') where id = ${uuid('Acme', 'ticket', 30)}`
  await stage.owner`
    update configuration set data = jsonb_set(data::jsonb, '{statuses,2,retired}', 'true')
    where tenant_id = ${uuid('tenant', 'Acme')}`
  await page.keyboard.type('gq')
  await page.keyboard.press('p')
  await expect.poll(() => page.getByTestId('sync-state').innerText(), { timeout: SOON }).toContain('2 edits')
}

test('no screen or dialog has a serious fault of accessibility', async () => {
  const host = await stage.begin()
  const { page, close } = await stage.open(host, 'Acme')
  await page.evaluate(axe)
  await makeUndecided(page)
  await page.keyboard.type('gt')
  const found: string[] = []
  const visit = async (stops: Stop[]): Promise<void> => {
    for (const { screen, keys, shows } of stops) {
      for (const key of keys) await page.keyboard.press(key)
      await shows(page)
      found.push(...(await faults(page, screen)))
      if ((await page.getByRole('dialog').count()) > 0) await gone(page)
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
  await page.keyboard.press('Escape')
  const marked = '**a** *b* `c` [d](https://x.example)\n1. e\n- [x] f\n> g\n```h\ni\n```\n|j|k|\n|-|-|\n|l||'
  await page.locator('textarea:focus').fill(marked)
  await page.keyboard.press('Control+Shift+P')
  await page.getByRole('region', { name: 'Preview' }).locator('strong').waitFor()
  await page.keyboard.press('Control+Enter')
  await page.getByTestId('entry-note').locator('table').waitFor()
  await page.getByRole('button', { name: 'As typed' }).focus()
  found.push(...(await faults(page, 'formatted note')))
  for (let out = 0; out < 3; out++) await page.keyboard.press('Escape')
  await page.keyboard.press('c')
  await page.getByRole('textbox', { name: 'Subject' }).waitFor({ timeout: SOON })
  found.push(...(await faults(page, 'new ticket')))
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  await page.keyboard.type('gi')
  await page.getByRole('article').nth(1).waitFor({ timeout: SOON })
  found.push(...(await faults(page, 'undecided edits', 'main')))
  await page.keyboard.type('g,')
  for (const part of parts) {
    await page
      .getByRole('main')
      .getByRole('button', { name: new RegExp(`^${part}`) })
      .click()
    await heading(part)(page)
    found.push(...(await faults(page, `settings: ${part}`, 'main')))
  }
  await page.keyboard.type('gf')
  await page.getByLabel('Tickets', { exact: true }).check()
  const csv = 'Ticket ID,Subject,Status,Opened,Weight\nA-1,Screen is black,Parked,03/04/2026,4\nA-2,,Shelved,,\n'
  found.push(...(await faults(page, 'import: before a file', 'main')))
  const dataTransfer = await page.evaluateHandle((text) => {
    const dragged = new DataTransfer()
    dragged.items.add(new File([text], 'old.csv'))
    return dragged
  }, csv)
  await page.getByText('Drop a CSV, Excel or JSON file here').dispatchEvent('drop', { dataTransfer })
  await page.getByTestId('import-counts').waitFor({ timeout: SOON })
  found.push(...(await faults(page, 'import', 'main')))
  await page.keyboard.press('Escape')
  await visit(pages)
  await page.keyboard.type('gn')
  await page.getByLabel('Name', { exact: true }).fill('Acme')
  await page.getByText('A client called Acme is there already.').waitFor({ timeout: SOON })
  found.push(...(await faults(page, 'wizard: a name that is there', 'main')))
  await page.getByLabel('Name', { exact: true }).fill('Harbour')
  await page.getByLabel('Country').selectOption('DE')
  await page.keyboard.press('Control+Enter')
  for (const [index, step] of wizard.entries()) {
    // Verify has no field that a digit could go into, and Escape would leave it.
    if (index > 0 && step !== 'Go live') await page.keyboard.press('Escape')
    if (index > 0) await page.keyboard.press(String(index + 2))
    await page.getByRole('heading', { name: step, exact: true }).waitFor({ timeout: SOON })
    found.push(...(await faults(page, `wizard: ${step}`, 'main')))
  }
  await page.keyboard.press('Escape')
  await stage.owner`update tenant_technician set deleted = true where tenant_id = ${uuid('tenant', 'Brook')}`
  // A word about the client brings the list anew.
  await stage.owner`update tenant set industry = 'Testing' where name = 'Acme'`
  await visit(last)
  expect(found).toEqual([])
  await close()
})
