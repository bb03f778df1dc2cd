import type { FieldProblem } from '../../../src-shared/settings/problems.ts'
import type { LayerValues, SettingKey, Settings } from '../../../src-shared/settings/settings.ts'
import type { Origin, Resolved } from '../../../src-shared/settings/layers.ts'
import type {
  DefaultsUses,
  DefaultsView,
  SettingsEffect,
  SettingsHistory,
  UsedKey,
} from '../../../src-shared/protocol/settings.ts'

/** Settings as a page shows them. */
export interface Seen {
  revision: number
  settings: Resolved
  proof: string | null
}

interface Change {
  revision: number
  set: LayerValues
  revert: SettingKey[]
  note?: string
}

/** Whose settings a page edits: a client's, or what the organisation gives to all. */
export interface SettingsPort {
  /** What its own values are called by origin. */
  own: Origin
  view(): Promise<Seen>
  preview(change: Change): Promise<SettingsEffect>
  change(change: Change): Promise<unknown>
  restore(restore: { revision: number; to: number }): Promise<unknown>
  history(): Promise<SettingsHistory>
  /** Null where there are no tickets. */
  uses: (() => Promise<UsedKey[]>) | null
  /** How many clients take what the organisation gives; null for a client's own page. */
  reach: (() => Promise<DefaultsUses>) | null
  /** What is wrong with settings as they are typed; without the cloud, too. */
  check(typed: { settings: Settings; changed: SettingKey[]; saved: Settings }): Promise<FieldProblem[]>
  /** What is typed and not saved, as text: it stays on this machine. Empty for nothing. */
  draft: { read(): Promise<string>; write(text: string): void; flush(): void }
  file: { save(): Promise<string>; read(text: string): Promise<LayerValues> }
}

/** What the organisation gives, each with its origin. */
export function seenDefaults({ revision, settings, builtIn }: DefaultsView): Seen {
  const resolved = Object.entries(builtIn).map(([key, value]) => {
    const own = settings[key as SettingKey]
    const below = { value, origin: 'built-in', name: null }
    return [
      key,
      own === undefined
        ? { ...below, inherited: null }
        : { value: own, origin: 'organisation', name: null, inherited: below },
    ]
  })
  return { revision, settings: Object.fromEntries(resolved) as Resolved, proof: null }
}

/** Keys of queries; whatever changes settings begins those under `all` anew. */
export const settingsKeys = {
  all: ['settings'],
  view: ['settings', 'view'],
  uses: ['settings', 'uses'],
  reach: ['settings', 'reach'],
  draft: ['settings-draft'],
} as const
