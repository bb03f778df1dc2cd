import type { StepKey } from '../../src-shared/onboarding/answers.ts'
import { problemOf, ProblemError } from '../../src-shared/problem.ts'
import type { Check, StepState } from '../../src-shared/protocol/onboarding.ts'
import type { Announcements } from '../announcements.ts'
import { asOrganisation } from '../database/as.ts'
import type { Sql } from '../database/connect.ts'
import type { TemplateShelf } from '../templates/templates.ts'
import { applySteps, useOrganisation } from './apply.ts'
import { reportedChecks, verified } from './console-checks.ts'
import { nextToRun, readRecord, writeRecord, type OnboardingRecord } from './record.ts'
import { probes, waitingChecks } from './verify.ts'

/** What running takes. */
export interface RunContext {
  /** As the owner, for what takes a whole tenant back. */
  owner: Sql
  api: Sql
  shelf: TemplateShelf
  announcements: Pick<Announcements, 'follow'>
}

/** Tries of a step that fails for no reason that a person could do something about. */
const ATTEMPTS = 5

/**
 * Goes on with an onboarding as far as nobody is asked. Each step commits what it did and that it did it together, so
 * that a step which a stop interrupted is done again from its beginning, and one that is done is not done twice.
 */
export async function goOn(context: RunContext, organisation: string, id: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const step = await beginStep(context, organisation, id)
    if (step === null) return
    if (step === 'cancel') return cancelWhole(context, organisation, id)
    try {
      if (step === 'verify') await verify(context, organisation, id, signal)
      else await applyStep(context, organisation, id, step)
    } catch (error) {
      await endFailed(context, organisation, id, step, error)
    }
  }
}

/** Marks the next step as running, so that it shows. */
async function beginStep({ api }: RunContext, organisation: string, id: string): Promise<StepKey | 'cancel' | null> {
  return asOrganisation(api, organisation, async (tx) => {
    const record = await readRecord(tx, id, true)
    if (record.state === 'cancelling') return 'cancel'
    const step = nextToRun(record)
    if (step === null) {
      await writeRecord(tx, record)
      return null
    }
    const { attempts } = record.steps[step]
    put(record, step, { state: 'running', attempts: attempts + 1, startedAt: new Date().toISOString(), problem: null })
    await writeRecord(tx, record)
    return step
  })
}

async function applyStep(
  { api, shelf }: RunContext,
  organisation: string,
  id: string,
  step: Exclude<StepKey, 'verify'>,
): Promise<void> {
  await asOrganisation(api, organisation, async (tx) => {
    // Held to the end: who cancels or answers anew waits for it, and another process that is at the same step too.
    const record = await readRecord(tx, id, true)
    if (nextToRun(record) !== step) return
    const apply = applySteps[step] as (...given: unknown[]) => Promise<string[]>
    const notes = await apply({ tx, organisation, record, shelf }, record.answers[step])
    await useOrganisation(tx, organisation)
    put(record, step, { state: 'done', endedAt: new Date().toISOString(), notes, problem: null })
    if (step === 'identity') record.name = record.answers.identity?.name ?? record.name
    if (step === 'live') Object.assign(record, { state: 'live', endedAt: new Date().toISOString() })
    await writeRecord(tx, record)
  })
}

/** Looks at one thing after the other, each on view as soon as it was looked at. */
async function verify(
  { api, owner, announcements }: RunContext,
  organisation: string,
  id: string,
  signal: AbortSignal,
): Promise<void> {
  const { tenantId } = await asOrganisation(api, organisation, (tx) => readRecord(tx, id))
  let checks = waitingChecks()
  const announced: number[] = []
  for (const { key, look } of probes) {
    signal.throwIfAborted()
    const [state, detail] = await look({ api, owner, organisation, tenantId, announcements, announced })
    checks = checks.map((check): Check => (check.key === key ? { ...check, state, detail } : check))
    const over = probes.at(-1)?.key === key
    const goesOn = await asOrganisation(api, organisation, async (tx) => {
      const record = await readRecord(tx, id, true)
      if (nextToRun(record) !== 'verify') return false
      const all = [...checks, ...reportedChecks(record.consoleChecks)]
      put(record, 'verify', over ? { ...verified(all), endedAt: new Date().toISOString() } : { checks: all })
      await writeRecord(tx, record)
      return true
    })
    if (!goesOn) return
  }
}

/** A reason that a person can do something about ends the step; anything else is tried again later. */
async function endFailed(
  { api }: RunContext,
  organisation: string,
  id: string,
  step: StepKey,
  error: unknown,
): Promise<void> {
  const known = error instanceof ProblemError && error.problem.code !== 'internal'
  const again = await asOrganisation(api, organisation, async (tx) => {
    const record = await readRecord(tx, id, true)
    if (record.steps[step].state !== 'running') return false
    const last = known || record.steps[step].attempts >= ATTEMPTS
    const endedAt = new Date().toISOString()
    put(record, step, last ? { state: 'failed', problem: problemOf(error), endedAt } : { state: 'queued' })
    await writeRecord(tx, record)
    return !last
  })
  if (again) throw error
}

/** Takes the tenant back whole; the record of it stays. */
async function cancelWhole({ api, owner }: RunContext, organisation: string, id: string): Promise<void> {
  const { tenantId } = await asOrganisation(api, organisation, (tx) => readRecord(tx, id))
  await owner`select bulkhead.remove_tenant(${organisation}, ${tenantId})`
  await asOrganisation(api, organisation, async (tx) => {
    const record = await readRecord(tx, id, true)
    if (record.state !== 'cancelling') return
    await writeRecord(tx, { ...record, state: 'cancelled', endedAt: new Date().toISOString() })
  })
}

function put(record: OnboardingRecord, step: StepKey, change: Partial<StepState>): void {
  record.steps = { ...record.steps, [step]: { ...record.steps[step], ...change } }
}
