import type { Page } from 'playwright-core'
import type { MutationBody } from '../../src-shared/protocol/mutation.ts'
import { uuid } from '../support/sample.ts'

/** Notes in every frame where a row is, until told to stop. */
export async function watchRow(
  page: Page,
  subject: string,
): Promise<() => Promise<{ places: number[]; rows: string[] }>> {
  await page.evaluate((text) => {
    const seen = { places: new Set<number>(), rows: new Set<string>(), on: true }
    Object.assign(globalThis, { seen })
    const look = (): void => {
      const all = [...document.querySelectorAll('[data-testid=ticket-row]')]
      seen.rows.add(all.map((row) => row.textContent).join())
      const row = all.find((one) => one.textContent.includes(text))
      seen.places.add(row ? Math.round(row.getBoundingClientRect().top) : -1)
      if (seen.on) requestAnimationFrame(look)
    }
    look()
  }, subject)
  return () =>
    page.evaluate(() => {
      const { seen } = globalThis as unknown as { seen: { places: Set<number>; rows: Set<string>; on: boolean } }
      seen.on = false
      return { places: [...seen.places], rows: [...seen.rows] }
    })
}

/** A colleague's change of one field of a ticket of Acme. */
export const changed = (number: number, field: 'subject' | 'status', from: string, to: string): MutationBody => ({
  ...{ kind: 'ticket.update', ticketId: uuid('Acme', 'ticket', number) },
  ...{ base: { [field]: from }, patch: { [field]: to } },
})
