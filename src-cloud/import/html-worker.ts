import { parentPort } from 'node:worker_threads'
import { textOfHtml } from './html.ts'

/** Makes texts of pages in a thread of its own. See `html-texts.ts`. */
parentPort?.on('message', (pages: string[]) => parentPort?.postMessage(pages.map(textOf)))

/** What cannot be read stays as it came. */
function textOf(page: string): string {
  try {
    return textOfHtml(page)
  } catch {
    return page
  }
}
