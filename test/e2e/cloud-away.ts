import { expect, test } from 'vitest'
import { openWindow } from './browser.ts'
import { sandboxLike, setStage, SOON, waitForClient, waitForSynced, type Stage } from './story.ts'

/** The story of a cloud that goes away and comes back, as a test. @returns where it plays: clients Acme and Zephyr */
export function cloudAway(): Stage {
  const stage = setStage('offline', () => sandboxLike(['Acme', 60], ['Zephyr', 5]))
  const notes = async (): Promise<string[]> =>
    (
      await stage.owner<{ body: string }[]>`select data ->> 'body' as body from entry where data ->> 'kind' = 'note'`
    ).map((row) => row.body)

  test('with the cloud away: reading works, a note is kept through kill -9 and goes out exactly once when the cloud is back', async () => {
    let host = await stage.begin()
    let { page, close } = await stage.open(host, 'Acme')
    await page.keyboard.press('Control+2')
    await waitForClient(page, 'Zephyr')
    await page.keyboard.press('Control+1')
    await waitForClient(page, 'Acme')
    expect(await page.getByTestId('offline-banner').count()).toBe(0)

    await stage.goAway(page)
    await page.keyboard.press('Control+2')
    await waitForClient(page, 'Zephyr')
    await page.keyboard.press('Control+1')
    await waitForClient(page, 'Acme')
    await page.keyboard.press('j')
    await page.keyboard.press('Enter')
    await page.keyboard.press('n')
    await page.keyboard.type('Written on the train.')
    await page.keyboard.press('Control+Enter')
    const note = page.getByTestId('entry-note').filter({ hasText: 'Written on the train.' })
    await note.getByText('Waiting for the cloud').waitFor()
    await close()
    await host.kill()

    // Started again while the cloud is still away: everything is there, and still waits.
    host = await stage.begin()
    ;({ page, close } = await openWindow(stage.browser, host.address))
    await page.getByRole('list', { name: 'Clients' }).waitFor({ timeout: SOON })
    await page.getByTestId('offline-banner').waitFor({ timeout: SOON })
    await page.keyboard.press('Control+1')
    // On the ticket that was open, with what waits.
    const kept = page.getByTestId('entry-note').filter({ hasText: 'Written on the train.' })
    await kept.getByText('Waiting for the cloud').waitFor({ timeout: SOON })
    await expect
      .poll(() => page.getByTestId('sync-state').innerText(), { timeout: SOON })
      .toContain('1 edit waiting for the cloud')
    expect(await notes()).not.toContain('Written on the train.')

    await stage.comeBack(page)
    await waitForSynced(page)
    expect((await notes()).filter((body) => body === 'Written on the train.')).toHaveLength(1)
    await close()
  })
  return stage
}
