import { problem, ProblemError } from '../../src-shared/problem.ts'
import {
  consoleChecks,
  type Check,
  type ConsoleCheckKey,
  type ReportedCheck,
  type StepState,
} from '../../src-shared/protocol/onboarding.ts'
import type { Transaction } from '../database/connect.ts'
import { readRecord, writeRecord, type OnboardingRecord } from './record.ts'

/** What consoles reported, by the key of the check. */
export type ConsoleReports = Partial<Record<ConsoleCheckKey, Omit<ReportedCheck, 'key'> & { by: string; at: string }>>

const keys = Object.keys(consoleChecks) as ConsoleCheckKey[]
const NOT_YET =
  'Nobody has looked at this yet. Open the onboarding in a console, and run the checks of this step there.'

/** The checks that only a console can make, with what was reported of them. One that was not made has not passed. */
export function reportedChecks(reports: ConsoleReports): Check[] {
  return keys.map((key) => {
    const about = { key, label: consoleChecks[key], where: 'console' as const }
    return { ...about, ...(reports[key] ?? { state: 'warning', detail: NOT_YET }) }
  })
}

/** The outcome of a verification of which everything was looked at. */
export function verified(checks: Check[]): Pick<StepState, 'state' | 'checks' | 'notes' | 'problem'> {
  const failed = checks.filter(({ state }) => state === 'failed')
  const warnings = checks.filter(({ state }) => state === 'warning').length
  const notes = [
    `${checks.length - failed.length - warnings} of ${checks.length} passed${warnings > 0 ? `, ${warnings} to look at` : ''}.`,
  ]
  if (failed.length === 0) return { state: 'done', checks, notes, problem: null }
  const reason = `${failed.map(({ label, detail }) => `${label}: ${detail}`).join(' ')} Correct it, then verify again.`
  return { state: 'failed', checks, notes, problem: problem('invalid-input', { reason }) }
}

/**
 * Takes what a technician's console found at a client, in the organisation's scope; what it found before is replaced.
 * Also of a client that is live, where it is told and stands in the way of nothing any more.
 * @throws ProblemError `not-found`, `not-allowed` for whoever does not work for the client, `onboarding-over`
 */
export async function reportChecks(
  tx: Transaction,
  technician: string,
  { id, checks }: { id: string; checks: ReportedCheck[] },
): Promise<OnboardingRecord> {
  const record = await readRecord(tx, id, true)
  const [who] = await tx<{ name: string }[]>`
    select t.name from technician t join tenant_technician w on w.id = t.id
    where t.id = ${technician} and w.tenant_id = ${record.tenantId} and not w.deleted`
  if (!who) throw new ProblemError('not-allowed')
  if (record.state === 'cancelling' || record.state === 'cancelled')
    throw new ProblemError('onboarding-over', {
      state: record.state === 'cancelled' ? 'cancelled' : 'being cancelled',
    })
  const by = { by: who.name, at: new Date().toISOString() }
  for (const { key, ...found } of checks) record.consoleChecks[key] = { ...found, ...by }
  record.steps = { ...record.steps, verify: withReports(record) }
  await writeRecord(tx, record)
  return record
}

/** A verification that ended, with what is reported now. One that goes on takes it up by itself. */
function withReports({ state, steps: { verify }, consoleChecks: reports }: OnboardingRecord): StepState {
  const others = (verify.checks ?? []).filter(({ where }) => where !== 'console')
  const checks = [...others, ...reportedChecks(reports)]
  if (verify.state === 'skipped') return { ...verify, checks }
  const ended = verify.state === 'done' || verify.state === 'failed'
  if (!ended || others.length === 0 || others.some((one) => one.state === 'waiting')) return verify
  const outcome = verified(checks)
  return { ...verify, ...(state === 'live' ? { checks, notes: outcome.notes } : outcome) }
}
