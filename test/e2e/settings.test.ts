import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { paths } from '../../src-shared/protocol/api.ts'
import { SettingsView } from '../../src-shared/protocol/settings.ts'
import { ask } from '../support/cloud.ts'
import { configured, sandboxLike, setStage, setStatus, SOON, waitForSynced } from './story.ts'

// A client's settings are changed in the window, and everything follows.

const stage = setStage('settings', () => {
  const options = ['few', 'many'].map((key) => ({ key, label: key }))
  const customFields = ['Reach', 'Haste'].map((label) => ({ type: 'select' as const, key: label, label, options }))
  // A macro with a word that was retired under it: whatever else is saved here is saved all the same.
  const queues = [
    { key: 'desk', label: 'Service Desk' },
    { key: 'old', label: 'Old desk', retired: true as const },
  ]
  const macros = [{ key: 'old', label: 'Back', kind: 'note' as const, set: { queue: 'old' } }]
  return configured(sandboxLike(['Acme', 4]), { Acme: { customFields, queues, macros } })
})
const row = (page: Page) => page.getByTestId('ticket-row').filter({ hasText: 'Acme ticket 2' })
const said = (page: Page, text: string) => page.getByText(text, { exact: true }).waitFor({ timeout: SOON })
const toSettings = async (page: Page): Promise<void> => {
  await page.keyboard.type('g,')
  await page
    .getByRole('main', { name: 'Settings of Acme' })
    .getByRole('heading', { name: 'Statuses' })
    .waitFor({ timeout: SOON })
}

