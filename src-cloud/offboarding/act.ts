import type { z } from 'zod'
import { ProblemError } from '../../src-shared/problem.ts'
import type { ConfirmOffboarding, StartOffboarding } from '../../src-shared/protocol/offboarding.ts'
import type { Transaction } from '../database/connect.ts'
import { useOrganisation } from '../onboarding/apply.ts'
import { announceOffboarding, readOffboarding, writeOffboarding, type OffboardingRecord } from './record.ts'

/**
 * Closes a client: from here on nobody enters it, and its tokens count no more; then it is exported. In the organisation's
 * scope; sent twice it is one.
 * @throws ProblemError `invalid-input` where there is no such live client, `offboarding-over` where it is under way already
 */
export async function startOffboarding(
  tx: Transaction,
  organisation: string,
  technician: string,
  { id, client, reason }: z.output<typeof StartOffboarding>,
): Promise<OffboardingRecord> {
  await tx`select bulkhead.own_tenants()`
  const [again] = await tx`select from offboarding where id = ${id}`
  if (again) return readOffboarding(tx, id)
  const found = await tx<{ id: string; name: string; onboarding: boolean }[]>`
    select id, name, onboarding from tenant where id::text = lower(${client}) or lower(name) = lower(${client})`
  const [tenant] = found
  if (!tenant || found.length > 1)
    throw new ProblemError('invalid-input', {
      reason: `${found.length > 1 ? 'Several clients are' : 'No client is'} called "${client}". Give its whole name, or its id.`,
    })
  if (tenant.onboarding)
    throw new ProblemError('invalid-input', {
      reason: `${tenant.name} is still on its way in. Cancel its onboarding: that takes everything back.`,
    })
  const [open] = await tx<{ by: string }[]>`
    select started_by_name as by from offboarding where tenant_id = ${tenant.id} and state not in ('gone', 'cancelled')`
  if (open) throw new ProblemError('offboarding-over', { reason: `${open.by} is taking ${tenant.name} out already.` })
  const people = await tx`
    select w.id, w.may, t.name, t.email from tenant_technician w join technician t on t.id = w.id
    where w.tenant_id = ${tenant.id} and not w.deleted order by t.name, w.id`
  await tx`
    insert into offboarding (organisation_id, id, tenant_id, name, state, reason, people, started_by, started_by_name)
    select bulkhead.current_organisation(), ${id}, ${tenant.id}, ${tenant.name}, 'exporting', ${reason},
      ${JSON.stringify(people)}::text::json, t.id, t.name from technician t where t.id = ${technician}`
  await tx`select bulkhead.use_tenant(${tenant.id})`
  // Whoever nobody works for is in nobody's list.
  await tx`update tenant_technician set deleted = true, version = null where not deleted`
  await tx`select bulkhead.publish()`
  await useOrganisation(tx, organisation)
  await announceOffboarding(tx, id)
  return readOffboarding(tx, id)
}

/** Exports once more, where files did not fit the list. @throws ProblemError `offboarding-over` */
export async function exportAgain(tx: Transaction, id: string): Promise<OffboardingRecord> {
  const record = await readOffboarding(tx, id, true)
  if (record.state !== 'exported') throw over(record)
  const next: OffboardingRecord = { ...record, state: 'exporting', manifest: null, manifestSha256: null }
  await writeOffboarding(tx, next)
  return next
}

/** Lets everything be deleted, as soon as retention allows it. @throws ProblemError `offboarding-over`, `invalid-input` */
export async function confirmOffboarding(
  tx: Transaction,
  technician: string,
  { id, manifestSha256, name }: z.output<typeof ConfirmOffboarding> & { id: string },
): Promise<OffboardingRecord> {
  const record = await readOffboarding(tx, id, true)
  if (record.state !== 'exported') throw over(record)
  if (name !== record.name)
    throw new ProblemError('invalid-input', {
      reason: `The client is called "${record.name}". Give that name to delete it.`,
    })
  if (manifestSha256 !== record.manifestSha256)
    throw new ProblemError('invalid-input', {
      reason: 'These are not the files of the export as it is now. Take them again, then delete.',
    })
  const [who] = await tx<{ name: string }[]>`select name from technician where id = ${technician}`
  const next: OffboardingRecord = { ...record, state: 'deleting', confirmedBy: who?.name ?? 'Somebody' }
  await writeOffboarding(tx, next)
  return next
}

/** Opens the client again, to whoever worked for it. @throws ProblemError `offboarding-over` once it is being deleted */
export async function cancelOffboarding(tx: Transaction, organisation: string, id: string): Promise<OffboardingRecord> {
  const record = await readOffboarding(tx, id, true)
  if (record.state === 'cancelled') return record
  if (record.state === 'deleting' || record.state === 'gone') throw over(record)
  const next: OffboardingRecord = { ...record, state: 'cancelled' }
  await writeOffboarding(tx, next)
  await tx`select bulkhead.use_tenant(${record.tenantId})`
  await tx`
    update tenant_technician set deleted = false, version = null
    where id in (select value::uuid from json_array_elements_text(${JSON.stringify(record.people.map((one) => one.id))}::text::json))`
  await tx`select bulkhead.publish()`
  await useOrganisation(tx, organisation)
  return next
}

const STATES: Record<OffboardingRecord['state'], string> = {
  exporting: 'is being exported',
  exported: 'is exported',
  retained: 'has to be kept for a while',
  deleting: 'is being deleted',
  gone: 'is gone',
  cancelled: 'stays, as this was cancelled',
}

function over({ name, state }: OffboardingRecord): ProblemError {
  return new ProblemError('offboarding-over', { reason: `${name} ${STATES[state]}. Look at it again.` })
}
