import { test } from 'vitest'
import { uuid } from '../support/sample.ts'
import { cloudAway } from './cloud-away.ts'
import { openTicket, SOON, switchTo, waitForClient } from './story.ts'

const stage = cloudAway()

test('what a colleague changes appears by itself, also in the counts of a client that sleeps', async () => {
  const host = await stage.begin('of its own')
  const { page, close } = await stage.open(host, 'Acme')
  await waitForClient(page, 'Acme')
  await stage.colleague('Acme', renamed('Acme', 60, 'Changed by a colleague'))
  await stage.colleague('Zephyr', renamed('Zephyr', 5, 'Changed elsewhere'))
  await page.getByTestId('ticket-row').filter({ hasText: 'Changed by a colleague' }).waitFor({ timeout: SOON })
  const unread = page.getByRole('navigation', { name: 'Clients' }).getByRole('button', { name: /Zephyr.*1 unread/ })
  await unread.waitFor({ timeout: SOON })
  // Until somebody opens it.
  await switchTo(page, 'zeph', 'Zephyr')
  await page.getByTestId('ticket-row').filter({ hasText: 'Changed elsewhere' }).waitFor({ timeout: SOON })
  await unread.waitFor()
  await openTicket(page, 'Changed elsewhere')
  await unread.waitFor({ state: 'detached', timeout: SOON })
  await close()
})

function renamed(client: string, number: number, subject: string) {
  return {
    kind: 'ticket.update',
    ticketId: uuid(client, 'ticket', number),
    base: { subject: `${client} ticket ${number}` },
    patch: { subject },
  } as const
}