test('a status is renamed, retired and given back: tickets keep their word, and nobody is offered what is retired', async () => {
  const host = await stage.begin()
  const { page, close, complaints } = await stage.open(host, 'Acme')
  await row(page).getByText('In Progress').waitFor({ timeout: SOON })
  await toSettings(page)
  const fields = page.getByRole('textbox', { name: /^Name of status/ })
  const inProgress = async (label: string): Promise<number> =>
    (await fields.evaluateAll((all) => all.map((one) => (one as HTMLInputElement).value))).indexOf(label)
  const index = await inProgress('In Progress')
  await fields.nth(index).focus()
  await page.keyboard.press('Control+A')
  await page.keyboard.type('Working on it')
  await page.getByRole('button', { name: 'Statuses changed' }).waitFor()
  await page.keyboard.press('Control+Enter')
  await said(page, 'Saved.')
  await page.getByRole('button', { name: 'Macros to look at' }).click()
  const standing = 'The macro "Back" sets the queue "Old desk", which is retired. Choose another.'
  await page.getByRole('note').getByText(standing).waitFor({ timeout: SOON })
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  await page.keyboard.type('gt')
  await row(page).getByText('Working on it').waitFor({ timeout: SOON })

  await toSettings(page)
  await page.getByRole('button', { name: 'Retire Working on it' }).focus()
  await page.keyboard.press('Enter')
  await page.getByText('Retired').waitFor()
  await page.keyboard.press('Control+Enter')
  await said(page, 'Saved.')
  await page.keyboard.type('gt')
  await row(page).getByText('Working on it').waitFor({ timeout: SOON })
  await row(page).click()
  await page.getByRole('article', { name: /^Ticket/ }).waitFor({ timeout: SOON })
  // What the ticket has can stay; once it has another, it is not offered any more.
  await setStatus(page, 'Awaiting Vendor', 2)
  await page.keyboard.press('s')
  const offered = page.getByRole('listbox', { name: 'Set status' })
  await offered.waitFor({ timeout: SOON })
  expect(await offered.getByRole('option', { name: 'Working on it' }).count()).toBe(0)
  expect(await offered.getByRole('option', { name: 'Awaiting Vendor' }).count()).toBe(1)
  await page.keyboard.press('Escape')

  await toSettings(page)
  await page.keyboard.press('h')
  await page.getByText('“In Progress” is now called “Working on it”').waitFor({ timeout: SOON })
  await page.getByRole('button', { name: 'Restore revision 1' }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('dialog', { name: 'Restore revision 1' }).waitFor()
  await page.keyboard.press('Enter')
  await said(page, 'As it was at revision 1.')
  await page.keyboard.type('gt')
  await page
    .getByTestId('ticket-row')
    .filter({ hasText: 'Acme ticket 3' })
    .getByText('In Progress')
    .waitFor({ timeout: SOON })
  // Its logo is of the client itself: it is saved at once, and stands in the rail.
  await toSettings(page)
  await page.getByRole('button', { name: 'Logo', exact: true }).click()
  await page
    .getByRole('group', { name: 'Logo' })
    .getByLabel('Logo')
    .setInputFiles('docs/pictures/onboarding-1-who-it-is.png')
  await said(page, 'Saved. Everybody who works here sees it.')
  const inRail = page.getByRole('navigation').getByRole('button', { name: /^Acme/ }).locator('img')
  await inRail.waitFor({ timeout: SOON })
  await page.getByRole('button', { name: 'Take away' }).click()
  await inRail.waitFor({ state: 'detached', timeout: SOON })
  expect(complaints).toEqual([])
  await close()
})

test('a priority matrix is made in a grid; then a priority follows, is changed by hand, told and taken back, and one z undoes both', async () => {
  const host = await stage.begin()
  const { page, close, complaints } = await stage.open(host, 'Acme')
  await toSettings(page)
  // Rules of a field are saved from within their text once it is right.
  await page.getByRole('button', { name: /^Custom fields/ }).click()
  await page.getByText('Always shown, never needed').first().click()
  const rules = page.getByRole('textbox', { name: 'Rules of Reach as JSON' })
  await rules.focus()
  await page.keyboard.type('{ "visibleWhen": [')
  await page.keyboard.press('Control+Enter')
  await page.getByText('cannot be read yet').waitFor({ timeout: SOON })
  await rules.focus()
  await page.keyboard.type('] }')
  await page.keyboard.press('Control+Enter')
  await said(page, 'Saved.')
  await page.getByRole('button', { name: /^Priority matrix/ }).click()
  await page.getByRole('checkbox', { name: 'The priority follows from two fields' }).focus()
  await page.keyboard.press('Space')
  const cell = page
    .getByRole('table', { name: 'Priority matrix' })
    .getByRole('combobox', { name: 'Reach many, Haste few' })
  await cell.focus()
  await page.keyboard.type('Urg')
  await page.keyboard.press('Control+Enter')
  await said(page, 'Saved.')
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  const lists = page.getByRole('option')
  const pick = async (field: string, option: string): Promise<void> => {
    await page.getByRole('combobox', { name: field }).click()
    await lists.filter({ hasText: option, visible: true }).click()
  }
  const priority = page.getByRole('combobox', { name: 'Priority' })
  const shows = async (label: string): Promise<void> =>
    expect.poll(() => priority.inputValue(), { timeout: SOON }).toBe(label)
  await page.keyboard.type('gt')
  await page.getByTestId('ticket-row').first().waitFor({ timeout: SOON })
  await page.keyboard.press('c')
  await page.getByText('Follows from Reach and Haste').waitFor({ timeout: SOON })
  await page.getByRole('textbox', { name: 'Subject' }).fill('Nobody gets in')
  await pick('Reach', 'many')
  await pick('Haste', 'few')
  await shows('Urgent')
  await page.getByText('By Reach and Haste').waitFor({ timeout: SOON })
  await page.keyboard.press('Control+Enter')
  await page.getByRole('article', { name: /^Ticket/ }).waitFor({ timeout: SOON })
  await shows('Urgent')
  await pick('Reach', 'few')
  await pick('Haste', 'many')
  await shows('Normal')
  await page.getByRole('button', { name: /^Undo/ }).click()
  await page.getByRole('button', { name: /^Undo/ }).waitFor({ state: 'detached', timeout: SOON })
  await shows('Urgent')
  await pick('Priority', 'Normal')
  await pick('Reach', 'many')
  await shows('Urgent')
  await pick('Priority', 'Normal')
  await page.getByText('Matrix says Urgent').waitFor({ timeout: SOON })
  await page.getByRole('button', { name: 'Take it back' }).focus()
  await page.keyboard.press('Enter')
  await shows('Urgent')
  await waitForSynced(page)
  const [opened] = await stage.owner<{ priority: string }[]>`
    select data ->> 'priority' as priority from ticket where data ->> 'subject' = 'Nobody gets in'`
  expect(opened?.priority).toBe('p1')
  expect(complaints).toEqual([])
  await close()
})

test('without the cloud nothing is saved and nothing typed is lost; it is saved once the cloud is back', async () => {
  const host = await stage.begin()
  const { page, close } = await stage.open(host, 'Acme')
  await waitForSynced(page)
  await toSettings(page)
  await page.getByRole('textbox', { name: 'Name of status 1' }).focus()
  await page.keyboard.press('Control+A')
  await page.keyboard.type('Fresh')
  await stage.goAway(page)
  await page.keyboard.press('Control+Enter')
  await page.getByRole('alert').filter({ hasText: 'What you typed is still here.' }).waitFor({ timeout: SOON })
  expect(await page.getByRole('textbox', { name: 'Name of status 1' }).inputValue()).toBe('Fresh')
  await stage.comeBack(page)
  await page.keyboard.press('Control+Enter')
  await said(page, 'Saved.')
  const [saved] = await stage.owner<{ label: string }[]>`
    select data -> 'statuses' -> 0 ->> 'label' as label from configuration`
  expect(saved?.label).toBe('Fresh')
  await close()
})

test('what two people change at the same time comes together, and what overlaps waits for a choice; nothing typed is lost on the way', async () => {
  const host = await stage.begin()
  const { page, close, complaints } = await stage.open(host, 'Acme')
  await waitForSynced(page)
  await toSettings(page)
  const name = (index: number) => page.getByRole('textbox', { name: `Name of status ${index}`, exact: true })
  await name(1).fill('Mine')
  await name(2).fill('')
  // What is missing is said at its field once somebody wants to save it, and saves nothing.
  await page.keyboard.press('Control+Enter')
  await page.getByRole('row').filter({ hasText: 'Give it a name.' }).waitFor({ timeout: SOON })
  expect(await name(2).getAttribute('aria-invalid')).toBe('true')
  await name(2).fill('Mine too')
  await page.getByRole('button', { name: /^Holidays/ }).click()
  const days = page.getByRole('textbox', { name: 'Days of their own' })
  await days.fill('2026-12-')
  // The page is left, and what was typed is there again, half a day with it.
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  await page.keyboard.type('gt')
  await row(page).waitFor({ timeout: SOON })
  await toSettings(page)
  expect([await name(1).inputValue(), await name(2).inputValue()]).toEqual(['Mine', 'Mine too'])
  await page.getByText('You typed this before; it is not saved.').waitFor()
  await page.keyboard.press('Control+Enter')
  await page.getByText('“2026-12-” cannot be read yet. Correct or clear it, then save.').waitFor({ timeout: SOON })
  await days.fill('2026-12-24 Christmas Eve')

  const colleague = await stage.colleagueToken('Acme')
  const { revision, settings } = SettingsView.parse(
    await (await ask(stage.url, paths.settings, { token: colleague })).json(),
  )
  const theirs = settings.statuses.value.map((one, i) =>
    i === 0 ? { ...one, label: 'Theirs' } : i === 2 ? { ...one, label: 'Theirs too' } : one,
  )
  const changed = await ask(stage.url, paths.settings, {
    token: colleague,
    body: { revision, set: { statuses: theirs } },
  })
  expect(changed.status).toBe(200)
  await page.keyboard.press('Control+Enter')
  const twice = page.getByRole('region', { name: 'Changed twice: Statuses' })
  await page.getByRole('button', { name: /^Statuses changed twice/ }).click({ timeout: SOON })
  await twice.getByText('Lena of Alpha changed statuses too', { exact: false }).waitFor({ timeout: SOON })
  expect([await name(1).inputValue(), await name(2).inputValue(), await name(3).inputValue()]).toEqual([
    ...['Mine', 'Mine too', 'Theirs too'],
  ])
  await page.keyboard.press('Control+Enter')
  await page.getByText('Choose what counts where both of you changed the same, then save.', { exact: true }).waitFor()
  await twice.getByRole('radio', { name: 'Theirs for Theirs: name' }).click()
  await twice.waitFor({ state: 'detached' })
  await page.keyboard.press('Control+Enter')
  await said(page, 'Saved.')
  const after = SettingsView.parse(await (await ask(stage.url, paths.settings, { token: colleague })).json()).settings
  expect(after.statuses.value.map(({ label }) => label).slice(0, 3)).toEqual(['Theirs', 'Mine too', 'Theirs too'])
  expect(after.ownDays.value).toEqual([{ date: '2026-12-24', name: 'Christmas Eve' }])
  expect(await page.getByRole('button', { name: 'Discard', exact: true }).count()).toBe(0)
  // A file brings its values, and offers to inherit what it leaves out.
  const text = 'settingsFile: 1\nsettings:\n  atRiskMinutes: 7\n'
  const file = { name: 'acme.yaml', mimeType: 'application/yaml', buffer: Buffer.from(text) }
  await page.getByLabel('File of settings').setInputFiles(file)
  const leftOut = page.getByRole('group', { name: 'Settings that the file leaves out' })
  await leftOut.getByText('The file leaves out Statuses,', { exact: false }).waitFor({ timeout: SOON })
  await leftOut.getByRole('button', { name: 'Take what is inherited instead' }).click()
  await page.getByRole('button', { name: /^Statuses changed/ }).waitFor()
  await page.keyboard.press('Control+Enter')
  await said(page, 'Saved.')
  const read = SettingsView.parse(await (await ask(stage.url, paths.settings, { token: colleague })).json()).settings
  expect(read.atRiskMinutes).toMatchObject({ value: 7, origin: 'client' })
  expect([read.statuses.origin, read.calendars.origin]).toEqual(['built-in', 'built-in'])
  expect(complaints).toEqual([])
  await close()
})
