import { answerOf, type Answers, type OnboardingFile, type StepKey } from '../../src-shared/onboarding/answers.ts'
import { ProblemError } from '../../src-shared/problem.ts'
import type { StartOnboarding, StepState } from '../../src-shared/protocol/onboarding.ts'
import type { z } from 'zod'
import { randomUUID } from 'node:crypto'
import type { Transaction } from '../database/connect.ts'
import { sentenceOf } from '../templates/read-template.ts'
import { mustBeFree, wholeIdentity } from './identity.ts'
import {
  begunSteps,
  insertRecord,
  needs,
  QUEUED,
  readRecord,
  UNTOUCHED,
  writeRecord,
  type OnboardingRecord,
} from './record.ts'

function leftOut(reason: string, by: string): StepState {
  return { ...UNTOUCHED, state: 'skipped', skipped: { reason, by } }
}

const STATES = { live: 'live', cancelling: 'being cancelled', cancelled: 'cancelled' } as const

/**
 * Starts an onboarding, in the organisation's scope. Sent twice with the same id it starts one.
 * @throws ProblemError `client-exists`, `domain-taken`, `client-being-onboarded`, `invalid-input`
 */
export async function startOnboarding(
  tx: Transaction,
  technician: string,
  start: z.output<typeof StartOnboarding>,
): Promise<OnboardingRecord> {
  await tx`select bulkhead.own_tenants()`
  const [known] = await tx`select from onboarding where id = ${start.id}`
  if (known) return readRecord(tx, start.id)
  const who = await nameOf(tx, technician)
  const answers = start.file ? answersOf(start.file, who.email) : start.answers
  const tenantId = randomUUID()
  if (answers.identity) {
    wholeIdentity(answers.identity, tenantId)
    await mustBeFree(tx, answers.identity, tenantId, start.id)
  }
  const states = begunSteps(answers)
  const skip = start.file && 'skip' in start.file.verify ? start.file.verify.skip : null
  if (skip !== null) states.verify = leftOut(skip, who.name)
  const at = new Date().toISOString()
  const record: OnboardingRecord = {
    ...{
      id: start.id,
      tenantId,
      name: answers.identity?.name ?? 'A new client',
      state: 'open',
      revision: 1,
      answers,
      steps: states,
      consoleChecks: {},
    },
    ...{
      reason: null,
      startedById: technician,
      startedBy: who.name,
      startedAt: at,
      changedBy: who.name,
      changedAt: at,
      endedAt: null,
    },
  }
  await insertRecord(tx, record)
  return readRecord(tx, start.id)
}

/** The answers that a file stands for. */
export function answersOf(file: OnboardingFile, email: string): Answers {
  const { onboarding: _version, verify, people, ...answers } = file
  const everything = { people: [{ technician: email, may: ['see', 'act', 'reveal'] as ('see' | 'act' | 'reveal')[] }] }
  return { ...answers, people: people ?? everything, ...('skip' in verify ? {} : { verify: {} }) }
}

/** The file that stands for an onboarding's answers; steps that nobody answered are left out. */
export function fileOf({ answers, steps: states }: OnboardingRecord): Record<string, unknown> {
  const { verify: _verify, connect, ...given } = answers
  // What came of trying a credential out was so then, with a secret that no file holds.
  const connections = connect?.connections.map(({ tried: _tried, ...one }) => one)
  const { skipped } = states.verify
  return {
    onboarding: 1,
    ...given,
    ...(connections && { connect: { connections } }),
    ...(skipped && { verify: { skip: skipped.reason } }),
  }
}

/**
 * Takes the answer of a step; what was done with an earlier answer is done anew.
 * @throws ProblemError `onboarding-changed`, `onboarding-over`, `invalid-input`, and what stands against an identity
 */
