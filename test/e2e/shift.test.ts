import { expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { cases, ran } from '../faults/cases.ts'
import { sandboxLike, setStage, setStatus, SOON, switchTo, waitForClient } from './story.ts'

// A shift: tickets of many clients in turn, by keyboard alone, the second half of them without a network.

const CLIENTS = 'Acme Brook Cedar Dorn Elm Fjord Grove Hale Iris Juno Kite Lark Moss Nord Opal'
  .split(' ')
  .slice(0, cases(6, 15))
const TICKETS = cases(12, 100)
const stage = setStage('shift', () =>
  sandboxLike(...CLIENTS.map((name): [string, number] => [name, Math.ceil(TICKETS / CLIENTS.length) + 3])),
)

interface Done {
  client: string
  number: number
  kind: 'resolved' | 'waiting' | 'taken'
  ms: number
}

/** Deals with the first open ticket of the client on screen that nobody has taken. */
async function triage(page: Page, client: string, kind: Done['kind']): Promise<Done> {
  const began = performance.now()
  await page.keyboard.press('g')
  await page.keyboard.press('u')
  await page.locator('[aria-current=true]', { hasText: 'Unassigned' }).waitFor({ timeout: SOON })
  await page.getByTestId('ticket-row').filter({ hasText: 'Unassigned' }).first().waitFor({ timeout: SOON })
  await page.keyboard.press('Home')
  await page.locator('[role=row][aria-selected=true]').filter({ hasText: 'Unassigned' }).waitFor({ timeout: SOON })
  await page.keyboard.press('Enter')
  const ticket = page.getByRole('article', { name: /^Ticket \d+/ })
  await ticket.waitFor({ timeout: SOON })
  const number = Number(/\d+/.exec((await ticket.getAttribute('aria-label'))!)![0])
  await page.keyboard.press('i')
  await page.getByText(`Ticket ${number}: assigned to you`).waitFor({ timeout: SOON })
  await page.keyboard.press('n')
  await page.keyboard.type(`Looked at ${client} ${number}`)
  await page.keyboard.press('Control+Enter')
  await page
    .getByTestId('entry-note')
    .filter({ hasText: `Looked at ${client} ${number}` })
    .waitFor({ timeout: SOON })
  if (kind === 'resolved') {
    await page.keyboard.press('e')
    await page.getByText(new RegExp(`Ticket ${number}: .*(Done|esolved)`)).waitFor({ timeout: SOON })
  }
  if (kind === 'waiting') await setStatus(page, 'Awaiting Vendor', number)
  await page.keyboard.press('Escape')
  await ticket.waitFor({ state: 'detached', timeout: SOON })
  return { client, number, kind, ms: performance.now() - began }
}

const WITHOUT = Math.floor(TICKETS / 2 / CLIENTS.length) * CLIENTS.length

test('a shift over many clients by keyboard, half of it offline, is all in the cloud in the end', async () => {
  const host = await stage.begin()
  const { page, close } = await stage.open(host, 'Acme')
  // Nothing that a technician does all day makes the browser style the whole page anew.
  await page.evaluate(() => {
    const added: string[] = []
    Object.assign(globalThis, { added })
    new MutationObserver((changes) => {
      for (const { addedNodes } of changes)
        for (const node of addedNodes) if (node.nodeName === 'STYLE') added.push(node.textContent ?? '')
    }).observe(document, { subtree: true, childList: true })
  })
  const done: Done[] = []
  const kinds: Done['kind'][] = ['resolved', 'waiting', 'taken']
  for (let i = 0; i < TICKETS; i++) {
    if (i === WITHOUT) await stage.goAway(page)
    const client = CLIENTS[i % CLIENTS.length]!
    await switchTo(page, client, client)
    await waitForClient(page, client)
    done.push(await triage(page, client, kinds[(i + Math.floor(i / CLIENTS.length)) % kinds.length]!))
  }
  await stage.comeBack(page)
  for (const { client, number, kind } of done) {
    const inCloud = async (): Promise<unknown> => {
      const [row] = await stage.owner`
        select t.data ->> 'status' as status, t.data ->> 'assigneeId' is not null as taken,
          (select count(*)::int from entry e where e.tenant_id = t.tenant_id and e.ticket_id = t.id
            and e.data ->> 'body' = ${`Looked at ${client} ${number}`}) as notes
        from ticket t join tenant on tenant.id = t.tenant_id
        where tenant.name = ${client} and t.number = ${number}`
      return { ...row }
    }
    const status = kind === 'resolved' ? 'done' : kind === 'waiting' ? 'vendor' : 'open'
    await expect.poll(inCloud, { timeout: 2 * SOON }).toEqual({ status, taken: true, notes: 1 })
  }
  expect(await page.evaluate(() => (globalThis as unknown as { added: string[] }).added)).toEqual([])
  const times = done.map(({ ms }) => ms).sort((a, b) => a - b)
  process.stdout.write(`time per ticket of a shift: ${(times[times.length >> 1]! / 1000).toFixed(1)} s by the median\n`)
  ran('tickets of a shift', done.length)
  await close()
})
