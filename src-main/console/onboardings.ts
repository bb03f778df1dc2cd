import { stringify } from 'yaml'
import { z } from 'zod'
import { steps, type HoursAnswer, type StepKey } from '../../src-shared/onboarding/answers.ts'
import { problemOf, ProblemError, type Problem } from '../../src-shared/problem.ts'
import { paths } from '../../src-shared/protocol/api.ts'
import { FirstWeek, OnboardingList, OnboardingView } from '../../src-shared/protocol/onboarding.ts'
import { TechnicianList } from '../../src-shared/protocol/session.ts'
import { SettingsChanged, SettingsView, TemplateList } from '../../src-shared/protocol/settings.ts'
import { ChangeSet } from '../channel/subscribe.ts'
import { askCloud, type CloudRequest } from './cloud-api.ts'
import type { CloudWatch } from './cloud-watch.ts'
import { fileNameOf } from '../../src-shared/domain/file-name.ts'
import type { OnboardingApi, OnboardingHere, OnboardingsList, WeekHere } from './onboarding-router.ts'
import type { Registry } from './registry.ts'
import type { TechnicianSession } from './technician-session.ts'

/** Milliseconds that somebody watches over a client that went live, and clients that are watched over at once. */
const WEEK = 7 * 86_400_000
const MOST_WEEKS = 20

export interface OnboardingParts {
  session: TechnicianSession
  registry: Registry
  watch: CloudWatch
  /** Email of whoever works here: may everything at a client, where nobody says otherwise. */
  email: string
}

/**
 * Bringing clients in, as windows ask for it. The cloud does the work and keeps every answer; here is only what it told
 * last, and what was typed and not sent, which outlives the window and the console.
 */
export class Onboardings implements OnboardingApi {
  readonly #parts: OnboardingParts
  readonly #moved = new ChangeSet()
  readonly #closed = new AbortController()
  #listed: OnboardingsList['onboardings'] = null
  readonly #seen = new Map<string, OnboardingView>()

