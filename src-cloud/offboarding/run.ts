import { createHash, createHmac } from 'node:crypto'
import { ProblemError } from '../../src-shared/problem.ts'
import { manifestText, type DeletionProof, type ExportedFile } from '../../src-shared/protocol/offboarding.ts'
import { asOrganisation, asTenant } from '../database/as.ts'
import type { Sql } from '../database/connect.ts'
import { digestOf, exportFiles } from './export.ts'
import { readOffboarding, writeOffboarding, type OffboardingRecord } from './record.ts'

/** What running takes. */
export interface OffboardingContext {
  /** As the owner, for what deletes a whole tenant. */
  owner: Sql
  api: Sql
  /** The cloud's own key, which signs proofs. */
  key: Uint8Array
}

/** Goes on with an offboarding as far as nobody is asked. What a stop interrupted is done again from its beginning. */
export async function goOnOffboarding(
  context: OffboardingContext,
  organisation: string,
  id: string,
  signal: AbortSignal,
): Promise<void> {
  const record = await asOrganisation(context.api, organisation, (tx) => readOffboarding(tx, id))
  if (record.state === 'exporting') await listFiles(context, organisation, record, signal)
  if (record.state === 'retained' && Date.parse(record.retainedUntil ?? '') <= Date.now())
    await moved(context, organisation, id, 'retained', (now) => ({ ...now, state: 'deleting' }))
  if (record.state === 'deleting' || record.state === 'retained') await removeAll(context, organisation, id)
}

async function listFiles(
  { api }: OffboardingContext,
  organisation: string,
  { id, tenantId, people }: OffboardingRecord,
  signal: AbortSignal,
): Promise<void> {
  const files: ExportedFile[] = []
  for (const [name, read] of await exportFiles(api, organisation, tenantId, people)) {
    if (signal.aborted) return
    files.push(await digestOf(name, read()))
  }
  const manifestSha256 = createHash('sha256').update(manifestText(files)).digest('hex')
  await moved({ api }, organisation, id, 'exporting', (now) => ({
    ...now,
    state: 'exported',
    manifest: files,
    manifestSha256,
  }))
}

/** Deletes all of a tenant, where nothing of it has to be kept, and proves it. */
async function removeAll({ owner, api, key }: OffboardingContext, organisation: string, id: string): Promise<void> {
  const record = await asOrganisation(api, organisation, (tx) => readOffboarding(tx, id))
  if (record.state !== 'deleting') return
  const until = await retainedUntil(api, record.tenantId)
  if (until !== null)
    return moved({ api }, organisation, id, 'deleting', (now) => ({ ...now, state: 'retained', retainedUntil: until }))
  await owner`select bulkhead.remove_tenant(${organisation}, ${record.tenantId})`
  const [row] = await owner<{ counts: Record<string, number> }[]>`
    select bulkhead.count_tenant(${organisation}, ${record.tenantId}) as counts`
  const remaining = row?.counts ?? {}
  if (Object.keys(remaining).length === 0 || Object.values(remaining).some((count) => count > 0))
    throw new ProblemError('internal')
  const name = await asOrganisation(api, organisation, (tx) => tx<{ name: string }[]>`select name from organisation`)
  const bytes = (record.manifest ?? []).reduce((sum, one) => sum + one.bytes, 0)
  const said = {
    client: record.name,
    tenantId: record.tenantId,
    organisation: name[0]?.name ?? '',
    reason: record.reason,
    startedBy: record.startedBy,
    confirmedBy: record.confirmedBy ?? '',
    deletedAt: new Date().toISOString(),
    export: { files: record.manifest?.length ?? 0, bytes, manifestSha256: record.manifestSha256 ?? '' },
    remaining,
  }
  const proof: DeletionProof = { ...said, signature: signatureOf(said, key) }
  // Names of files may tell of the client; the list is with whoever has them.
  await moved({ api }, organisation, id, 'deleting', (now) => ({
    ...now,
    state: 'gone',
    proof,
    manifest: null,
    people: [],
  }))
}

/** HMAC-SHA-256 with the cloud's own key. */
export function signatureOf(proof: Omit<DeletionProof, 'signature'>, key: Uint8Array): string {
  return createHmac('sha256', key)
    .update(`bulkhead deletion\u0000${JSON.stringify(proof)}`)
    .digest('hex')
}

/** Until when the client's settings want its tickets kept; null where they want nothing (any more). */
async function retainedUntil(api: Sql, tenant: string): Promise<string | null> {
  const [row] = await asTenant(
    api,
    tenant,
    (tx) => tx<{ until: string | null }[]>`
    select to_char((max((t.data ->> 'updatedAt')::timestamptz) + make_interval(days => (select (c.data -> 'retention' ->> 'keepDays')::integer from configuration c)))
      at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as until from ticket t where not t.deleted`,
  )
  return row?.until && Date.parse(row.until) > Date.now() ? row.until : null
}

async function moved(
  { api }: Pick<OffboardingContext, 'api'>,
  organisation: string,
  id: string,
  from: OffboardingRecord['state'],
  change: (record: OffboardingRecord) => OffboardingRecord,
): Promise<void> {
  await asOrganisation(api, organisation, async (tx) => {
    const record = await readOffboarding(tx, id, true)
    if (record.state === from) await writeOffboarding(tx, change(record))
  })
}
