import { answerOf, StepKey, steps, type Answers } from '../../src-shared/onboarding/answers.ts'
import { ProblemError } from '../../src-shared/problem.ts'
import type {
  OnboardingState,
  OnboardingSummary,
  OnboardingView,
  StepState,
} from '../../src-shared/protocol/onboarding.ts'
import type { z } from 'zod'
import type { Transaction } from '../database/connect.ts'
import type { ConsoleReports } from './console-checks.ts'

export type StepStates = Record<StepKey, StepState>

/** An onboarding as it is stored. */
export interface OnboardingRecord {
  id: string
  tenantId: string
  name: string
  state: z.infer<typeof OnboardingState>
  revision: number
  answers: Answers
  steps: StepStates
  consoleChecks: ConsoleReports
  reason: string | null
  startedById: string
  startedBy: string
  startedAt: string
  changedBy: string
  changedAt: string
  endedAt: string | null
}

/** A step that nobody has answered. */
export const UNTOUCHED: StepState = {
  state: 'waiting',
  attempts: 0,
  startedAt: null,
  endedAt: null,
  problem: null,
  skipped: null,
  notes: [],
}

/** The state of a step that has just been answered. */
export const QUEUED: StepState = { ...UNTOUCHED, state: 'queued' }

/** The steps of an onboarding with these answers. */
export function begunSteps(answers: Answers): StepStates {
  return Object.fromEntries(steps.map((key) => [key, answers[key] === undefined ? UNTOUCHED : QUEUED])) as StepStates
}

/** Whether a step needs nothing more. */
export function isSettled({ state }: StepState): boolean {
  return state === 'done' || state === 'skipped'
}

/**
 * What has to be settled before a step: the client itself before anything of it, all of it before a look at it. Connections
 * can be made at any time, so nothing waits for them.
 */
export function needs(step: StepKey): StepKey[] {
  if (step === 'identity') return []
  if (step === 'verify' || step === 'live')
    return steps.slice(0, steps.indexOf(step)).filter((one) => one !== 'connect')
  // What it begins with is laid under what is its own.
  return step === 'start' ? ['identity'] : ['identity', 'start']
}

/** The next step that can go on by itself; null where all wait for a person. One that a stopped cloud left running too. */
export function nextToRun({ state, steps: states }: Pick<OnboardingRecord, 'state' | 'steps'>): StepKey | null {
  if (state !== 'open') return null
  return (
    steps.find((step) => {
      const { state: now } = states[step]
      return (now === 'queued' || now === 'running') && needs(step).every((one) => isSettled(states[one]))
    }) ?? null
  )
}

interface Row extends Omit<OnboardingRecord, 'answers' | 'steps'> {
  answers: Record<string, unknown>
  /** Those that there were when it was written. */
  steps: Partial<StepStates>
}

const columns = (tx: Transaction) => {
  const instant = (name: string) => tx`to_char(${tx(name)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
  return tx`
    id, tenant_id as "tenantId", name, state, revision, answers, steps, console_checks as "consoleChecks", reason, started_by as "startedById",
    started_by_name as "startedBy", ${instant('started_at')} as "startedAt", changed_by_name as "changedBy",
    ${instant('changed_at')} as "changedAt", ${instant('ended_at')} as "endedAt"`
}

/**
 * Reads one in the organisation's scope, and holds it to the end of the transaction where asked.
 * @throws ProblemError `not-found`
 */
export async function readRecord(tx: Transaction, id: string, hold = false): Promise<OnboardingRecord> {
  const [row] = await tx<Row[]>`select ${columns(tx)} from onboarding where id = ${id} ${hold ? tx`for update` : tx``}`
  if (!row) throw new ProblemError('not-found', { what: 'This onboarding' })
  return recordOf(row)
}

/** Those that are under way, and the last that ended. */
export async function readRecords(tx: Transaction): Promise<OnboardingRecord[]> {
  const rows = await tx<Row[]>`
    select ${columns(tx)} from onboarding order by ended_at is not null, coalesce(ended_at, started_at) desc limit 200`
  return rows.map(recordOf)
}

function recordOf(row: Row): OnboardingRecord {
  const known = Object.entries(row.answers).flatMap(([key, answer]) => {
    const step = StepKey.safeParse(key)
    const parsed = step.success ? answerOf[step.data].safeParse(answer) : null
    return parsed?.success ? [[key, parsed.data]] : []
  })
  const reason = 'There was no such step then'
  const newer: StepState =
    row.endedAt === null ? UNTOUCHED : { ...UNTOUCHED, state: 'skipped', skipped: { reason, by: row.changedBy } }
  const states = Object.fromEntries(steps.map((step) => [step, row.steps[step] ?? newer])) as StepStates
  return { ...row, steps: states, answers: Object.fromEntries(known) as Answers }
}

/** Writes what a person or the cloud did to one that is held. */
export async function writeRecord(tx: Transaction, record: OnboardingRecord): Promise<void> {
  const busy = record.state === 'cancelling' || nextToRun(record) !== null
  await tx`
    update onboarding set name = ${record.name}, state = ${record.state}, revision = ${record.revision},
      answers = ${JSON.stringify(record.answers)}::text::json, steps = ${JSON.stringify(record.steps)}::text::json,
      console_checks = ${JSON.stringify(record.consoleChecks)}::text::json, busy = ${busy}, reason = ${record.reason}, changed_by_name = ${record.changedBy}, changed_at = ${record.changedAt},
      ended_at = ${record.endedAt}
    where id = ${record.id}`
}

/** Inserts a new one. */
export async function insertRecord(tx: Transaction, record: OnboardingRecord): Promise<void> {
  await tx`
    insert into onboarding (organisation_id, id, tenant_id, name, state, answers, steps, busy, started_by, started_by_name,
      changed_by_name)
    values (bulkhead.current_organisation(), ${record.id}, ${record.tenantId}, ${record.name}, ${record.state},
      ${JSON.stringify(record.answers)}::text::json, ${JSON.stringify(record.steps)}::text::json,
      ${nextToRun(record) !== null}, ${record.startedById}, ${record.startedBy}, ${record.changedBy})`
}

/** One as a list tells it. */
export function summaryOf(record: OnboardingRecord): OnboardingSummary {
  const { id, tenantId, name, state, revision, startedBy, startedAt, changedBy, changedAt, endedAt } = record
  const done = Object.values(record.steps).filter(isSettled).length
  return {
    id,
    tenantId,
    name,
    state,
    revision,
    startedBy,
    startedAt,
    changedBy,
    changedAt,
    endedAt,
    done,
    of: steps.length,
  }
}

/** One with everything in it. */
export function viewOf(record: OnboardingRecord): OnboardingView {
  const waits = (step: StepKey) => step !== 'connect' && ['waiting', 'failed'].includes(record.steps[step].state)
  const { connect, ...answers } = record.answers
  return {
    ...summaryOf(record),
    steps: record.steps,
    answers,
    connections: connect ?? null,
    next: record.state === 'open' ? (steps.find(waits) ?? null) : null,
    reason: record.reason,
  }
}
