import { expect } from 'vitest'
import type { Page } from 'playwright-core'
import { SOON } from './story.ts'

/**
 * Two answers of a step's form by a key each. The first is kept late, the second never comes to be kept: it is on its
 * way while the first arrives. From then on drafts are kept again.
 */
export async function loseSecondDraft(page: Page, first: string, second: string): Promise<void> {
  const held = await page.evaluateHandle(() => {
    const drafts: { socket: WebSocket; frame: string }[] = []
    const { send } = WebSocket.prototype
    WebSocket.prototype.send = function (frame) {
      if (typeof frame !== 'string' || !frame.includes('onboarding.keepDraft')) return send.call(this, frame)
      drafts.push({ socket: this, frame })
    }
    const idOf = (frame: string): number => (JSON.parse(frame.split('\n')[0] ?? '') as { id: number }).id
    return {
      drafts,
      /** Resolves once the first is kept and the window has drawn that. */
      sendFirst: () =>
        new Promise<void>((drawn) => {
          WebSocket.prototype.send = send
          const [found] = drafts
          if (!found) return
          found.socket.addEventListener('message', ({ data }) => {
            if (idOf(String(data)) === idOf(found.frame)) requestAnimationFrame(() => setTimeout(drawn))
          })
          found.socket.send(found.frame)
        }),
    }
  })
  const begun = (count: number) =>
    expect.poll(() => held.evaluate(({ drafts }) => drafts.length), { timeout: SOON }).toBe(count)
  await page.keyboard.press(first)
  await begun(1)
  await page.keyboard.press(second)
  await begun(2)
  await held.evaluate(({ sendFirst }) => sendFirst())
  expect(await page.getByText('Keeping it as a draft').count()).toBe(1)
}