export async function answerStep(
  tx: Transaction,
  technician: string,
  { id, step, revision, answer }: { id: string; step: StepKey; revision: number; answer: unknown },
): Promise<OnboardingRecord> {
  const record = await heldBy(tx, technician, id, revision)
  const parsed = answerOf[step].safeParse(answer ?? {})
  if (!parsed.success) throw new ProblemError('invalid-input', { reason: `${step}.${sentenceOf(parsed.error)}.` })
  const answers = { ...record.answers, [step]: parsed.data } as Answers
  if (step === 'identity' && answers.identity) {
    await tx`select bulkhead.own_tenants()`
    wholeIdentity(answers.identity, record.tenantId)
    await mustBeFree(tx, answers.identity, record.tenantId, id)
  }
  const missing = step === 'live' ? needs('live').filter((one) => record.steps[one].state === 'waiting') : []
  if (missing.length > 0)
    throw new ProblemError('step-not-ready', { reason: `Answer or skip these first: ${missing.join(', ')}.` })
  const states = { ...record.steps, [step]: QUEUED, ...lookedAtAnew(record, step) }
  if (step === 'live' && states.connect.state === 'waiting')
    states.connect = leftOut('Nothing was connected before it went live', record.changedBy)
  return written(tx, { ...record, answers, steps: states, name: answers.identity?.name ?? record.name })
}

/** Does a failed step again with the answer that it has. @throws ProblemError as {@link answerStep} */
export async function retryStep(
  tx: Transaction,
  technician: string,
  { id, step, revision }: { id: string; step: StepKey; revision: number },
): Promise<OnboardingRecord> {
  const record = await heldBy(tx, technician, id, revision)
  if (record.answers[step] === undefined)
    throw new ProblemError('step-not-ready', { reason: 'Nobody has answered this step yet. Answer it first.' })
  return written(tx, { ...record, steps: { ...record.steps, [step]: QUEUED, ...lookedAtAnew(record, step) } })
}

/** Leaves a step out. @throws ProblemError `step-not-ready` for those that cannot be left out, and as {@link answerStep} */
export async function skipStep(
  tx: Transaction,
  technician: string,
  { id, step, revision, reason }: { id: string; step: StepKey; revision: number; reason: string },
): Promise<OnboardingRecord> {
  const record = await heldBy(tx, technician, id, revision)
  if (step === 'identity' || step === 'live')
    throw new ProblemError('step-not-ready', {
      reason: 'A client needs a name, and goes live by a sign-off: these two cannot be skipped.',
    })
  if (record.steps[step].state === 'done')
    throw new ProblemError('step-not-ready', {
      reason: 'This step is done, so there is nothing to skip. Answer it anew to change it.',
    })
  return written(tx, { ...record, steps: { ...record.steps, [step]: leftOut(reason, record.changedBy) } })
}

/** Begins to take everything back. @throws ProblemError as {@link answerStep} */
export async function cancelOnboarding(
  tx: Transaction,
  technician: string,
  { id, revision, reason }: { id: string; revision: number; reason: string },
): Promise<OnboardingRecord> {
  const record = await heldBy(tx, technician, id, revision)
  return written(tx, { ...record, state: 'cancelling', reason })
}

/** Another answer makes what was verified before it stale. */
function lookedAtAnew({ steps: states }: OnboardingRecord, step: StepKey): Partial<OnboardingRecord['steps']> {
  const stale = needs('verify').includes(step) && (states.verify.state === 'done' || states.verify.state === 'failed')
  return stale ? { verify: QUEUED } : {}
}

/** One that is open and that nobody changed since it was looked at, held, with who acts. */
async function heldBy(tx: Transaction, technician: string, id: string, revision: number): Promise<OnboardingRecord> {
  const record = await readRecord(tx, id, true)
  if (record.state !== 'open') throw new ProblemError('onboarding-over', { state: STATES[record.state] })
  if (record.revision !== revision)
    throw new ProblemError('onboarding-changed', { by: record.changedBy, at: record.changedAt })
  const { name } = await nameOf(tx, technician)
  return { ...record, revision: revision + 1, changedBy: name, changedAt: new Date().toISOString() }
}

async function written(tx: Transaction, record: OnboardingRecord): Promise<OnboardingRecord> {
  await writeRecord(tx, record)
  return record
}

async function nameOf(tx: Transaction, technician: string): Promise<{ name: string; email: string }> {
  const [row] = await tx<{ name: string; email: string }[]>`select name, email from technician where id = ${technician}`
  if (!row) throw new ProblemError('sign-in-expired')
  return row
}
