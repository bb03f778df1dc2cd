import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Locator } from 'playwright-core'
import type { MutationBody } from '../../src-shared/protocol/mutation.ts'
import { changed, watchRow } from './list-rows.ts'
import { sandboxLike, searchesLate, setStage, SOON, switchTo, waitForClient, waitForSynced } from './story.ts'

// Many tickets at once, by keyboard alone.

const stage = setStage('list', () => sandboxLike(['Acme', 40], ['Brook', 1]))

async function inStatus(status: string): Promise<number> {
  const rows = await stage.owner`select 1 from ticket where data ->> 'status' = ${status}`
  return rows.length
}

test('tickets chosen by x and ranges are changed together after a preview, and one z takes all of it back', async () => {
  const host = await stage.begin()
  const { page, close } = await stage.open(host, 'Acme')
  const chosen = page.getByTestId('chosen-count')
  await page.keyboard.press('g')
  await page.keyboard.press('g')
  await page.keyboard.press('x')
  await expect.poll(() => chosen.innerText()).toBe('1 chosen')
  await page.keyboard.press('J')
  await page.keyboard.press('J')
  await expect.poll(() => chosen.innerText()).toBe('3 chosen')
  await page.keyboard.press('K')
  await expect.poll(() => chosen.innerText()).toBe('2 chosen')
  for (let i = 0; i < 8; i++) await page.keyboard.press('j')
  await page.keyboard.press('X')
  await expect.poll(() => chosen.innerText()).toBe('10 chosen')

  await page.keyboard.press('s')
  await page.getByRole('listbox', { name: 'Set status' }).waitFor()
  await page.keyboard.type('Awaiting')
  await page.keyboard.press('Enter')
  await page.getByText('10 tickets: 10 change.').waitFor({ timeout: SOON })
  await page.keyboard.press('Enter')
  await page.getByText('10 tickets: status set to Awaiting Vendor').waitFor({ timeout: SOON })
  await waitForSynced(page)
  await expect.poll(() => inStatus('vendor'), { timeout: SOON }).toBe(10)

  // They stay chosen, wherever the change has moved them.
  expect(await chosen.innerText()).toBe('10 chosen')
  await page.keyboard.press('s')
  await page.getByRole('listbox', { name: 'Set status' }).waitFor()
  await page.keyboard.type('Awaiting')
  await page.keyboard.press('Enter')
  await page.getByText('10 tickets: none changes, 10 have it already.').waitFor({ timeout: SOON })
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
  await page.keyboard.press('Escape')
  await chosen.waitFor({ state: 'detached' })
  await page.keyboard.press('z')
  await expect.poll(() => inStatus('vendor'), { timeout: SOON }).toBe(0)
  await waitForSynced(page)
  await close()
})

test('all tickets of a list are changed only after the client’s name was typed', async () => {
  const host = await stage.begin()
  const { page, close } = await stage.open(host, 'Acme')
  await page.keyboard.press('Control+A')
  await expect.poll(() => page.getByTestId('chosen-count').innerText()).toBe('40 chosen')
  await page.keyboard.press('t')
  await page.keyboard.type('audit, -old')
  await page.getByRole('option', { name: 'tagged audit, no longer tagged old' }).waitFor()
  await page.keyboard.press('Enter')
  const name = page.getByRole('textbox', { name: 'Type Acme to confirm' })
  await name.waitFor({ timeout: SOON })
  await page.keyboard.press('Enter')
  await page.keyboard.type('Apex')
  await page.keyboard.press('Enter')
  expect(await name.isVisible()).toBe(true)
  await name.fill('')
  await page.keyboard.type('acme')
  await page.keyboard.press('Enter')
  await page.getByText('40 tickets: tagged audit').waitFor({ timeout: SOON })
  await expect
    .poll(async () => (await stage.owner`select 1 from ticket where data::jsonb -> 'tags' @> '["audit"]'`).length, {
      timeout: SOON,
    })
    .toBe(40)
  await close()
})

