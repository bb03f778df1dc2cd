import { initTRPC } from '@trpc/server'
import { z } from 'zod'
import { paths } from '../../src-shared/protocol/api.ts'
import { problemOf, ProblemError } from '../../src-shared/problem.ts'
import { TechnicianList } from '../../src-shared/protocol/session.ts'
import {
  DefaultsUses,
  DefaultsView,
  SettingsChange,
  SettingsChanged,
  SettingsHistory,
  SettingsRestore,
  TemplateList,
} from '../../src-shared/protocol/settings.ts'
import { problemsOf, SettingsCheck } from '../../src-shared/settings/problems.ts'
import { readSettingsFile, settingsFile, SettingsText } from '../settings-files/file.ts'
import type { SettingsDraft } from './settings-draft.ts'
import type { TechnicianSession } from './technician-session.ts'

/** What the organisation gives to all of its clients; see docs/onboarding.md. */
export class Defaults {
  readonly #session: TechnicianSession

  readonly #draft: SettingsDraft

  constructor(session: TechnicianSession, draft: SettingsDraft) {
    this.#session = session
    this.#draft = draft
  }

  draft = () => this.#draft.read()
  keepDraft = (draft: string) => this.#draft.keep(draft)

  uses = () => this.#told(() => this.#session.ask(paths.defaultsUses, DefaultsUses))
  file = async () => {
    const { settings, builtIn } = await this.view()
    return settingsFile(settings, builtIn)
  }

  view = () => this.#told(() => this.#session.ask(paths.defaults, DefaultsView))
  history = () => this.#told(() => this.#session.ask(paths.defaultsHistory, SettingsHistory))
  templates = () => this.#told(() => this.#session.ask(paths.templates, TemplateList))
  technicians = () => this.#told(() => this.#session.ask(paths.technicians, TechnicianList))
  change = (body: SettingsChange) =>
    this.#told(() => this.#session.ask(paths.defaults, SettingsChanged, { method: 'POST', body }))
  restore = (body: SettingsRestore) =>
    this.#told(() => this.#session.ask(paths.defaultsRestore, SettingsChanged, { method: 'POST', body }))

  async #told<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      if (problemOf(error).code === 'cloud-unreachable')
        throw new ProblemError('settings-offline', {}, { cause: error })
      throw error
    }
  }
}

/** Characters of a draft, with the values of before. */
const MAX_DRAFT = 4_000_000
const t = initTRPC.context<{ defaults(): Defaults }>().create()

/** The organisation's defaults, bound to no client. */
export const defaultsRouter = t.router({
  view: t.procedure.query(({ ctx }) => ctx.defaults().view()),
  history: t.procedure.query(({ ctx }) => ctx.defaults().history()),
  templates: t.procedure.query(({ ctx }) => ctx.defaults().templates()),
  technicians: t.procedure.query(({ ctx }) => ctx.defaults().technicians()),
  /** What is typed and not saved; empty for nothing. It stays on this machine. */
  draft: t.procedure.query(({ ctx }) => ctx.defaults().draft()),
  keepDraft: t.procedure
    .input(z.object({ draft: z.string().max(MAX_DRAFT) }))
    .mutation(({ ctx, input }) => ctx.defaults().keepDraft(input.draft)),
  check: t.procedure.input(SettingsCheck).query(({ input }) => problemsOf(input)),
  uses: t.procedure.query(({ ctx }) => ctx.defaults().uses()),
  file: t.procedure.query(({ ctx }) => ctx.defaults().file()),
  readFile: t.procedure.input(SettingsText).mutation(({ input }) => readSettingsFile(input.text)),
  /** Also a dry run. */
  change: t.procedure.input(SettingsChange).mutation(({ ctx, input }) => ctx.defaults().change(input)),
  restore: t.procedure.input(SettingsRestore).mutation(({ ctx, input }) => ctx.defaults().restore(input)),
})
