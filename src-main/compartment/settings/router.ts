import { initTRPC } from '@trpc/server'
import {
  SettingsChange,
  SettingsRestore,
  type SettingsChanged,
  type SettingsEffect,
  type SettingsHistory,
  type SettingsView,
  type UsedKey,
} from '../../../src-shared/protocol/settings.ts'
import { SettingsText } from '../../settings-files/file.ts'
import { problemsOf, SettingsCheck } from '../../../src-shared/settings/problems.ts'
import type { LayerValues } from '../../../src-shared/settings/settings.ts'

/** What windows do with the settings of the one client. All but `uses`, `check` and `readFile` need the cloud. */
export interface SettingsCalls {
  view(): Promise<SettingsView>
  history(): Promise<SettingsHistory>
  /** What would come of a change, also to the tickets that are here. */
  preview(change: SettingsChange): Promise<SettingsEffect>
  change(change: SettingsChange): Promise<SettingsChanged>
  restore(restore: SettingsRestore): Promise<SettingsChanged>
  /** How many tickets use which key. */
  uses(): UsedKey[]
  /** All settings as YAML; those that are inherited as comments. */
  file(): Promise<string>
  /** Reads a file; changes nothing. */
  readFile(text: string): LayerValues
}

const t = initTRPC.context<{ settings: SettingsCalls }>().create()

/** The settings of the one client, which the cloud keeps. */
export const settingsRouter = t.router({
  view: t.procedure.query(({ ctx }) => ctx.settings.view()),
  history: t.procedure.query(({ ctx }) => ctx.settings.history()),
  preview: t.procedure.input(SettingsChange).query(({ ctx, input }) => ctx.settings.preview(input)),
  change: t.procedure.input(SettingsChange).mutation(({ ctx, input }) => ctx.settings.change(input)),
  restore: t.procedure.input(SettingsRestore).mutation(({ ctx, input }) => ctx.settings.restore(input)),
  uses: t.procedure.query(({ ctx }) => ctx.settings.uses()),
  check: t.procedure.input(SettingsCheck).query(({ input }) => problemsOf(input)),
  file: t.procedure.query(({ ctx }) => ctx.settings.file()),
  readFile: t.procedure.input(SettingsText).mutation(({ ctx, input }) => ctx.settings.readFile(input.text)),
})
