import { expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { uuid } from '../support/sample.ts'
import { comesLate, openTicket, sandboxLike, setStage, setStatus, SOON, waitForSynced } from './story.ts'
import { quotesWhatIsChosen, writesMarks } from './writing.ts'

// What a technician does to tickets all day, by keyboard alone.

const stage = setStage('ticket-work', () => sandboxLike(['Acme', 9]))

interface Row {
  id: string
  number: number
  status: string
  tags: string[]
  watchers?: string[]
  subject: string
  mergedInto: string | null
  links: { ticketId: string; relation: string }[]
}

async function inPostgres(subject: string): Promise<Row> {
  const [row] = await stage.owner<{ data: Row; number: number; id: string }[]>`
    select data, number, id from ticket where data ->> 'subject' = ${subject} and not deleted`
  if (!row) throw new Error(`no ticket “${subject}” in Postgres`)
  return { ...row.data, number: row.number, id: row.id, mergedInto: row.data.mergedInto ?? null }
}

async function entriesOf(subject: string): Promise<{ kind: string; body: string; minutes: number | null }[]> {
  const { id } = await inPostgres(subject)
  return stage.owner`
    select data ->> 'kind' as kind, data ->> 'body' as body, (data -> 'time' ->> 'minutes')::int as minutes
    from entry where ticket_id = ${id} and not deleted order by data ->> 'createdAt'`
}

/** Has a ticket tagged by Robin, one tag after the other, before anybody looked. */
async function changedLongAgo(subject: string, first: string, ...tags: string[]): Promise<void> {
  const { id } = await inPostgres(subject)
  const by = { kind: 'technician', id: uuid('technician', 'Alpha'), name: 'Robin of Alpha' }
  await stage.owner.begin(async (tx) => {
    await tx`select bulkhead.use_tenant(${uuid('tenant', 'Acme')})`
    for (const some of [[first], tags]) {
      const changes = some.map((tag) => ({
        ...{ id: crypto.randomUUID(), ticketId: id, by, at: '2026-01-02T09:00:00.000Z' },
        acts: [{ field: 'tags', from: [], to: [tag] }],
      }))
      await tx`
        insert into ticket_change (tenant_id, id, data)
        select bulkhead.current_tenant(), (c ->> 'id')::uuid, c from json_array_elements(${JSON.stringify(changes)}::text::json) c`
      await tx`select bulkhead.publish()`
    }
  })
}

const article = (page: Page) => page.getByRole('article', { name: /^Ticket/ })

test('a ticket of a new contact, opened without the cloud with a note and a file, gets its number and all of it arrives', async () => {
  const host = await stage.begin()
  const { page, complaints, close } = await stage.open(host, 'Acme')
  await stage.goAway(page)

  await page.keyboard.press('c')
  await page.getByRole('textbox', { name: 'Subject' }).waitFor()
  await page.keyboard.type('No dial tone in the meeting room')
  await page.keyboard.press('Tab')
  await page.keyboard.type('The phone is dead since this morning.')
  // A person who is not known yet is added on the spot.
  await page.getByRole('combobox', { name: 'Requester' }).focus()
  await page.keyboard.type('Nora Quist')
  await page.getByRole('option', { name: /New contact/ }).waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('textbox', { name: 'Email of the new contact' }).waitFor()
  await page.keyboard.type('nora@acme.example')
  await page.keyboard.press('Control+Enter')

  await page.getByRole('article', { name: 'Ticket new' }).waitFor({ timeout: SOON })
  await page.getByRole('region', { name: 'Requester' }).getByText('Nora Quist').waitFor()
  await page.keyboard.press('n')
  // A colleague is called by the beginning of a name; who is mentioned watches.
  await page.keyboard.type('Port 12 shows no link. @le')
  await page.getByRole('option', { name: 'Lena of Alpha' }).waitFor({ timeout: SOON })
  await page.keyboard.press('Enter')
  await page.keyboard.type('knows why, @ro')
  await page.getByRole('option', { name: 'Robin of Alpha' }).waitFor({ timeout: SOON })
  // Esc leaves the field to what is typed.
  await page.keyboard.press('Escape')
  await page.getByRole('listbox', { name: 'Mention' }).waitFor({ state: 'detached' })
  await page.keyboard.type('b does not.')
  await page.keyboard.press('Control+Enter')
  const noted = 'Port 12 shows no link. @Lena of Alpha knows why, @rob does not.'
  const entry = page.getByTestId('entry-note').filter({ hasText: noted })
  await entry.locator('mark').getByText('@Lena of Alpha').waitFor()
  await page.getByRole('group', { name: 'Watchers' }).getByText('Lena of Alpha').waitFor()
  const choosing = page.waitForEvent('filechooser')
  await page.keyboard.press('f')
  await (await choosing).setFiles({ name: 'port-12.txt', mimeType: 'text/plain', buffer: Buffer.from('no link') })
  await page.getByTestId('file').filter({ hasText: 'waits for the cloud' }).waitFor({ timeout: SOON })

  // In every frame from here on: what stands where the number is.
  await page.evaluate(() => {
    const seen: string[] = []
    Object.assign(window, { seen_: seen })
    const look = (): void => {
      const label = document.querySelector('article')?.getAttribute('aria-label') ?? 'nothing'
      if (seen.at(-1) !== label) seen.push(label)
      requestAnimationFrame(look)
    }
    look()
  })
  await stage.comeBack(page)
  await page.getByRole('article', { name: 'Ticket 10' }).waitFor({ timeout: SOON })
  await waitForSynced(page)
  expect(await page.evaluate(() => (window as unknown as { seen_: string[] }).seen_)).toEqual([
    'Ticket new',
    'Ticket 10',
  ])
  expect(await inPostgres('No dial tone in the meeting room')).toMatchObject({
    ...{ number: 10, status: 'new', watchers: [uuid('technician', 'Lena')] },
  })
  expect((await entriesOf('No dial tone in the meeting room')).map(({ body }) => body)).toContain(noted)
  const [requester] = await stage.owner<{ email: string }[]>`
    select c.data ->> 'email' as email from contact c join ticket t on t.tenant_id = c.tenant_id
    where t.number = 10 and c.id = (t.data ->> 'requesterId')::uuid`
  expect(requester).toEqual({ email: 'nora@acme.example' })
  await expect
    .poll(
      async () =>
        (await stage.owner`select data ->> 'name' as name from attachment where (data ->> 'available')::boolean`)[0],
      { timeout: SOON },
    )
    .toEqual({ name: 'port-12.txt' })
  expect(complaints.filter((line) => !line.includes('Failed to load resource'))).toEqual([])
  await close()
})

test('subject, tags, watchers, status and time: each by its key, at once on screen, soon in Postgres, and taken back by z', async () => {
  await changedLongAgo('Acme ticket 9', 'oldest', ...Array.from({ length: 100 }, () => 'later'))
  const host = await stage.begin()
  const { page, close } = await stage.open(host, 'Acme')
  await openTicket(page, 'Acme ticket 9')
  await page.keyboard.press('S')
  await page.getByRole('textbox', { name: 'Subject' }).waitFor()
  await page.keyboard.press('Control+A')
  await page.keyboard.type('The switch in rack 4 restarts')
  await page.keyboard.press('Enter')
  await article(page).getByRole('heading', { name: 'The switch in rack 4 restarts' }).waitFor()

  await page.keyboard.press('t')
  await page.keyboard.type('network,')
  await page.keyboard.type('urgent')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Remove tag urgent' }).waitFor()
  // In the empty field: the last one off again.
  await page.keyboard.press('Backspace')
  await expect.poll(() => page.getByRole('button', { name: 'Remove tag urgent' }).count()).toBe(0)
  await page.keyboard.press('Escape')
  // Oneself by a key, a colleague by name.
  await page.keyboard.press('W')
  const watchers = page.getByRole('group', { name: 'Watchers' })
  await watchers.getByText('Robin of Alpha (me)').waitFor()
  await page.keyboard.type('Olena')
  await page.getByRole('option', { name: 'Lena of Alpha' }).waitFor({ timeout: SOON })
  await page.keyboard.press('Enter')
  await watchers.getByText('Lena of Alpha').waitFor()
  await setStatus(page, 'Awaiting Vendor', 9)

  await page.keyboard.press('w')
  await page.keyboard.type('1h 30')
  await page.keyboard.press('Enter')
  await page.keyboard.type('Replaced the power supply.')
  await page.keyboard.press('Control+Enter')
  const logged = page.getByTestId('entry-time').filter({ hasText: 'Replaced the power supply.' })
  await logged.getByText('1 h 30 min').waitFor()
  await expect
    .poll(() => page.getByRole('complementary', { name: 'Fields' }).innerText())
    .toMatch(/Worked\s+1 h 30 min/)
  await waitForSynced(page)
  expect(await inPostgres('The switch in rack 4 restarts')).toMatchObject({
    ...{ status: 'vendor', tags: ['network'] },
    watchers: [uuid('technician', 'Alpha'), uuid('technician', 'Lena')],
  })
  expect(await entriesOf('The switch in rack 4 restarts')).toContainEqual({
    ...{ kind: 'time', body: 'Replaced the power supply.', minutes: 90 },
  })

  // Who did that, where it happened, shown and hidden by a key; the newest comes into sight where the pane is low.
  await page.setViewportSize({ width: 1280, height: 420 })
  const scroller = page.getByRole('list', { name: 'Conversation' }).locator('..')
  await scroller.evaluate((pane) => pane.scrollTo(0, 0))
  await page.keyboard.press('A')
  const changes = page.getByTestId('activity')
  await changes.first().waitFor({ timeout: SOON })
  const [newest, pane] = await Promise.all([changes.last().boundingBox(), scroller.boundingBox()])
  expect(newest!.y).toBeGreaterThanOrEqual(pane!.y)
  expect(newest!.y + newest!.height).toBeLessThanOrEqual(pane!.y + pane!.height)
  await page.setViewportSize({ width: 1280, height: 800 })
  await changes.filter({ hasText: 'Status from In Progress to Awaiting Vendor' }).getByText('Robin').waitFor()
  await changes.filter({ hasText: 'Tagged network' }).waitFor()
  await changes.filter({ hasText: /atched by .*Lena of Alpha/ }).waitFor()
  await changes
    .filter({ hasText: 'Subject from Acme ticket 9 to The switch in rack 4 restarts' })
    .waitFor({ timeout: SOON })
  // Those beyond the newest hundred stand when they are asked for.
  await page.getByRole('button', { name: 'Older changes' }).waitFor({ timeout: SOON })
  expect(await changes.filter({ hasText: 'Tagged oldest' }).count()).toBe(0)
  await page.keyboard.press('B')
  await changes.filter({ hasText: 'Tagged oldest' }).waitFor({ timeout: SOON })
  // Alone, and with what was written again.
  await page.keyboard.press('Y')
  await logged.waitFor({ state: 'detached' })
  await page.keyboard.press('Y')
  await logged.waitFor()
  // z goes back through status, watchers, tags and subject, the newest first; what it does stands there too.
  await page.keyboard.press('z')
  await changes.filter({ hasText: 'Status from Awaiting Vendor to In Progress' }).waitFor({ timeout: SOON })
  await page.keyboard.press('A')
  await changes.first().waitFor({ state: 'detached' })
  for (let back = 1; back < 7; back++) await page.keyboard.press('z')
  await article(page).getByRole('heading', { name: 'Acme ticket 9' }).waitFor()
  await waitForSynced(page)
  expect(await inPostgres('Acme ticket 9')).toMatchObject({ status: 'open', tags: [], watchers: [] })
  await close()
})

test('two tickets are linked, one is merged into another and taken apart by z, and an entry gets a ticket of its own', async () => {
  const host = await stage.begin()
  const { page, close } = await stage.open(host, 'Acme')
  await openTicket(page, 'Acme ticket 8')
  await page.keyboard.press('L')
  await page.getByRole('combobox', { name: 'Ticket to link' }).waitFor()
  // Enter before anything is found means the ticket that these words find, not the one that their beginning does.
  await page.keyboard.type('Acme ticket 7')
  await page.keyboard.press('Enter')
  const links = page.getByRole('region', { name: 'Linked tickets' })
  await links.getByRole('button', { name: 'Related to 7 Acme ticket 7' }).waitFor({ timeout: SOON })

  await page.keyboard.press('m')
  await page.getByRole('combobox', { name: 'Ticket to merge into' }).waitFor()
  await page.keyboard.type('6')
  await page.getByRole('option', { name: /Acme ticket 6/ }).waitFor({ timeout: SOON })
  await page.keyboard.press('Enter')
  const sheet = page.getByRole('region', { name: 'Merge ticket 8' })
  await sheet.getByText('is set to Done').waitFor({ timeout: SOON })
  await page.keyboard.press('Enter')
  // On the ticket that it became part of, with both conversations.
  await page.getByRole('article', { name: 'Ticket 6' }).waitFor({ timeout: SOON })
  await page.getByRole('list', { name: 'Merged tickets' }).getByText('Holds 8').waitFor()
  await page.getByTestId('entry-reply').filter({ hasText: 'First word on 8' }).getByText('from 8').waitFor()
  await waitForSynced(page)
  const [eight, seven, six] = await Promise.all([8, 7, 6].map((number) => inPostgres(`Acme ticket ${number}`)))
  expect(eight).toMatchObject({ mergedInto: six?.id, status: 'done' })
  expect(eight?.links).toContainEqual({ ticketId: seven?.id, relation: 'related' })
  expect(seven?.links).toContainEqual({ ticketId: eight?.id, relation: 'related' })

  await page.keyboard.press('z')
  await page.getByRole('article', { name: 'Ticket 8' }).waitFor({ timeout: SOON })
  await expect.poll(() => page.getByRole('list', { name: 'Merged tickets' }).count(), { timeout: SOON }).toBe(0)
  await expect
    .poll(async () => [(await inPostgres('Acme ticket 8')).mergedInto, (await inPostgres('Acme ticket 8')).status], {
      timeout: SOON,
    })
    .toEqual([null, 'open'])

  // Esc leaves the choosing, from within it too.
  await page.keyboard.press('x')
  await page
    .getByRole('checkbox', { name: /^Choose the entry/ })
    .first()
    .waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('region', { name: 'Split ticket 8' }).waitFor({ state: 'hidden' })
  await page.keyboard.press('x')
  await page.keyboard.press('Space')
  await page.keyboard.press('Enter')
  await page.keyboard.type('A question of its own')
  await page.keyboard.press('Enter')
  await article(page).getByRole('heading', { name: 'A question of its own' }).waitFor({ timeout: SOON })
  await links.getByRole('button', { name: /^Split from 8/ }).waitFor()
  await waitForSynced(page)
  expect((await entriesOf('A question of its own')).map(({ body }) => body)).toContain('First word on 8')
  expect((await entriesOf('Acme ticket 8')).map(({ body }) => body)).toContain('First word on 8')
  await close()
})

test('a mail that came in shows its marks and is text whatever else is in it: its quote is folded until q, and its address opens outside the window', async () => {
  const host = await stage.begin()
  const { page, complaints, close } = await stage.open(host, 'Acme')
  const subject = 'Acme ticket 3'
  const body = [
    'See http://127.0.0.1:9/manual. <img src=x onerror="window.hit=1"><script>window.hit=1</script>',
    '**Urgent**: [the portal](https://evil.example/x), [this](javascript:window.hit=1), ![p](https://evil.example/p.png)',
    ...['', '- [x] `C:\\*`', '- *later*', '', '```html', '<b>**x**</b>', '```', '', 'Host | Up', '---|--:', 'a | 1'],
    ...['', 'On Tue, 3 Nov 2026, Dana <dana@acme.example> wrote:', '> The old words', '> javascript:alert(1)'],
  ].join('\n')
  const { id } = await inPostgres(subject)
  await stage.colleague(
    'Acme',
    { ...{ kind: 'entry.create', ticketId: id, entryId: crypto.randomUUID(), entryKind: 'reply', body } },
    { kind: 'ticket.update', ticketId: id, base: { status: 'open' }, patch: { status: 'vendor' } },
  )
  await openTicket(page, subject)
  const entry = page.getByTestId('entry-reply').filter({ hasText: 'See http' })
  await entry.waitFor({ timeout: SOON })
  expect(await entry.innerText()).toContain('<script>window.hit=1</script>')
  expect(await entry.getByText('The old words').count()).toBe(0)
  await page.keyboard.press('q')
  await entry.getByText('The old words').waitFor()
  // Marks are read by what is loaded with the first text that has some.
  await entry.getByText('the portal', { exact: true }).waitFor()
  expect(await entry.locator('a').allInnerTexts()).toEqual(['http://127.0.0.1:9/manual', 'the portal', 'p'])
  expect(await entry.locator('img, script').count()).toBe(0)
  expect(await entry.locator('strong, em, code, th, td').allInnerTexts()).toEqual(
    ...[['Urgent', 'C:\\*', 'later', '<b>**x**</b>', 'Host', 'Up', 'a', '1']],
  )
  expect(await entry.innerText()).toContain('the portal (leads to evil.example), [this](javascript:window.hit=1), !p')
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  const copied = () => page.evaluate(() => navigator.clipboard.readText())
  await entry.getByRole('button', { name: 'Copy' }).press('Enter')
  await expect.poll(copied).toBe('<b>**x**</b>')
  await entry.getByRole('button', { name: 'As typed' }).press('Enter')
  await entry.getByText('- [x] `C:\\*`').waitFor()
  await entry.getByRole('button', { name: 'Copy' }).press('Enter')
  await expect.poll(copied).toBe(body)
  await entry.getByRole('button', { name: 'As typed' }).press('Enter')
  await entry.locator('strong').waitFor()
  await entry.getByRole('button', { name: 'Fold 3 quoted lines' }).click()
  expect(await entry.getByText('The old words').count()).toBe(0)
  const opened = page.waitForEvent('popup')
  await entry.getByRole('link', { name: 'http://127.0.0.1:9/manual', exact: true }).click()
  await (await opened).close()
  expect(await page.evaluate(() => (window as unknown as { hit?: number }).hit)).toBeUndefined()
  await article(page).waitFor()
  // A log of ten megabytes in the clipboard is a file, and the field stays as it was.
  await page.keyboard.press('n')
  await page.evaluate(() => {
    const clipboardData = new DataTransfer()
    clipboardData.setData('text/plain', '2026-11-03 10:00:00 link down\n'.repeat(350_000))
    document.activeElement!.dispatchEvent(
      new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }),
    )
  })
  await page.getByText('it is attached as a file instead').waitFor()
  await page.getByText(/^Pasted text .*\.txt/).waitFor()
  const field = page.locator('textarea:focus')
  expect(await field.inputValue()).toBe('')

  await writesMarks(page)
  await quotesWhatIsChosen(page)

  // It gets a ticket of its own, typed ahead down to the Enter that ends it.
  await comesLate(page, 'sheets')
  for (const key of ['x', 'Space', 'Enter']) await page.keyboard.press(key)
  await page.keyboard.type('A mail of its own')
  await page.keyboard.press('Enter')
  await article(page).getByRole('heading', { name: 'A mail of its own' }).waitFor({ timeout: SOON })
  expect(complaints).toEqual([])
  await close()
})

