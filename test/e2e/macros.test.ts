import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import type { CustomField } from '../../src-shared/domain/configuration.ts'
import type { Ticket } from '../../src-shared/domain/ticket.ts'
import { comesLate, configured, sandboxLike, setStage, SOON, waitForSynced } from './story.ts'

// Canned replies and macros of each client, by keyboard.

const macros = [
  {
    ...{ key: 'parked', label: 'Park it', kind: 'reply' as const },
    text: 'Hi {{requester.firstName}}, we wait for the vendor on {{ticket.number}}. {{client.shortName}} desk',
    set: { status: 'vendor', addTags: ['parked'] },
  },
  { key: 'inside', label: 'For us', kind: 'note' as const, text: 'Not for the client.' },
  { key: 'odd', label: 'Odd one', kind: 'reply' as const, text: 'Dear {{requester.title}}' },
  {
    ...{ key: 'over', label: 'Send it out', kind: 'note' as const, set: { status: 'done', addTags: ['sent'] } },
    ...{ tasks: ['Ask for the bill'], watch: ['me' as const] },
  },
  {
    ...{ key: 'visit', label: 'Plan a visit', kind: 'note' as const, set: { addTags: [] } },
    fields: { visit: 'in 2 days', seats: 4, owner: 'me' },
  },
  { key: 'mine', label: 'Take over', kind: 'note' as const, set: { assignee: 'me' as const, priority: 'p1' } },
]
const MANY = { key: 'many', label: 'Many' }
const customFields: CustomField[] = [
  { type: 'text', key: 'cause', label: 'Cause', requiredWhen: [{ field: 'status', in: ['done'] }] },
  { type: 'date', key: 'visit', label: 'Visit' },
  { type: 'number', key: 'seats', label: 'Seats', validation: { max: 9 } },
  { type: 'person', key: 'owner', label: 'Owner' },
  ...['Reach', 'Haste'].map((label) => ({ type: 'select' as const, key: label, label, options: [MANY] })),
]
const priorityMatrix = { impact: 'Reach', urgency: 'Haste', priorities: { many: { many: 'p1' } } }
const stage = setStage('macros', () =>
  configured(sandboxLike(['Acme', 5], ['Birch', 3]), { Acme: { customFields, macros, priorityMatrix } }),
)

const composer = (page: Page, name: string) => page.getByRole('form', { name }).getByRole('textbox')
const finder = (page: Page) => page.getByRole('combobox', { name: 'Canned replies and macros' })

async function stored(number: number): Promise<Ticket | undefined> {
  const [row] = await stage.owner<{ data: Ticket }[]>`
    select data from ticket where data ->> 'subject' = ${`Acme ticket ${number}`}`
  return row?.data
}

test('; finds a macro by its name, shows what it would do, writes and sets; one z takes back what was set', async () => {
  const host = await stage.begin()
  const { page, close, complaints } = await stage.open(host, 'Acme')
  await stage.goAway(page)
  await page.keyboard.press('Home')
  await page.keyboard.press('Enter')
  await page.getByRole('article', { name: 'Ticket 5' }).waitFor({ timeout: SOON })
  // In one breath, though the finder is loaded when it is first needed.
  await page.keyboard.type(';park')
  const option = page.getByRole('option', { name: /Park it/ })
  await expect
    .poll(() => option.innerText(), { timeout: SOON })
    .toContain('Status set to Awaiting Vendor, tagged parked')
  expect(await option.innerText()).toContain('Hi Contact, we wait for the vendor on 5.')
  await page.keyboard.press('Enter')
  const reply = composer(page, 'Public reply')
  await expect
    .poll(() => reply.inputValue(), { timeout: SOON })
    .toBe('Hi Contact, we wait for the vendor on 5. Acme desk')
  await page.getByText(/^Ticket 5: status set to Awaiting Vendor, tagged parked/).waitFor({ timeout: SOON })
  // On from where it ends.
  await page.keyboard.type(' signed')
  await page.keyboard.press('Control+Enter')
  await expect.poll(() => page.getByText('Acme desk signed').count(), { timeout: SOON }).toBeGreaterThan(0)
  await page.keyboard.press('z')
  // The client's own fields, away too: first shown, then set, and kept by the cloud when it is back.
  await page.keyboard.type(';visit')
  const visit = page.getByRole('option', { name: /Plan a visit/ })
  await expect
    .poll(() => visit.innerText(), { timeout: SOON })
    .toMatch(/Visit set to .*\d.*, Seats set to 4, Owner set to /)
  await page.keyboard.press('Enter')
  await page.getByText(/^Ticket 5: Visit set to/).waitFor({ timeout: SOON })
  await stage.comeBack(page)
  await waitForSynced(page)
  expect(await stored(5)).toMatchObject({ status: 'open', tags: [] })
  expect((await stored(5))?.customFields).toMatchObject({
    ...{ visit: expect.stringMatching(/^\d{4}-\d\d-\d\d$/), seats: 4, owner: expect.stringMatching(/^[\da-f-]{36}$/) },
  })
  await page.keyboard.press('z')
  await expect.poll(async () => (await stored(5))?.customFields.seats ?? null, { timeout: SOON }).toBeNull()
  expect((await stored(5))?.customFields).toMatchObject({ visit: null, owner: null })
  expect(complaints).toEqual([])
  await close()
})