test('in a field, what marks all marks its text and chooses no ticket', async () => {
  const host = await stage.begin()
  const { page, close } = await stage.open(host, 'Acme')
  await page.keyboard.press('/')
  await page.keyboard.type('ticket 1')
  await page.keyboard.press('Control+A')
  expect(await page.evaluate(() => getSelection()?.toString())).toBe('ticket 1')
  expect(await page.getByTestId('chosen-count').count()).toBe(0)
  await close()
})

test('a search with operators is completed by keyboard, says what it does not understand, and is kept as a view', async () => {
  const host = await stage.begin()
  const { page, close } = await stage.open(host, 'Acme')
  const field = page.getByRole('combobox', { name: 'Search tickets' })
  const total = (): Promise<string> => page.getByTestId('ticket-total').innerText()
  const all = await total()
  await page.keyboard.press('/')
  await page.keyboard.type('s')
  await page.getByRole('option', { name: 'status:' }).waitFor()
  expect(await total()).toBe(all)
  await page.keyboard.type('tat')
  await page.keyboard.press('Tab')
  await page.keyboard.type('in')
  await page.getByRole('option', { name: 'In Progress' }).waitFor()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  expect(await field.inputValue()).toBe('status:"In Progress" ')
  await page.keyboard.type('field.site:harb "ticket 12"')
  // "ticket 1" was one ticket too.
  const first = page.getByTestId('ticket-row').first()
  await expect.poll(() => first.innerText(), { timeout: SOON }).toContain('Acme ticket 12')
  expect(await total()).toBe('1 found')
  await page.keyboard.type(' queue:nowhere')
  await page.getByText('No queue of this client is called “nowhere”. That part is left out.').waitFor()
  await expect.poll(total, { timeout: SOON }).toBe('1 found')
  await page.keyboard.type(' zeppelin')
  await expect.poll(total, { timeout: SOON }).toBe('0 found')
  await page.getByText(/called “nowhere”\. That part is left out\. Nothing here fits/).waitFor()
  await page.keyboard.press('Escape')
  await page.keyboard.press('/')
  // A colleague by the beginning of a name.
  await page.keyboard.type('assignee:le')
  await page.getByRole('option', { name: 'Lena of Alpha' }).waitFor({ timeout: SOON })
  await page.keyboard.press('Tab')
  expect(await field.inputValue()).toBe('assignee:"Lena of Alpha" ')
  await page.keyboard.press('Control+A')
  await page.keyboard.type('field.site:harb -tag:zz')
  await page.keyboard.press('Enter')
  await expect.poll(total, { timeout: SOON }).toMatch(/^40 found$/)
  await page.keyboard.press('V')
  await page.getByRole('textbox', { name: 'Name of the view' }).waitFor()
  await page.keyboard.type('Harbour')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'View: Harbour' }).waitFor({ timeout: SOON })
  await page.keyboard.press('Escape')
  await expect.poll(total, { timeout: SOON }).toBe('40 tickets')
  await page.keyboard.press('v')
  await page.getByRole('button', { name: 'Harbour', exact: true }).waitFor()
  await page.keyboard.press('Enter')
  await expect.poll(() => field.inputValue()).toBe('field.site:harb -tag:zz')
  await expect.poll(total, { timeout: SOON }).toBe('40 found')
  await searchesLate(page)
  await page.keyboard.type('/zeppelin')
  await page.locator('[role=grid][aria-busy]').waitFor({ timeout: SOON })
  await expect.poll(total, { timeout: SOON }).toBe('0 found')
  await close()
})