  constructor(parts: OnboardingParts) {
    this.#parts = parts
    parts.watch.on('onboarding', (id) => this.#moved.add([id]))
    parts.watch.on('connected', () => this.#moved.add(['*']))
    parts.watch.on('disconnected', () => this.#moved.add(['*']))
  }

  async list(): Promise<OnboardingsList> {
    const told = await this.#told(async () => {
      this.#listed = (await this.#parts.session.ask(paths.onboardings, OnboardingList)).onboardings
    })
    const drafts = this.#parts.registry.drafts
      .all()
      .map(({ id, at, steps: typed }) => ({ id, at, name: nameIn(typed) }))
    const known = new Set(this.#listed?.map(({ id }) => id))
    return { onboardings: this.#listed, drafts: drafts.filter(({ id }) => !known.has(id)), problem: told }
  }

  async one(id: string): Promise<OnboardingHere> {
    let problem = await this.#told(() => this.#read(id))
    // Typed here and sent by nobody yet: the cloud cannot know it.
    if (problem?.code === 'not-found') {
      this.#seen.delete(id)
      problem = null
    }
    return { view: this.#seen.get(id) ?? null, drafts: this.#parts.registry.drafts.of(id), problem }
  }

  async choices() {
    const { session } = this.#parts
    const [{ technicians }, templates] = await Promise.all([
      session.ask(paths.technicians, TechnicianList),
      session.ask(paths.templates, TemplateList),
    ])
    return { technicians, ...templates }
  }

  async settings(id: string): Promise<SettingsView | null> {
    const { tenantId, steps: states } = this.#seen.get(id) ?? (await this.#read(id))
    if (states.identity.state !== 'done') return null
    return this.#inClient(tenantId, paths.settings, SettingsView)
  }

  async tryOut(input: Parameters<OnboardingApi['tryOut']>[0]): Promise<string | null> {
    try {
      return await this.#tryOut(input)
    } catch (error) {
      // A step that was done in between has changed them.
      if (problemOf(error).code !== 'settings-changed') throw error
      return this.#tryOut(input)
    }
  }

  async #tryOut({ id, set }: Parameters<OnboardingApi['tryOut']>[0]): Promise<string | null> {
    const settings = await this.settings(id)
    const tenantId = this.#seen.get(id)?.tenantId
    if (!settings || !tenantId) return null
    const body = { revision: settings.revision, set, dryRun: true }
    const tried = await this.#inClient(tenantId, paths.settings, SettingsChanged, { method: 'POST', body })
    return tried?.proof ?? null
  }

  async start({ id, answers }: Parameters<OnboardingApi['start']>[0]): Promise<OnboardingView> {
    const view = await this.#act(id, paths.onboardings, { id, answers })
    for (const step of steps) if (answers[step] !== undefined) this.#parts.registry.drafts.keep(id, step, null)
    return view
  }

  async answer({ id, step, revision, answer }: Parameters<OnboardingApi['answer']>[0]): Promise<OnboardingView> {
    const view = await this.#act(id, paths.onboardingStep(id, step), { revision, answer: answer ?? {} })
    this.#parts.registry.drafts.keep(id, step, null)
    return view
  }

  async rest({ id, revision }: Parameters<OnboardingApi['rest']>[0]): Promise<OnboardingView> {
    let view = await this.#read(id)
    if (view.revision !== revision)
      throw new ProblemError('onboarding-changed', { by: view.changedBy, at: view.changedAt })
    for (const step of steps) {
      if (step === 'identity' || step === 'live' || view.steps[step].state !== 'waiting') continue
      view = await this.answer({ id, step, revision: view.revision, answer: this.#inherited(step, view) })
    }
    return view
  }

  retry({ id, step, revision }: Parameters<OnboardingApi['retry']>[0]): Promise<OnboardingView> {
    return this.#act(id, paths.onboardingRetry(id, step), { revision })
  }

  async skip({ id, step, revision, reason }: Parameters<OnboardingApi['skip']>[0]): Promise<OnboardingView> {
    const view = await this.#act(id, paths.onboardingSkip(id, step), { revision, reason })
    this.#parts.registry.drafts.keep(id, step, null)
    return view
  }

  async cancel({ id, revision, reason }: Parameters<OnboardingApi['cancel']>[0]): Promise<OnboardingView> {
    const view = await this.#act(id, paths.onboardingCancel(id), { revision, reason })
    this.forget(id)
    return view
  }

  async file(id: string): Promise<{ name: string; text: string }> {
    const { name } = this.#seen.get(id) ?? (await this.#read(id))
    const answers = await this.#parts.session.ask(paths.onboardingFile(id), z.record(z.string(), z.unknown()))
    return { name: `${fileNameOf(name)}.yaml`, text: stringify(answers) }
  }

  async page(id: string): Promise<{ name: string; data: string }> {
    const { name } = this.#seen.get(id) ?? (await this.#read(id))
    const bytes = await this.#parts.session.bytes(paths.onboardingSummary(id))
    return { name: `${fileNameOf(name)}.pdf`, data: Buffer.from(bytes).toString('base64') }
  }

  async weeks(): Promise<WeekHere[]> {
    const { onboardings } = await this.#parts.session.ask(paths.onboardings, OnboardingList)
    const since = Date.now() - WEEK
    const fresh = onboardings.filter(({ state, endedAt }) => state === 'live' && Date.parse(endedAt ?? '') > since)
    return Promise.all(
      fresh.slice(0, MOST_WEEKS).map(async ({ id, name }) => ({
        ...{ id, name },
        week: await this.#parts.session.ask(paths.onboardingWeek(id), FirstWeek),
      })),
    )
  }

  keepDraft({ id, step, draft }: Parameters<OnboardingApi['keepDraft']>[0]): void {
    this.#parts.registry.drafts.keep(id, step, draft)
  }

  forget(id: string): void {
    for (const step of steps) this.#parts.registry.drafts.keep(id, step, null)
    this.#moved.add([id])
  }

  watch(signal: AbortSignal | undefined): AsyncIterable<string[]> {
    return this.#moved.watch(50, AbortSignal.any([this.#closed.signal, ...(signal ? [signal] : [])]))
  }

  /** Ends what windows watch. */
  close(): void {
    this.#closed.abort()
  }

  /** Whoever is at it may everything; who is on call has to get there. */
  #inherited(step: StepKey, { answers }: OnboardingView): unknown {
    if (step === 'start') return { from: 'empty' }
    if (step !== 'people') return {}
    const { email } = this.#parts
    const { onCall } = (answers.hours ?? {}) as HoursAnswer
    const called = onCall?.technicians.filter((technician) => technician !== email) ?? []
    return {
      people: [
        { technician: email, may: ['see', 'act', 'reveal'] },
        ...called.map((technician) => ({ technician, may: ['see', 'act'] })),
      ],
    }
  }

  /** Does what keeps what the cloud told. @returns why it did not tell it */
  async #told(work: () => Promise<unknown>): Promise<Problem | null> {
    try {
      await work()
      return null
    } catch (error) {
      return problemOf(error)
    }
  }

  async #read(id: string): Promise<OnboardingView> {
    const view = await this.#parts.session.ask(paths.onboarding(id), OnboardingView)
    this.#seen.set(id, view)
    return view
  }

  async #act(id: string, path: string, body: unknown): Promise<OnboardingView> {
    try {
      const view = await this.#parts.session.ask(path, OnboardingView, { method: 'POST', body })
      this.#seen.set(id, view)
      return view
    } finally {
      // Also where it failed: a colleague may have been faster.
      this.#moved.add([id])
    }
  }

  /** Asks a route of the client that is being brought in. @returns null for who does not work for it */
  async #inClient<Schema extends z.ZodType>(
    tenantId: string,
    path: string,
    schema: Schema,
    request: CloudRequest = {},
  ): Promise<z.infer<Schema> | null> {
    const { session } = this.#parts
    try {
      const { token } = await session.tenantToken(tenantId)
      return await askCloud(session.url, path, schema, { ...request, token })
    } catch (error) {
      if (problemOf(error).code === 'not-allowed') return null
      throw error
    }
  }
}

/** The name that was typed into the first step, if any. */
function nameIn(typed: Partial<Record<StepKey, string>>): string {
  try {
    const { name } = JSON.parse(typed.identity ?? '{}') as { name?: unknown }
    return typeof name === 'string' ? name.trim() : ''
  } catch {
    return ''
  }
}
