import { z } from 'zod'
import { Id, Instant } from '../domain/primitives.ts'
import { ConnectAnswer, OnboardingFile, SomeAnswers, StepKey } from '../onboarding/answers.ts'

const Reason = z.string().trim().min(3, { error: 'says why, in three letters or more' }).max(500)
const Revision = z.number().int().positive()
const Problem = z.object({ code: z.string(), message: z.string(), retry: z.boolean() })

/** One thing that verification looked at. `warning` does not stand in the way of going live. */
export const Check = z.object({
  key: z.string(),
  label: z.string(),
  state: z.enum(['waiting', 'passed', 'warning', 'failed']),
  detail: z.string(),
  /** Who can look: absent for the cloud. */
  where: z.literal('console').optional(),
  /** Of a console's: whose it was, and when. */
  by: z.string().optional(),
  at: Instant.optional(),
})
export type Check = z.infer<typeof Check>

/** What only a console can look at, since the cloud has none of it: keys, secrets and the trail of what was done. */
export const consoleChecks = {
  sync: 'The client’s compartment is made, and in step with the cloud',
  reveal: 'Revealing a secret leaves a trace',
  audit: 'The audit trail is whole',
  sealed: 'What is stored opens with the client’s own key alone',
  recovery: 'A recovery file brings the keys back',
} as const
export const ConsoleCheckKey = z.enum(Object.keys(consoleChecks) as (keyof typeof consoleChecks)[])
export type ConsoleCheckKey = z.infer<typeof ConsoleCheckKey>

/** What a console found. */
export const ReportedCheck = z.strictObject({
  key: ConsoleCheckKey,
  state: z.enum(['passed', 'warning', 'failed']),
  /** One sentence, without secrets. */
  detail: z.string().trim().min(1).max(500),
})
export type ReportedCheck = z.infer<typeof ReportedCheck>
export const ReportChecks = z.strictObject({
  checks: z.array(ReportedCheck).min(1).max(ConsoleCheckKey.options.length),
})

export const StepState = z.object({
  /** `waiting` for an answer; `queued` and `running` go on by themselves; `failed` waits for a retry or another answer. */
  state: z.enum(['waiting', 'queued', 'running', 'done', 'failed', 'skipped']),
  /** Tries since the answer. */
  attempts: z.number().int().nonnegative(),
  startedAt: Instant.nullable(),
  endedAt: Instant.nullable(),
  problem: Problem.nullable(),
  skipped: z.object({ reason: z.string(), by: z.string() }).nullable(),
  /** What came of it, in sentences. */
  notes: z.array(z.string()),
  /** Of the step `verify`. */
  checks: z.array(Check).optional(),
})
export type StepState = z.infer<typeof StepState>

export const OnboardingState = z.enum(['open', 'live', 'cancelling', 'cancelled'])

/** An onboarding in a list. */
export const OnboardingSummary = z.object({
  id: Id,
  /** The client, which is there once `identity` is done. */
  tenantId: Id,
  name: z.string(),
  state: OnboardingState,
  /** Counts what people did; an answer names it. */
  revision: Revision,
  startedBy: z.string(),
  startedAt: Instant,
  /** Who did something last. */
  changedBy: z.string(),
  changedAt: Instant,
  endedAt: Instant.nullable(),
  done: z.number().int(),
  of: z.number().int(),
})
export type OnboardingSummary = z.infer<typeof OnboardingSummary>
export const OnboardingList = z.object({ onboardings: z.array(OnboardingSummary) })

/** An onboarding with everything in it. */
export const OnboardingView = OnboardingSummary.extend({
  steps: z.object(
    Object.fromEntries(StepKey.options.map((key) => [key, StepState])) as Record<StepKey, typeof StepState>,
  ),
  /** But for the step `connect`, which consoles from before it would not take among them. */
  answers: z.partialRecord(StepKey, z.unknown()),
  /** The answer of the step `connect`. */
  connections: ConnectAnswer.nullish(),
  /** The first step that waits for a person; null where none does. Never `connect`, which keeps nothing from going live. */
  next: StepKey.nullable(),
  /** Why it was cancelled. */
  reason: z.string().nullable(),
})
export type OnboardingView = z.infer<typeof OnboardingView>

/** Starts one: with a whole file, with some answers, or with none. */
export const StartOnboarding = z.strictObject({
  /** Chosen by whoever starts it: sent twice it starts one. */
  id: Id,
  answers: SomeAnswers.default({}),
  file: OnboardingFile.optional(),
  /** Of a file: says what it would come to, and writes nothing. */
  dryRun: z.boolean().default(false),
})
export type StartOnboarding = z.input<typeof StartOnboarding>

/** What a file would come to. Nothing was written. */
export const OnboardingPreview = z.object({
  preview: z.object({
    name: z.string(),
    shortName: z.string(),
    timeZone: z.string(),
    /** What the client would have of its own, and where the rest comes from. */
    own: z.array(z.string()),
    template: z.string().nullable(),
    people: z.array(z.string()),
    proof: z.string().nullable(),
    notes: z.array(z.string()),
  }),
})
export type OnboardingPreview = z.infer<typeof OnboardingPreview>

/** The answer has the form of its step. */
export const AnswerStep = z.strictObject({ revision: Revision, answer: z.unknown() })
export const RetryStep = z.strictObject({ revision: Revision })
export const SkipStep = z.strictObject({ revision: Revision, reason: Reason })
export const CancelOnboarding = z.strictObject({ revision: Revision, reason: Reason })

/** `event: onboarding` of the event stream: this onboarding, or offboarding, has moved on; ask for it again. */
export const OnboardingEvent = z.object({ id: Id })
export type OnboardingEvent = z.infer<typeof OnboardingEvent>

/** What happened in the first seven days of a client, for whoever watches over them. Numbers of tickets, not their words. */
export const FirstWeek = z.object({
  since: Instant,
  until: Instant,
  /** Of 7. */
  day: z.number().int(),
  over: z.boolean(),
  /** Those that were opened since it is live, imported ones not counted. */
  tickets: z.object({
    opened: z.number().int(),
    open: z.number().int(),
    /** Of the open ones, those to which no technician has replied in public. */
    unanswered: z.number().int().default(0),
  }),
  /** Targets that were missed, or are over while they run. */
  breaches: z.object({
    count: z.number().int(),
    first: z.array(z.object({ ticket: z.number().int(), target: z.enum(['first-response', 'resolution']) })),
  }),
  escalations: z.number().int(),
  /** Edits that the cloud did not take as they were. */
  failedEdits: z.object({ rejected: z.number().int(), conflicts: z.number().int() }),
  /** Imports that wait, failed, or have rows that were not taken. */
  importLeftovers: z.array(z.object({ name: z.string(), state: z.string(), rows: z.number().int() })),
  /** Checks of its verification, of which `unverified` did not pass. */
  checks: z.number().int().default(0),
  unverified: z.array(z.object({ label: z.string(), detail: z.string() })),
})
export type FirstWeek = z.infer<typeof FirstWeek>
