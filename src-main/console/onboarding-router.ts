import { initTRPC } from '@trpc/server'
import { z } from 'zod'
import { Id } from '../../src-shared/domain/primitives.ts'
import { SomeAnswers, StepKey } from '../../src-shared/onboarding/answers.ts'
import type { FirstWeek, OnboardingSummary, OnboardingView } from '../../src-shared/protocol/onboarding.ts'
import type { TechnicianOfOrganisation } from '../../src-shared/protocol/session.ts'
import type { SettingsView, TemplateList } from '../../src-shared/protocol/settings.ts'
import { LayerValues } from '../../src-shared/settings/settings.ts'
import type { Problem } from '../../src-shared/problem.ts'

/** The onboardings that there are. */
export interface OnboardingsList {
  /** Null where the cloud has not told them since the console was opened. */
  onboardings: OnboardingSummary[] | null
  /** Those of which something was typed here and not sent; `name` is empty where none was typed yet. */
  drafts: { id: string; name: string; at: string }[]
  /** Why the list is not the newest. */
  problem: Problem | null
}

/** One onboarding, with what was typed about it on this computer and not sent. */
export interface OnboardingHere {
  /** Null where the cloud knows of none (yet), or does not answer and never told. */
  view: OnboardingView | null
  /** JSON text by step. */
  drafts: Partial<Record<StepKey, string>>
  /** Why the view is not the newest. */
  problem: Problem | null
}

/** What answers choose from. */
export interface OnboardingChoices extends TemplateList {
  technicians: TechnicianOfOrganisation[]
}

/** A client in its first seven days, and what happened there. */
export interface WeekHere {
  /** Of the onboarding. */
  id: string
  name: string
  week: FirstWeek
}

/** What the onboarding procedures act on. Each but `drafts` needs the cloud, and says so where it does not answer. */
export interface OnboardingApi {
  list(): Promise<OnboardingsList>
  one(id: string): Promise<OnboardingHere>
  choices(): Promise<OnboardingChoices>
  /** The client's settings as they are now; null before there is a client, and for who does not work for it. */
  settings(id: string): Promise<SettingsView | null>
  /** What would come of values of the client's own. @returns the sentence that proves its hours, null for none */
  tryOut(input: { id: string; set: z.input<typeof LayerValues> }): Promise<string | null>
  /** Sent twice it starts one. */
  start(input: { id: string; answers: z.input<typeof SomeAnswers> }): Promise<OnboardingView>
  answer(input: z.input<typeof AnswerInput>): Promise<OnboardingView>
  /** Answers every step that waits, but the sign-off, with what is inherited. */
  rest(input: z.input<typeof ActInput>): Promise<OnboardingView>
  retry(input: z.input<typeof StepInput>): Promise<OnboardingView>
  skip(input: z.input<typeof SkipInput>): Promise<OnboardingView>
  cancel(input: z.input<typeof CancelInput>): Promise<OnboardingView>
  /** The answers as a file that would give them. */
  file(id: string): Promise<{ name: string; text: string }>
  /** One page for the client that is live, as PDF in base64. */
  page(id: string): Promise<{ name: string; data: string }>
  /** Those that went live within seven days, the newest first. */
  weeks(): Promise<WeekHere[]>
  /** Keeps what is being typed; null forgets it. */
  keepDraft(input: z.input<typeof DraftInput>): void
  forget(id: string): void
  /** Ids of those that have moved on; `*` for any of them. */
  watch(signal: AbortSignal | undefined): AsyncIterable<string[]>
}

const One = z.object({ id: Id })
const ActInput = One.extend({ revision: z.number().int().positive() })
const StepInput = ActInput.extend({ step: StepKey })
/** The cloud reads the answer: it says which part of it is wrong. */
const AnswerInput = StepInput.extend({ answer: z.unknown() })
const Reason = z.string().trim().min(3, { error: 'Say why, in three letters or more' }).max(500)
const SkipInput = StepInput.extend({ reason: Reason })
const CancelInput = ActInput.extend({ reason: Reason })
const DraftInput = One.extend({ step: StepKey, draft: z.string().max(1_000_000).nullable() })

const t = initTRPC.context<{ onboarding(): OnboardingApi }>().create()

/** Bringing clients in: of the organisation, bound to no client. */
export const onboardingRouter = t.router({
  list: t.procedure.query(({ ctx }) => ctx.onboarding().list()),
  one: t.procedure.input(One).query(({ ctx, input }) => ctx.onboarding().one(input.id)),
  choices: t.procedure.query(({ ctx }) => ctx.onboarding().choices()),
  settings: t.procedure.input(One).query(({ ctx, input }) => ctx.onboarding().settings(input.id)),
  tryOut: t.procedure.input(One.extend({ set: LayerValues })).query(({ ctx, input }) => ctx.onboarding().tryOut(input)),
  start: t.procedure
    .input(One.extend({ answers: SomeAnswers }))
    .mutation(({ ctx, input }) => ctx.onboarding().start(input)),
  answer: t.procedure.input(AnswerInput).mutation(({ ctx, input }) => ctx.onboarding().answer(input)),
  rest: t.procedure.input(ActInput).mutation(({ ctx, input }) => ctx.onboarding().rest(input)),
  retry: t.procedure.input(StepInput).mutation(({ ctx, input }) => ctx.onboarding().retry(input)),
  skip: t.procedure.input(SkipInput).mutation(({ ctx, input }) => ctx.onboarding().skip(input)),
  cancel: t.procedure.input(CancelInput).mutation(({ ctx, input }) => ctx.onboarding().cancel(input)),
  file: t.procedure.input(One).query(({ ctx, input }) => ctx.onboarding().file(input.id)),
  page: t.procedure.input(One).query(({ ctx, input }) => ctx.onboarding().page(input.id)),
  weeks: t.procedure.query(({ ctx }) => ctx.onboarding().weeks()),
  keepDraft: t.procedure.input(DraftInput).mutation(({ ctx, input }) => ctx.onboarding().keepDraft(input)),
  forget: t.procedure.input(One).mutation(({ ctx, input }) => ctx.onboarding().forget(input.id)),
  watch: t.procedure.subscription(({ ctx, signal }) => ctx.onboarding().watch(signal)),
})