test('tickets that may be duplicates are counted quietly, listed by D with the reason, and linked or merged only by a key', async () => {
  const host = await stage.begin()
  const { page, complaints, close } = await stage.open(host, 'Acme')
  await openTicket(page, 'Acme ticket 2')
  for (const subject of ['Zebra printer in the warehouse jams', 'Warehouse: Zebra printer jams again']) {
    await page.keyboard.press('c')
    await page.getByRole('textbox', { name: 'Subject' }).waitFor()
    await page.keyboard.type(subject)
    await page.keyboard.press('Control+Enter')
    await article(page).getByRole('heading', { name: subject }).waitFor({ timeout: SOON })
  }
  await waitForSynced(page)
  await page.getByRole('button', { name: '1 similar' }).waitFor({ timeout: SOON })
  expect((await inPostgres('Warehouse: Zebra printer jams again')).links ?? []).toEqual([])
  await page.keyboard.press('D')
  const option = page.getByRole('option', { name: /Zebra printer in the warehouse jams/ })
  await option.waitFor()
  expect(await option.innerText()).toContain('words in common: ')
  await page.keyboard.press('m')
  await page.getByRole('button', { name: /^Merge into/ }).waitFor()
  await page.keyboard.press('Escape')
  await page.keyboard.press('D')
  await option.waitFor()
  await page.keyboard.press('d')
  await page.getByText(/duplicate of \d+/).waitFor({ timeout: SOON })
  await expect.poll(() => page.getByRole('button', { name: '1 similar' }).count(), { timeout: SOON }).toBe(0)
  await waitForSynced(page)
  const [first, second] = [
    await inPostgres('Zebra printer in the warehouse jams'),
    await inPostgres('Warehouse: Zebra printer jams again'),
  ]
  expect(second.links).toEqual([{ ticketId: first.id, relation: 'duplicate-of' }])
  expect(complaints).toEqual([])
  await close()
})
