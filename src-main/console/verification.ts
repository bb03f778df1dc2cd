import { z } from 'zod'
import { problemOf, ProblemError } from '../../src-shared/problem.ts'
import { paths } from '../../src-shared/protocol/api.ts'
import { OnboardingView, ReportedCheck } from '../../src-shared/protocol/onboarding.ts'
import type { CompartmentProcess } from '../supervisor/compartment-process.ts'
import type { TechnicianSession } from './technician-session.ts'

/** What verifying a client from here takes. */
export interface VerificationDesk {
  session: TechnicianSession
  /** Whether the client is in the list of this console. */
  knows(tenantId: string): boolean
  /** Wakes the client's compartment, and waits until it has synced. @returns whether it did */
  sync(tenantId: string): Promise<boolean>
  wake(tenantId: string): Promise<CompartmentProcess>
  /** Makes a recovery file in memory and reads it back; see {@link KeyActs.checkRecovery}. */
  checkRecovery(tenantId: string): Promise<Pick<ReportedCheck, 'state' | 'detail'>>
}

/**
 * Makes the checks of an onboarding that the cloud cannot make, with the client's own compartment, and reports them.
 * @returns the onboarding with what was found
 * @throws ProblemError `not-found`, `step-not-ready` before the client is there, or what keeps the cloud from answering
 */
export async function runChecks(desk: VerificationDesk, onboardingId: string): Promise<OnboardingView> {
  const { tenantId, steps } = await desk.session.ask(paths.onboarding(onboardingId), OnboardingView)
  if (steps.identity.state !== 'done')
    throw new ProblemError('step-not-ready', { reason: 'The client is not there yet. Finish the step Identity first.' })
  if (!desk.knows(tenantId)) throw new ProblemError('not-found', { what: 'This client in your list' })
  const checks: ReportedCheck[] = [
    { key: 'sync', ...(await looked(() => inStep(desk, tenantId))) },
    ...(await inside(desk, tenantId)),
    { key: 'recovery', ...(await looked(() => desk.checkRecovery(tenantId))) },
  ]
  return desk.session.ask(paths.onboardingChecks(onboardingId), OnboardingView, { method: 'POST', body: { checks } })
}

type Found = Pick<ReportedCheck, 'state' | 'detail'>

async function looked(look: () => Promise<Found>): Promise<Found> {
  return look().catch((error: unknown) => ({ state: 'failed', detail: problemOf(error).message }))
}

async function inStep(desk: VerificationDesk, tenantId: string): Promise<Found> {
  if (!(await desk.sync(tenantId)))
    return { state: 'failed', detail: 'The first sync of the compartment did not end. Run the checks again.' }
  return { state: 'passed', detail: 'It has its own key and files here, and has loaded what the cloud has.' }
}

/** What the compartment itself finds. */
async function inside(desk: VerificationDesk, tenantId: string): Promise<ReportedCheck[]> {
  try {
    const compartment = await desk.wake(tenantId)
    const { promise, resolve, reject } = Promise.withResolvers<string>()
    compartment.call('mutation', 'selfCheck', '', (op, payload) =>
      op === 'data' ? resolve(payload) : reject(new ProblemError('compartment-unresponsive')),
    )
    return z.array(ReportedCheck).parse(JSON.parse(await promise))
  } catch (error) {
    const found = { state: 'failed' as const, detail: problemOf(error).message }
    return (['reveal', 'sealed', 'audit'] as const).map((key) => ({ key, ...found }))
  }
}
