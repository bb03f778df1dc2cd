import type { ComponentType } from 'react'
import type { OnboardingChoices } from '../../../src-main/console/onboarding-router.ts'
import type { ClientSummary } from '../../../src-shared/domain/views.ts'
import type { OnboardingSummary, OnboardingView } from '../../../src-shared/protocol/onboarding.ts'
import type { SettingsView } from '../../../src-shared/protocol/settings.ts'

/** What a step's form knows beside its own draft. */
export interface StepContext {
  id: string
  /** Null before the first step was sent. */
  view: OnboardingView | null
  me: { name: string; email: string }
  choices: OnboardingChoices | null
  /** The new client's settings as they are; null where they cannot be had. */
  settings: SettingsView | null
  clients: ReadonlyMap<string, ClientSummary>
  /** The other onboardings that are under way. */
  others: readonly OnboardingSummary[]
}

export interface StepFormProps<Draft> {
  draft: Draft
  context: StepContext
  change(part: Partial<Draft>): void
}

/** One step as the wizard shows it. A draft is plain data: it is kept as JSON while it is typed. */
export interface StepDefinition<Draft extends object> {
  /** The verb on the button. */
  action: string
  /** Sensible values, and what was answered before. */
  begin(context: StepContext, answer: unknown): Draft
  /** What keeps the draft from being an answer, as a sentence; null where nothing does. */
  missing(draft: Draft, context: StepContext): string | null
  /** The answer as the cloud takes it. */
  answer(draft: Draft, context: StepContext): unknown
  Form: ComponentType<StepFormProps<Draft>>
}

/** A draft that is kept, over the values that a form begins with; nothing of one that cannot be read. */
export function draftOver<Draft extends object>(begin: Draft, kept: string | undefined): Draft {
  try {
    const parsed: unknown = JSON.parse(kept ?? '{}')
    return typeof parsed === 'object' && parsed !== null ? { ...begin, ...parsed } : begin
  } catch {
    return begin
  }
}

/** Words of a line between commas, semicolons or lines. */
export function wordsOf(text: string): string[] {
  return text
    .split(/[,;\n]/)
    .map((word) => word.trim())
    .filter(Boolean)
}