test('a flood of changes never moves the row under the cursor, by keys or by pointer', async () => {
  const host = await stage.begin()
  const { page, close } = await stage.open(host, 'Acme')
  const rows = page.getByTestId('ticket-row')
  const subjectOf = async (row: Locator): Promise<string> => /Acme ticket \d+/.exec(await row.innerText())![0]
  await page.keyboard.press('Home')
  for (let i = 0; i < 7; i++) await page.keyboard.press('j')
  const selected = await subjectOf(page.locator('[role=row][aria-selected=true]'))
  const number = Number(selected.split(' ').at(-1))
  // Others go to the top, above it; then it does so itself; then others leave the list above it, or come back.
  const flood = async (round: 1 | 2): Promise<void> => {
    const others = Array.from({ length: 39 }, (_, i) => i + 1).filter((other) => other !== number)
    const named = (other: number, at: number): string => `Acme ticket ${other}${at === 0 ? '' : ` in round ${at}`}`
    const rename = (other: number): MutationBody =>
      changed(other, 'subject', named(other, round - 1), named(other, round))
    const [from, to] = round === 1 ? ['open', 'done'] : ['done', 'open']
    await stage.colleague('Acme', ...others.slice(0, 25).map(rename))
    await stage.colleague('Acme', rename(number))
    await stage.colleague('Acme', ...others.slice(20, 24).map((other) => changed(other, 'status', from!, to!)))
  }
  let stop = await watchRow(page, selected)
  await flood(1)
  await page.getByText(`${selected} in round 1`).waitFor({ timeout: SOON })
  await expect.poll(() => page.getByTestId('ticket-total').innerText(), { timeout: SOON }).toBe('36 tickets')
  let seen = await stop()
  expect(seen.rows.length).toBeGreaterThan(2)
  expect(seen.places).toHaveLength(1)
  await page.keyboard.press('Enter')
  await page.getByRole('article', { name: `Ticket ${number}` }).waitFor({ timeout: SOON })
  await page.keyboard.press('Escape')

  await page.keyboard.press('Home')
  const pointed = rows.nth(4)
  await pointed.hover()
  const under = await subjectOf(pointed)
  stop = await watchRow(page, under)
  await flood(2)
  await page.getByText(`${selected} in round 2`).waitFor({ state: 'attached', timeout: SOON })
  await expect.poll(() => page.getByTestId('ticket-total').innerText(), { timeout: SOON }).toBe('40 tickets')
  seen = await stop()
  expect(seen.rows.length).toBeGreaterThan(2)
  expect(seen.places).toHaveLength(1)
  await close()
})

test('inboxes are a number away with their counts, and the list on screen is exported without formulas', async () => {
  const host = await stage.begin('inboxes')
  const { page, close } = await stage.open(host, 'Acme')
  const [row] = await stage.owner<
    { subject: string }[]
  >`select data ->> 'subject' as subject from ticket where number = 40`
  await stage.colleague('Acme', changed(40, 'subject', row!.subject, '=HYPERLINK("http://evil.example")'))
  const tally = (id: string): Promise<string> => page.getByTestId(`tally-${id}`).innerText()
  await expect.poll(() => tally('open'), { timeout: SOON }).toBe('40')
  expect(await tally('mine')).toBe('0')
  await page.keyboard.press('Home')
  await page.keyboard.press('i')
  await expect.poll(() => tally('mine'), { timeout: SOON }).toBe('1')
  await page.keyboard.press('2')
  await expect.poll(() => page.getByTestId('ticket-total').innerText(), { timeout: SOON }).toBe('1 ticket')
  expect(await page.getByRole('button', { name: /^Mine/ }).getAttribute('aria-current')).toBe('true')
  await page.keyboard.type('gw')
  await expect.poll(() => page.getByTestId('ticket-total').innerText(), { timeout: SOON }).toBe('40 tickets')

  await page.keyboard.press('/')
  await page.keyboard.type('hyperlink')
  await page.keyboard.press('Enter')
  await expect.poll(() => page.getByTestId('ticket-total').innerText(), { timeout: SOON }).toBe('1 found')
  const downloading = page.waitForEvent('download')
  await page.keyboard.press('Control+K')
  await page.keyboard.type('export this list')
  await page.keyboard.press('Enter')
  const download = await downloading
  expect(download.suggestedFilename()).toMatch(/^Acme tickets \d{4}-\d\d-\d\d\.csv$/)
  const lines = readFileSync(await download.path(), 'utf8').split('\r\n')
  expect(lines).toHaveLength(3)
  expect(lines[1]).toContain('"\'=HYPERLINK(""http://evil.example"")",In Progress')
  await page.getByText('1 ticket is in your downloads as CSV').waitFor({ timeout: SOON })
  await close()
})