test('in a text ; and :: call the finder in their place, and what is for technicians never lands in a reply', async () => {
  const host = await stage.begin('other')
  const { page, close } = await stage.open(host, 'Acme')
  await page.keyboard.press('Home')
  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  await page.getByRole('article', { name: 'Ticket 4' }).waitFor({ timeout: SOON })
  await page.keyboard.press('r')
  // A sign like others behind a word.
  await page.keyboard.type('First; then ')
  expect(await finder(page).count()).toBe(0)
  await page.keyboard.type('::park')
  await page.getByRole('option', { name: /Park it/ }).waitFor({ timeout: SOON })
  await page.keyboard.press('Enter')
  const reply = composer(page, 'Public reply')
  await expect.poll(() => reply.inputValue(), { timeout: SOON }).toMatch(/^First; then Hi Contact, we wait/)
  await page.keyboard.type(' ;us')
  await page.getByRole('option', { name: /For us/ }).waitFor({ timeout: SOON })
  await page.keyboard.press('Enter')
  await expect.poll(() => composer(page, 'Internal note').inputValue(), { timeout: SOON }).toBe('Not for the client.')
  await page.keyboard.press('Escape')
  await page.keyboard.press('r')
  await expect.poll(() => reply.inputValue(), { timeout: SOON }).toMatch(/Acme desk $/)
  // Esc in the finder leaves what was typed.
  await page.keyboard.type(';')
  await finder(page).waitFor({ timeout: SOON })
  await page.keyboard.press('Escape')
  await finder(page).waitFor({ state: 'detached', timeout: SOON })
  expect(await reply.inputValue()).toMatch(/Acme desk ;$/)
  await close()
})

