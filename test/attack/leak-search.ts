import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { CDPSession } from 'playwright-core'

/** Which of some texts are in bytes, in the forms that text takes there. */
export function foundIn(bytes: Buffer, texts: string[]): string[] {
  return texts.filter((text) =>
    [
      Buffer.from(text),
      Buffer.from(text, 'utf16le'),
      Buffer.from(Buffer.from(text).toString('base64').replace(/=+$/, '').slice(0, -1)),
      Buffer.from(Buffer.from(text).toString('hex')),
    ].some((form) => bytes.includes(form)),
  )
}

/** Each file below a folder that holds one of the texts. */
export function foundInFiles(folder: string, texts: string[]): string[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  expect(files.length).toBeGreaterThan(6)
  return files.flatMap((entry) => {
    const file = join(entry.parentPath, entry.name)
    return foundIn(readFileSync(file), texts).map((text) => `${text} in ${file}`)
  })
}

/** The page's heap, after garbage was collected. */
export async function heapOf(cdp: CDPSession): Promise<Buffer> {
  const chunks: string[] = []
  const gather = ({ chunk }: { chunk: string }): void => void chunks.push(chunk)
  cdp.on('HeapProfiler.addHeapSnapshotChunk', gather)
  await cdp.send('HeapProfiler.collectGarbage')
  await cdp.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false })
  cdp.off('HeapProfiler.addHeapSnapshotChunk', gather)
  return Buffer.from(chunks.join(''))
}
