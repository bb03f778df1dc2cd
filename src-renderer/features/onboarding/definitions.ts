import type { StepKey } from '../../../src-shared/onboarding/answers.ts'
import type { StepDefinition } from './step.ts'
import { connectStep } from './steps/connect.tsx'
import { hoursStep } from './steps/hours.tsx'
import { identityStep } from './steps/identity.tsx'
import { inheritanceStep } from './steps/inheritance.tsx'
import { liveStep } from './steps/live.tsx'
import { peopleStep } from './steps/people.tsx'
import { serviceStep } from './steps/service.tsx'
import { startStep } from './steps/start.tsx'
import { verifyStep } from './steps/verify.tsx'

/** Each step as the wizard shows it. Their drafts differ; nobody but the step looks into one. */
export const definitions = {
  ...{ identity: identityStep, start: startStep, hours: hoursStep, service: serviceStep },
  ...{ inheritance: inheritanceStep, people: peopleStep, connect: connectStep, verify: verifyStep, live: liveStep },
} as unknown as Record<StepKey, StepDefinition<object>>