test('a variable that nobody fills is said and not sent', async () => {
  const host = await stage.begin('third')
  const { page, close } = await stage.open(host, 'Acme')
  await page.keyboard.press('End')
  // From the list the ticket opens with the text. All of it is typed before the finder is there the first time.
  await comesLate(page, 'macro-dialog')
  for (const key of [';', 'Escape', ';', 'o', 'd', 'd']) await page.keyboard.press(key)
  await page.getByRole('option', { name: /Odd one/ }).waitFor({ timeout: SOON })
  await page.keyboard.press('Enter')
  await page.getByRole('article', { name: 'Ticket 1' }).waitFor({ timeout: SOON })
  const reply = composer(page, 'Public reply')
  await expect.poll(() => reply.inputValue(), { timeout: SOON }).toBe('Dear {{requester.title}}')
  await page.keyboard.press('Control+Enter')
  await expect
    .poll(() => page.getByRole('alert').innerText(), { timeout: SOON })
    .toBe('{{requester.title}} was not filled in. Replace it, or take its braces away.')
  await reply.fill('Dear Sir')
  await page.keyboard.press('Control+Enter')
  await expect.poll(() => reply.inputValue(), { timeout: SOON }).toBe('')
  await waitForSynced(page)
  const bodies = await stage.owner<
    { body: string }[]
  >`select data ->> 'body' as body from entry where data ->> 'body' like 'Dear%'`
  expect(bodies.map(({ body }) => body)).toEqual(['Dear Sir'])
  // One that only sets, where it is set for many clients alike: by whoever uses it.
  await page.keyboard.press('Escape')
  await page.keyboard.type(';take')
  await page.getByRole('option', { name: /Take over/ }).waitFor({ timeout: SOON })
  await page.keyboard.press('Enter')
  await page.getByText('Ticket 1: priority set to Urgent, assigned to you').waitFor({ timeout: SOON })
  // One that closes asks for what the ticket needs then, and does all of it in one go.
  await page.keyboard.type(';send')
  const option = page.getByRole('option', { name: /Send it out/ })
  await expect
    .poll(() => option.innerText(), { timeout: SOON })
    .toContain('Status set to Done, tagged sent, watched by you, task added: Ask for the bill')
  await page.keyboard.press('Enter')
  await page.getByRole('dialog', { name: 'What 1 needs' }).getByLabel('Cause').waitFor({ timeout: SOON })
  await page.keyboard.type('A cable')
  await page.keyboard.press('Enter')
  await page.getByText(/^Ticket 1: status set to Done/).waitFor({ timeout: SOON })
  await waitForSynced(page)
  const sent = await stored(1)
  expect(sent).toMatchObject({ status: 'done', tags: ['sent'], customFields: { cause: 'A cable' } })
  expect(Object.values(sent?.tasks ?? {})).toMatchObject([{ text: 'Ask for the bill', done: false }])
  await page.keyboard.press('z')
  await expect.poll(async () => (await stored(1))?.status, { timeout: SOON }).toBe('open')
  expect(await stored(1)).toMatchObject({ tags: [], customFields: { cause: null }, tasks: {}, watchers: [] })
  // One of the client's own fields for many at once, away too, with the priorities that follow by its matrix.
  await page.keyboard.press('Escape')
  await page.keyboard.press('Home')
  await stage.goAway(page)
  for (const key of ['x', 'J', 'J', 'F']) await page.keyboard.press(key)
  await page.getByRole('combobox', { name: 'Set a field' }).waitFor({ timeout: SOON })
  const setField = async (name: string, keys: string[]): Promise<void> => {
    await page.keyboard.type(name)
    for (const key of ['Enter', ...keys, 'Enter']) await page.keyboard.press(key)
  }
  await setField('sea', ['1', '2'])
  await page.getByText('Seats has to be 9 at most.').waitFor({ timeout: SOON })
  for (const key of ['Control+A', '8', 'Enter']) await page.keyboard.press(key)
  const asked = (name: string) => page.getByRole('dialog', { name })
  await asked('Seats set to 8?').getByText('3 tickets: 3 change.').waitFor({ timeout: SOON })
  await page.keyboard.press('Enter')
  await page.getByText(/^3 tickets: Seats set to 8/).waitFor({ timeout: SOON })
  for (const name of ['rea', 'has']) {
    await page.keyboard.press('F')
    await setField(name, ['ArrowDown', 'ArrowDown', 'Enter'])
    await page.getByRole('button', { name: 'Change 3' }).waitFor({ timeout: SOON })
    expect(await page.getByText('By the matrix 2 become Urgent.').count()).toBe(name === 'has' ? 1 : 0)
    await page.keyboard.press('Enter')
    await page.getByText(/^3 tickets: (?:Reach|Haste) set to Many/).waitFor({ timeout: SOON })
  }
  await page.keyboard.press('z')
  await stage.comeBack(page)
  await waitForSynced(page)
  const numbers = (await Promise.all([1, 2, 3, 4, 5].map(stored))).map((ticket) => ticket?.customFields)
  expect(numbers.filter((values) => values?.seats === 8 && values.Reach === 'many' && !values.Haste)).toHaveLength(3)
  // A macro on the same ones: what it needs is asked for once, and one z takes all of it back.
  await page.keyboard.type(';send')
  await page.getByRole('option', { name: /Send it out/ }).waitFor({ timeout: SOON })
  await page.keyboard.press('Enter')
  const over = asked('Use “Send it out”?')
  await over.getByText('3 stay as before. Fill in Cause').waitFor({ timeout: SOON })
  await page.keyboard.type('Dust')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Use on 3' }).waitFor({ timeout: SOON })
  expect(await over.getByRole('listitem').allInnerTexts()).toEqual(
    ['Status set to Done', 'Cause set to Dust', 'Tagged sent', 'Watched by you', 'Task added: Ask for the bill'].map(
      (part) => `${part}\n3`,
    ),
  )
  await page.keyboard.press('Enter')
  await page.getByText(/^3 tickets: “Send it out”/).waitFor({ timeout: SOON })
  const done = async () =>
    (await Promise.all([1, 2, 3, 4, 5].map(stored))).filter((one) => one?.status === 'done' && one.customFields.cause)
  await expect.poll(async () => (await done()).length, { timeout: SOON }).toBe(3)
  await page.keyboard.press('z')
  await expect.poll(async () => (await done()).length, { timeout: SOON }).toBe(0)
  // What people of the client will read takes its name; it stays when the rest goes back.
  const parked = async () =>
    (await Promise.all([1, 2, 3, 4, 5].map(stored))).filter((one) => one?.tags.includes('parked')).length
  const before = await parked()
  await page.keyboard.type(';park')
  await page.getByRole('option', { name: /Park it/ }).waitFor({ timeout: SOON })
  await page.keyboard.press('Enter')
  await page.getByText('Type Acme to send 3 replies to people of this client').waitFor({ timeout: SOON })
  expect(await asked('Use “Park it”?').locator('blockquote').innerText()).toMatch(/^Hi Contact, we wait for the vendor/)
  await page.keyboard.type('Acm')
  await page.keyboard.press('Enter')
  await page.keyboard.type('e')
  await page.keyboard.press('Enter')
  await page.getByText(/^3 tickets: “Park it”/).waitFor({ timeout: SOON })
  const replies = async () => stage.owner`
    select from entry join ticket on ticket.id = ticket_id where entry.data ->> 'kind' = 'reply'
      and entry.data ->> 'body' = format('Hi Contact, we wait for the vendor on %s. Acme desk', ticket.number)`
  await expect.poll(async () => (await replies()).length, { timeout: SOON }).toBe(3)
  await page.keyboard.press('z')
  await expect.poll(parked, { timeout: SOON }).toBe(before)
  expect(await replies()).toHaveLength(3)
  await close()
})
