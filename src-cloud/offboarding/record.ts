import { ProblemError } from '../../src-shared/problem.ts'
import type { DeletionProof, ExportedFile, OffboardingView } from '../../src-shared/protocol/offboarding.ts'
import { CLIENT_ON_ITS_WAY } from '../announcements.ts'
import type { Transaction } from '../database/connect.ts'

/** An offboarding as it is stored. */
export interface OffboardingRecord {
  id: string
  tenantId: string
  name: string
  state: OffboardingView['state']
  reason: string
  people: { id: string; may: string[]; name: string; email: string }[]
  manifest: ExportedFile[] | null
  manifestSha256: string | null
  confirmedBy: string | null
  retainedUntil: string | null
  proof: DeletionProof | null
  problem: OffboardingView['problem']
  startedBy: string
  startedAt: string
  endedAt: string | null
}

const columns = (tx: Transaction) => {
  const instant = (name: string) => tx`to_char(${tx(name)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
  return tx`
    id, tenant_id as "tenantId", name, state, reason, people, manifest, manifest_sha256 as "manifestSha256",
    confirmed_by as "confirmedBy", ${instant('retained_until')} as "retainedUntil", proof, problem,
    started_by_name as "startedBy", ${instant('started_at')} as "startedAt", ${instant('ended_at')} as "endedAt"`
}

/** Reads one in the organisation's scope, and holds it where asked. @throws ProblemError `not-found` */
export async function readOffboarding(tx: Transaction, id: string, hold = false): Promise<OffboardingRecord> {
  const [row] = await tx<OffboardingRecord[]>`
    select ${columns(tx)} from offboarding where id = ${id} ${hold ? tx`for update` : tx``}`
  if (!row) throw new ProblemError('not-found', { what: 'This offboarding' })
  return row
}

/** Those of an organisation, the newest first. */
export async function readOffboardings(tx: Transaction): Promise<OffboardingRecord[]> {
  return tx<OffboardingRecord[]>`select ${columns(tx)} from offboarding order by started_at desc, id limit 200`
}

/** Writes what became of one that is held. */
export async function writeOffboarding(tx: Transaction, record: OffboardingRecord): Promise<void> {
  const json = (value: unknown) => (value === null ? null : JSON.stringify(value))
  const over = record.state === 'gone' || record.state === 'cancelled'
  await tx`
    update offboarding set state = ${record.state}, manifest = ${json(record.manifest)}::text::json,
      manifest_sha256 = ${record.manifestSha256}, confirmed_by = ${record.confirmedBy},
      confirmed_at = case when ${record.confirmedBy}::text is null then null else coalesce(confirmed_at, now()) end,
      retained_until = ${record.retainedUntil}, proof = ${json(record.proof)}::text::json,
      problem = ${json(record.problem)}::text::json, people = ${JSON.stringify(record.people)}::text::json,
      changed_at = now(), ended_at = ${over ? tx`coalesce(ended_at, now())` : null}
    where id = ${record.id}`
  await announceOffboarding(tx, record.id)
}

/** Tells the organisation, at commit, that one has moved on. */
export async function announceOffboarding(tx: Transaction, id: string): Promise<void> {
  await tx`
    select pg_notify(${CLIENT_ON_ITS_WAY}, json_build_object('organisation', bulkhead.current_organisation(), 'id', ${id}::text)::text)`
}

/** One as it is told. */
export function viewOffboarding({ manifest, people: _people, ...record }: OffboardingRecord): OffboardingView {
  return { ...record, files: manifest ?? [] }
}
