import { paths } from '../../src-shared/protocol/api.ts'
import { ImportAnswer } from '../../src-shared/protocol/import.ts'
import { TenantToken } from '../../src-shared/protocol/session.ts'
import type { CommandCloud } from './cloud.ts'
import type { ClientFile } from './read-file.ts'

/** Imports the CSV files of a client, and tells every row that was not taken. @returns the exit code */
export async function importAll(
  cloud: CommandCloud,
  tenantId: string,
  imports: ClientFile['imports'],
  out: { write(line: string): unknown },
): Promise<number> {
  let code = 0
  for (const { path, request } of imports) {
    const { token } = await cloud.ask(paths.tenantToken(tenantId), TenantToken, {})
    const { added, changed, same, bad, columns } = await cloud.askAs(token, paths.import, ImportAnswer, request)
    out.write(
      `✓ ${request.kind.padEnd(12)} ${added} added, ${changed} changed, ${same} here already, ${bad.length} not taken\n`,
    )
    const left = columns.filter(({ field }) => field === null).map(({ column }) => column)
    if (left.length > 0) out.write(`  ! left out: ${left.join(', ')}\n`)
    for (const { line, reason } of bad) out.write(`  ✗ ${path}, line ${line}: ${reason}\n`)
    if (bad.length > 0) code = 4
  }
  return code
}