test('columns are chosen, moved and made wider by keyboard, stay over a reload, and are what is exported', async () => {
  const host = await stage.begin('columns')
  const { page, close } = await stage.open(host, 'Acme')
  const titles = async (): Promise<string[]> => page.getByRole('columnheader').allInnerTexts()
  const usual = await titles()
  expect(usual).toEqual(['No.', 'Subject', 'Status', 'Priority', 'Requester', 'Assignee', 'Updated', 'Due'])
  await page.keyboard.press('|')
  await page.getByRole('listbox', { name: 'Columns' }).waitFor({ timeout: SOON })
  const find = async (text: string): Promise<void> => {
    await page.keyboard.press('Control+A')
    await page.keyboard.type(text)
  }
  for (const column of ['site', 'requester', 'due']) {
    await find(column)
    await page.keyboard.press('Enter')
  }
  await find('site')
  await page.keyboard.press('Alt+ArrowRight')
  for (let i = 0; i < 4; i++) await page.keyboard.press('Alt+ArrowUp')
  const moved = ['No.', 'Subject', 'Site', 'Status', 'Priority', 'Assignee', 'Updated']
  await expect.poll(titles, { timeout: SOON }).toEqual(moved)
  const site = page.getByRole('columnheader', { name: 'Site' })
  const width = async (): Promise<number> => Math.round((await site.boundingBox())?.width ?? 0)
  expect(await width()).toBe(156)
  await page.keyboard.press('Escape')
  const row = page.getByTestId('ticket-row').first()
  await expect.poll(() => row.innerText(), { timeout: SOON }).toContain('Harbour')
  await waitForSynced(page)

  await page.reload()
  await expect.poll(() => row.innerText(), { timeout: SOON }).toContain('Harbour')
  expect(await titles()).toEqual(moved)
  const downloading = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Export this list as CSV' }).click()
  const lines = readFileSync(await (await downloading).path(), 'utf8').split('\r\n')
  expect(lines[0]).toBe('\uFEFFNumber,Subject,Site,Status,Priority,Assignee,Updated')
  expect(lines[3]).toMatch(/^\d+,Acme ticket \d+.*,Harbour,In Progress,/)
  expect(lines).toHaveLength(42)

  // By the mouse: an edge is drawn, a title is dragged.
  const box = (await site.boundingBox())!
  await page.mouse.move(box.x + box.width + 5, box.y + box.height / 2)
  await page.mouse.down()
  await page.mouse.move(box.x + box.width + 45, box.y + box.height / 2, { steps: 4 })
  await page.mouse.up()
  await expect.poll(width, { timeout: SOON }).toBe(196)
  await site.hover()
  await page.mouse.down()
  const status = (await page.getByRole('columnheader', { name: 'Priority' }).boundingBox())!
  await page.mouse.move(status.x + 5, status.y + 8, { steps: 8 })
  await page.mouse.up()
  await expect.poll(titles, { timeout: SOON }).toEqual(['No.', 'Subject', 'Status', 'Site', ...moved.slice(4)])
  await page.keyboard.press('z')
  await expect.poll(titles, { timeout: SOON }).toEqual(moved)
  await close()
})

