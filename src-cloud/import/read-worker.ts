import { once } from 'node:events'
import { parentPort, workerData } from 'node:worker_threads'
import { problemOf } from '../../src-shared/problem.ts'
import type { ImportFormat } from '../../src-shared/protocol/import.ts'
import { readCsvFile, type CsvFile } from './read-csv.ts'
import { readExcelFile } from './read-excel.ts'
import { readJsonFile } from './read-json.ts'

/** Reads a file in a thread of its own, and hands its rows out when they are asked for. See `read-file.ts`. */
const { format, bytes } = workerData as { format: ImportFormat; bytes: Uint8Array }
/** Rows of one message. */
const TOGETHER = 1000

try {
  const file = await read()
  parentPort?.postMessage({ op: 'header', header: file.header, total: file.rows.length, bad: file.bad })
  for (let from = 0; from < file.rows.length; from += TOGETHER) {
    await once(parentPort!, 'message')
    parentPort?.postMessage({ op: 'rows', rows: file.rows.slice(from, from + TOGETHER) })
  }
  await once(parentPort!, 'message')
  parentPort?.postMessage({ op: 'end' })
} catch (error) {
  const { code, message } = problemOf(error)
  parentPort?.postMessage({ op: 'failed', reason: code === 'invalid-input' ? message : null })
} finally {
  parentPort?.close()
}

async function read(): Promise<CsvFile> {
  if (format === 'xlsx') return readExcelFile(bytes)
  return format === 'json' ? readJsonFile(textOf()) : readCsvFile(textOf())
}

/** UTF-8, UTF-16 with its mark, or else what Windows writes in the west. */
function textOf(): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}
