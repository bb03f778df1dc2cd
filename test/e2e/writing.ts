import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { Page } from 'playwright-core'
import { SOON } from './story.ts'

// Parts of a story in which something is written on an open ticket.

/** In the field in focus: what is written gets its marks by keys, and what is pasted from a page keeps its own; both can be looked at before. */
export async function writesMarks(page: Page): Promise<void> {
  const field = page.locator('textarea:focus')
  await page.keyboard.press('Control+B')
  await page.keyboard.type('now')
  await page.keyboard.press('End')
  await page.keyboard.press('Enter')
  for (const line of ['- one', 'two', '']) {
    await page.keyboard.type(line)
    await page.keyboard.press('Enter')
  }
  const pasted = [
    '<style>p { color: red }</style><script>window.hit = 1</script><p style="x" onclick="hit()">A <b>page</b></p>',
    '<table><tr><td>Host</td><td>a|b</td></tr><tr><td>x</td><td><img src="https://evil.example/p.png" onerror="hit()">',
    '<a href="https://x.example/">y</a> <a href="javascript:hit()">z</a></td></tr></table>',
  ]
  await paste(page, pasted.join(''))
  const written = '**now**\n- one\n- two\nA **page**\n\n| Host | a\\|b |\n|---|---|\n| x | [y](https://x.example/) z |'
  await expect.poll(() => field.inputValue()).toBe(written)
  await page.keyboard.press('Control+Shift+P')
  const preview = page.getByRole('region', { name: 'Preview' })
  expect(await preview.locator('strong, li, th, td').allInnerTexts()).toEqual(
    ...[['now', '• one', '• two', 'page', 'Host', 'a|b', 'x', 'y (leads to x.example) z']],
  )
  await page.keyboard.press('Control+Shift+P')
  for (const name of CLIPBOARDS) {
    const [html, text] = [fixture(`${name}.html`), fixture(`${name}.txt`)]
    await page.keyboard.press('Control+A')
    await page.keyboard.press('Delete')
    await paste(page, html)
    await expect.poll(async () => [name, await field.inputValue()]).toEqual([name, text.trimEnd()])
  }
  // The same by the buttons, behind the file that is attached, which leave what is chosen as it is, and are one stop of Tab.
  await page.keyboard.press('Control+A')
  await page.keyboard.type('one')
  await page.keyboard.press('Control+A')
  const mark = (name: string) => page.getByRole('toolbar', { name: 'Marks' }).getByRole('button', { name, exact: true })
  await mark('Write bold').waitFor()
  for (const key of ['Tab', 'Tab', 'ArrowLeft', 'ArrowLeft', 'ArrowLeft', 'Enter']) await page.keyboard.press(key)
  await expect.poll(() => field.inputValue()).toBe('- one')
  await page.keyboard.press('Control+A')
  await mark('Write bold').click()
  await expect.poll(() => field.inputValue()).toBe('**- one**')
  expect(await mark('Write as a list').getAttribute('title')).toBe('Write as a list (Ctrl+Shift+8)')
  await page.keyboard.press('Control+A')
  await page.keyboard.press('Delete')
  await page.keyboard.press('Escape')
}

/** What editors of documents, sheets and mails put into the clipboard, and what is to become of it. */
const CLIPBOARDS = ['word', 'outlook', 'excel', 'google-docs', 'google-sheets', 'outlook-web', 'layout-tables'] as const

function fixture(name: string): string {
  return readFileSync(join(import.meta.dirname, '../fixtures/clipboard', name), 'utf8')
}

async function paste(page: Page, html: string): Promise<void> {
  await page.evaluate((copied) => {
    const clipboardData = new DataTransfer()
    clipboardData.setData('text/html', copied)
    clipboardData.setData('text/plain', 'A page')
    document.activeElement!.dispatchEvent(
      new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }),
    )
  }, html)
}

/** On a ticket of which something was changed and whose first reply has something bold: what is chosen is quoted where one writes, but never in public what was not. */
export async function quotesWhatIsChosen(page: Page): Promise<void> {
  await page.keyboard.press('A')
  const change = page.getByTestId('activity').first().locator('span').first()
  await change.waitFor({ timeout: SOON })
  await page.keyboard.press('r')
  await page.keyboard.press('Escape')
  await change.evaluate((element) => getSelection()!.selectAllChildren(element))
  await page.keyboard.press('>')
  const inside = page.getByRole('textbox', { name: /^Internal note/ })
  await expect.poll(() => inside.inputValue()).toMatch(/^> Status from /)
  for (const key of ['Control+A', 'Delete', 'Escape', 'A']) await page.keyboard.press(key)
  await page.keyboard.press('n')
  await page.keyboard.type('*Internal*')
  await page.keyboard.press('Control+Enter')
  for (const [kind, mark, label] of [
    ['reply', 'strong', 'Public reply'],
    ['note', 'em', 'Internal note'],
  ] as const) {
    const words = page.getByTestId(`entry-${kind}`).locator(mark).first()
    await words.waitFor()
    await page.keyboard.press('r')
    await page.keyboard.press('Escape')
    await words.evaluate((element) => getSelection()!.selectAllChildren(element))
    await page.keyboard.press('>')
    const begun = page.getByRole('textbox', { name: new RegExp(`^${label}`) })
    await expect.poll(() => begun.inputValue()).toBe(`> ${kind === 'reply' ? 'Urgent' : 'Internal'}\n`)
    await page.keyboard.press('Control+A')
    await page.keyboard.press('Delete')
    await page.keyboard.press('Escape')
  }
}