test('a list in sections is kept with its view, closes by key, and holds the row under the cursor while others change section', async () => {
  const host = await stage.begin('sections')
  const { page, close } = await stage.open(host, 'Acme')
  const sections = (): Promise<string[]> => page.getByTestId('section-row').allInnerTexts()
  const selected = page.locator('[role=row][aria-selected=true]')
  await stage.colleague('Acme', ...[3, 5, 7].map((number) => changed(number, 'status', 'open', 'vendor')))
  await page.keyboard.press('\\')
  await page.getByRole('listbox', { name: 'Group by' }).waitFor({ timeout: SOON })
  await page.keyboard.type('status')
  await page.keyboard.press('Enter')
  const both = ['In Progress\n37', 'Awaiting Vendor\n3']
  await expect.poll(async () => (await sections())[0], { timeout: SOON }).toBe(both[0])
  await page.keyboard.press('Home')
  await expect.poll(() => selected.innerText()).toContain('In Progress')
  // What comes next is the other section's first ticket, not its line.
  await page.keyboard.press('-')
  await expect.poll(sections, { timeout: SOON }).toEqual(both)
  await expect.poll(() => selected.innerText()).toContain('Awaiting Vendor')
  await page.keyboard.press('k')
  await expect.poll(() => selected.innerText()).toContain('Awaiting Vendor')
  await page.keyboard.press('j')
  const held = /Acme ticket \d+/.exec(await selected.innerText())![0]

  await page.keyboard.press('V')
  await page.getByRole('textbox', { name: 'Name of the view' }).waitFor()
  await page.keyboard.type('By status')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'View: By status' }).waitFor({ timeout: SOON })

  await page.keyboard.press('=')
  await expect.poll(() => page.getByTestId('ticket-row').count(), { timeout: SOON }).toBeGreaterThan(10)
  await selected.waitFor()
  const stop = await watchRow(page, held)
  await stage.colleague('Acme', ...[11, 12, 13, 14].map((number) => changed(number, 'status', 'open', 'vendor')))
  await expect.poll(sections, { timeout: SOON }).toContain('Awaiting Vendor\n7')
  expect((await stop()).places).toHaveLength(1)

  // Another list is as it was; the view is as it was kept.
  await page.keyboard.type('gl')
  await expect.poll(sections, { timeout: SOON }).toEqual([])
  await page.keyboard.press('v')
  await page.getByRole('button', { name: 'By status', exact: true }).waitFor()
  await page.keyboard.press('Enter')
  await expect.poll(async () => (await sections())[0], { timeout: SOON }).toBe('In Progress\n33')
  await close()
})

test('the selected ticket is found again after far more tickets came in than fit on the screen, also while away', async () => {
  const host = await stage.begin('lost')
  const { page, close } = await stage.open(host, 'Acme')
  const selected = page.locator('[role=row][aria-selected=true]')
  const nobody = { requesterId: null, assigneeId: null, tags: [], customFields: {} }
  const flood = (count: number): Promise<void> =>
    stage.colleague(
      'Acme',
      ...Array.from({ length: count }, (_, i) => ({
        ...{ kind: 'ticket.create' as const, ticketId: crypto.randomUUID() },
        ticket: {
          subject: `Flood ${i}`,
          description: '',
          status: 'open',
          priority: 'p2',
          type: null,
          queue: null,
          ...nobody,
        },
      })),
    )
  await page.keyboard.press('Home')
  await page.keyboard.press('j')
  const id = await selected.getAttribute('id')
  await flood(300)
  await expect.poll(() => page.getByTestId('ticket-total').innerText(), { timeout: SOON }).toBe('340 tickets')
  await expect.poll(() => selected.getAttribute('id')).toBe(id)
  await page.keyboard.press('j')
  await page.keyboard.press('k')
  expect(await selected.getAttribute('id')).toBe(id)

  await switchTo(page, 'Brook', 'Brook')
  await waitForClient(page, 'Brook')
  await flood(40)
  await switchTo(page, 'Acme', 'Acme')
  await expect.poll(() => page.getByTestId('ticket-total').innerText(), { timeout: SOON }).toBe('380 tickets')
  await expect.poll(() => selected.getAttribute('id')).toBe(id)
  expect(await selected.isVisible()).toBe(true)
  // Keys go on through rows that are on their way.
  // Of a window that has just been opened none are here, nor any that have moved meanwhile.
  await page.reload()
  await waitForClient(page, 'Acme')
  await page.keyboard.press('Home')
  for (let pages = 0; pages < 15; pages++) await page.keyboard.press('PageDown')
  await expect.poll(() => selected.getAttribute('aria-rowindex'), { timeout: SOON }).toBe('302')

  // A search goes on beyond what it shows at once, and says how many it finds.
  await page.keyboard.press('/')
  await page.keyboard.type('flood')
  await page.keyboard.press('Enter')
  await expect.poll(() => page.getByTestId('ticket-total').innerText(), { timeout: SOON }).toBe('340 found')
  await page.keyboard.press('End')
  await expect.poll(() => selected.innerText(), { timeout: SOON }).toMatch(/Flood 0\b/)
  await page.keyboard.press('k')
  await expect.poll(() => selected.innerText(), { timeout: SOON }).toMatch(/Flood 1\b/)
  await page.keyboard.press('Control+A')
  await expect.poll(() => page.getByTestId('chosen-count').innerText(), { timeout: SOON }).toBe('340 chosen')
  await close()
})
