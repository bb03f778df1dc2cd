import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { CustomField } from '../../src-shared/domain/configuration.ts'
import { ProblemError } from '../../src-shared/problem.ts'
import type { CellField, Mapping } from './columns.ts'
import { isHtml } from './html.ts'
import type { CsvRow } from './read-csv.ts'

/** MiB of memory that reading pages gets. */
const MEMORY = 512

/** Makes texts of the pages in a file's cells, in a thread that begins with the first: it keeps nobody waiting. */
export class HtmlTexts {
  #worker: Worker | null = null

  /** Texts by cell, for those of rows that hold pages. One call at a time. */
  async of(rows: readonly CsvRow[], { places }: Mapping, custom: readonly CustomField[]): Promise<Map<string, string>> {
    const fields = textFields(custom)
    const pages = new Set(
      rows.flatMap(({ values }) =>
        fields.flatMap((field) => {
          const place = places[field]
          const text = place === undefined ? undefined : values[place]
          return text !== undefined && isHtml(text) ? [text] : []
        }),
      ),
    )
    if (pages.size === 0) return new Map()
    const made = await this.#ask([...pages])
    return new Map([...pages].map((page, i) => [page, made[i] ?? page]))
  }

  async #ask(pages: string[]): Promise<string[]> {
    const worker = (this.#worker ??= new Worker(new URL('./html-worker.ts', import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: MEMORY },
    }))
    worker.postMessage(pages)
    const [texts] = (await once(worker, 'message').catch((error: { code?: string }) => {
      if (error.code !== 'ERR_WORKER_OUT_OF_MEMORY') throw error
      throw new ProblemError('invalid-input', {
        reason: 'The pages in this file take more memory than there is for them. Divide it, or leave their column out.',
      })
    })) as [string[]]
    return texts
  }

  async close(): Promise<void> {
    await this.#worker?.terminate()
  }
}

/** Fields whose cells may hold pages. */
function textFields(custom: readonly CustomField[]): CellField[] {
  const long = custom.filter(({ type }) => type === 'long-text')
  return ['description', ...long.map(({ key }) => `custom:${key}` as const)]
}

type Cell = (field: CellField) => string | undefined

/** Puts texts in place of the pages, in the fields of a row's cells that may hold some. */
export function withTexts(texts: ReadonlyMap<string, string>, custom: readonly CustomField[]): (cell: Cell) => Cell {
  if (texts.size === 0) return (cell) => cell
  const fields = new Set(textFields(custom))
  return (cell) => (field) => {
    const text = cell(field)
    return text !== undefined && fields.has(field) ? texts.get(text) || (texts.has(text) ? undefined : text) : text
  }
}
