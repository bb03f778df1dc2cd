import type { OnboardingFile, StepKey } from '../../src-shared/onboarding/answers.ts'
import { shortNameOf } from '../../src-shared/onboarding/filling-in.ts'
import { problemOf, ProblemError } from '../../src-shared/problem.ts'
import type { OnboardingPreview } from '../../src-shared/protocol/onboarding.ts'
import { asOrganisation } from '../database/as.ts'
import type { Sql, Transaction } from '../database/connect.ts'
import { viewSettings } from '../settings/client.ts'
import type { TemplateShelf } from '../templates/templates.ts'
import { startOnboarding } from './act.ts'
import { applySteps, useOrganisation } from './apply.ts'
import { viewOf } from './record.ts'

/** What a dry run does of an onboarding. */
const STEPS = ['identity', 'start', 'hours', 'service', 'inheritance', 'people', 'connect'] as const satisfies StepKey[]

/** Carries the answer out of a transaction that is taken back. */
class TakenBack extends Error {
  readonly answer: OnboardingPreview
  constructor(answer: OnboardingPreview) {
    super('taken back')
    this.answer = answer
  }
}

/**
 * Tells what a file would come to, by doing it and taking all of it back.
 * @throws ProblemError what stands in the way, with the step where it does
 */
export async function previewOnboarding(
  api: Sql,
  identity: { organisation: string; technician: string },
  shelf: TemplateShelf,
  start: { id: string; file: OnboardingFile },
): Promise<OnboardingPreview> {
  try {
    await asOrganisation(api, identity.organisation, async (tx) => {
      throw new TakenBack(await doAll(tx, identity, shelf, start))
    })
    throw new ProblemError('internal')
  } catch (error) {
    if (error instanceof TakenBack) return error.answer
    throw error
  }
}

async function doAll(
  tx: Transaction,
  { organisation, technician }: { organisation: string; technician: string },
  shelf: TemplateShelf,
  start: { id: string; file: OnboardingFile },
): Promise<OnboardingPreview> {
  const record = await startOnboarding(tx, technician, { ...start, answers: {}, dryRun: true })
  if (record.state !== 'open' || viewOf(record).done > 0)
    throw new ProblemError('onboarding-over', { state: record.state })
  const notes: string[] = []
  for (const step of STEPS) {
    const answer = record.answers[step]
    if (answer === undefined) continue
    await useOrganisation(tx, organisation)
    const apply = applySteps[step] as (...given: unknown[]) => Promise<string[]>
    try {
      notes.push(...(await apply({ tx, organisation, record, shelf }, answer)))
    } catch (error) {
      const { code, message } = problemOf(error)
      throw code === 'invalid-input' ? new ProblemError(code, { reason: `${step}: ${message}` }) : error
    }
  }
  await tx`select bulkhead.use_tenant(${record.tenantId})`
  const [view, people] = [
    await viewSettings(tx),
    await tx<{ name: string; may: string }[]>`
      select data ->> 'name' as name, array_to_string(may, ', ') as may from tenant_technician where not deleted order by 1`,
  ]
  const [client] = await tx<
    { timeZone: string }[]
  >`select time_zone as "timeZone" from tenant where id = ${record.tenantId}`
  const { name, shortName } = start.file.identity
  return {
    preview: {
      name,
      shortName: shortName ?? shortNameOf(name),
      timeZone: client?.timeZone ?? '',
      own: Object.entries(view.settings)
        .filter(([, { origin }]) => origin === 'client')
        .map(([key]) => key),
      template: view.template?.name ?? null,
      people: people.map((one) => `${one.name} (${one.may})`),
      proof: view.proof,
      notes,
    },
  }
}
