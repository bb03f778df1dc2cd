import { randomUUID } from 'node:crypto'
import { open } from 'node:fs/promises'
import { basename } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { parse } from 'csv-parse/sync'
import { paths } from '../../src-shared/protocol/api.ts'
import { IMPORT_PART_BYTES, ImportView, type NewImport } from '../../src-shared/protocol/import.ts'
import { TenantToken } from '../../src-shared/protocol/session.ts'
import type { CommandCloud } from './cloud.ts'
import type { ClientFile } from './read-file.ts'

/** Milliseconds between two looks at how far an import is. */
const LOOK = 200

/** Imports the files of a client, and tells every row that was not taken. @returns the exit code */
export async function importAll(
  cloud: CommandCloud,
  tenantId: string,
  imports: ClientFile['imports'],
  out: { write(line: string): unknown },
): Promise<number> {
  let code = 0
  for (const one of imports) code = Math.max(code, await importOne(cloud, tenantId, one, out))
  return code
}

async function importOne(
  cloud: CommandCloud,
  tenantId: string,
  { path, kind, size, request }: ClientFile['imports'][number],
  out: { write(line: string): unknown },
): Promise<number> {
  // A token for each question: an import may take longer than one lives.
  const token = async () => (await cloud.ask(paths.tenantToken(tenantId), TenantToken, {})).token
  const id = randomUUID()
  const begun: NewImport = { id, kind, name: basename(path), size }
  await cloud.askAs(await token(), paths.imports, ImportView, begun)
  const file = await open(path)
  try {
    for (let part = 0, at = 0; at < size; part++, at += IMPORT_PART_BYTES) {
      const bytes = Buffer.alloc(Math.min(IMPORT_PART_BYTES, size - at))
      await file.read(bytes, 0, bytes.length, at)
      await cloud.askAs(await token(), paths.importPart(id, part), ImportView, bytes)
    }
  } finally {
    await file.close()
  }
  let view = await cloud.askAs(await token(), paths.importAct(id, 'run'), ImportView, request)
  while (view.state === 'running' || view.state === 'paused') {
    await wait(LOOK)
    view = await cloud.askAs(await token(), paths.importOf(id), ImportView)
  }
  if (view.state !== 'done') {
    out.write(`✗ ${kind.padEnd(12)} ${view.problem?.message ?? `The import was ${view.state}.`}\n`)
    return 4
  }
  const { added, changed, same, badRows, columns, created } = view
  out.write(`✓ ${kind.padEnd(12)} ${added} added, ${changed} changed, ${same} here already, ${badRows} not taken\n`)
  for (const note of created) out.write(`  + ${note}\n`)
  const left = columns.filter(({ field }) => field === null).map(({ column }) => column)
  if (left.length > 0) out.write(`  ! left out: ${left.join(', ')}\n`)
  if (badRows === 0) return 0
  const bad = parse(await cloud.textAs(await token(), paths.importBad(id)), { from: 2 }) as unknown as string[][]
  for (const [line = '', reason = ''] of bad) out.write(`  ✗ ${path}, line ${line}: ${reason}\n`)
  return 4
}
