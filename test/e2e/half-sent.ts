import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { paths } from '../../src-shared/protocol/api.ts'
import { IMPORT_PART_BYTES } from '../../src-shared/protocol/import.ts'
import { ask } from '../support/cloud.ts'

/**
 * Leaves an import as a console does that is killed while it sends: a file of 45 tickets, and the first of its two parts
 * in the cloud, told apart from the file by the subject of its first row, `Begun 0` in place of `Whole 0`.
 * @returns the path of the file
 */
export async function sendHalf(url: string, token: string, folder: string): Promise<string> {
  const path = join(folder, 'long.csv')
  const lines = Array.from({ length: 45 }, (_, i) => `L-${i},Whole ${i},${'long '.repeat(19_000)}`)
  const text = `id,subject,description\n${lines.join('\n')}\n`
  writeFileSync(path, text)
  const id = randomUUID()
  const begun = await ask(url, paths.imports, {
    token,
    body: { id, kind: 'tickets', name: 'long.csv', size: text.length },
  })
  const sent = await fetch(url + paths.importPart(id, 0), {
    method: 'PUT',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/octet-stream' },
    body: text.slice(0, IMPORT_PART_BYTES).replace('Whole 0', 'Begun 0'),
  })
  if (!begun.ok || !sent.ok) throw new Error(`the cloud took no half import: ${begun.status}, ${sent.status}`)
  return path
}
