import { sameValue, type Resolved } from '../../../src-shared/settings/layers.ts'
import { mergeSetting, placeName, type Overlap, type Side } from '../../../src-shared/settings/merge.ts'
import type { LayerValues, SettingKey, Settings } from '../../../src-shared/settings/settings.ts'
import { settingKeys } from '../../ui/setting-words.ts'

/** What was typed over settings and not saved. It is plain data: it is kept as JSON while it is typed. */
export interface Edits {
  /** The values that were on view when somebody began to change them. */
  base: LayerValues
  set: LayerValues
  revert: SettingKey[]
  /** Sides that were chosen where somebody else changed the same meanwhile. */
  choices: Partial<Record<SettingKey, Record<string, Side>>>
  /** Texts that are no value yet, by their field. */
  typed: Record<string, string>
}

export const UNCHANGED: Edits = { base: {}, set: {}, revert: [], choices: {}, typed: {} }

/** Whether there is anything to save or to lose. */
export function isChanged({ set, revert, typed }: Edits): boolean {
  return Object.keys(set).length + revert.length + Object.keys(typed).length > 0
}

/** The settings that were changed, in their order. */
export function changedKeys({ set, revert }: Edits): SettingKey[] {
  return settingKeys.filter((key) => key in set || revert.includes(key))
}

/** Edits with values typed. What is as it was is no change. */
export function withValues(edits: Edits, settings: Resolved, values: LayerValues): Edits {
  let next = edits
  const targets = edits.set.targets ?? settings.targets.value
  // Texts of targets are known by their place.
  const shuffled = values.targets !== undefined && isShuffled(targets, values.targets)
  const typed = shuffled ? without(edits, ['targets']).typed : edits.typed
  for (const key of Object.keys(values) as SettingKey[]) {
    const base = key in next.base ? next.base[key] : settings[key].value
    const begun = without(next, [key])
    if (sameValue(values[key], settings[key].value)) next = { ...begun, typed }
    else
      next = {
        ...begun,
        base: { ...begun.base, [key]: base },
        set: { ...begun.set, [key]: values[key] },
        choices: { ...begun.choices, ...(edits.choices[key] && { [key]: edits.choices[key] }) },
        typed,
      }
  }
  return next
}

function isShuffled(before: readonly unknown[], after: readonly unknown[]): boolean {
  const told = (list: readonly unknown[]): string =>
    list
      .map((one) => JSON.stringify(one))
      .sort()
      .join()
  return before.length !== after.length || (told(before) === told(after) && !sameValue(before, after))
}

/** Texts that are no value yet and whose field is there, with the setting that it is of. */
export function halfTyped({ typed }: Edits, settings: Settings): { setting: SettingKey; text: string }[] {
  return Object.entries(typed).flatMap(([field, text]) => {
    const [name = '', entry = ''] = field.split(':')
    const setting = settingKeys.find((key) => key === name)
    if (!setting) return []
    const value: unknown = settings[setting]
    const there =
      entry === '' ||
      (Array.isArray(value) && value.some((one: { key?: string }, index) => (one.key ?? String(index)) === entry))
    return there ? [{ setting, text }] : []
  })
}

/** What settings come to with the edits over them. */
export function settingsWith(resolved: Resolved, { set, revert }: Pick<Edits, 'set' | 'revert'>): Settings {
  const entries = settingKeys.map((key) => {
    const { value, inherited } = resolved[key]
    if (key in set) return [key, set[key]]
    return [key, revert.includes(key) && inherited ? inherited.value : value]
  })
  return Object.fromEntries(entries) as Settings
}

/** Edits with settings that are inherited again; those that the layer does not have itself just lose what was typed. */
export function withInherited(edits: Edits, settings: Resolved, keys: readonly SettingKey[]): Edits {
  const rest = without(edits, keys)
  const own = keys.filter((key) => settings[key].inherited)
  const base = Object.fromEntries(own.map((key) => [key, settings[key].value])) as LayerValues
  return { ...rest, base: { ...rest.base, ...base }, revert: [...rest.revert, ...own] }
}

/** Edits without some settings: as if nobody had touched them. */
export function without(edits: Edits, keys: readonly SettingKey[]): Edits {
  const left = <T extends object>(record: T): T =>
    Object.fromEntries(Object.entries(record).filter(([key]) => !keys.includes(key as SettingKey))) as T
  const typed = Object.entries(edits.typed).filter(([field]) => !keys.some((key) => field.startsWith(`${key}:`)))
  return {
    ...{ base: left(edits.base), set: left(edits.set), choices: left(edits.choices) },
    revert: edits.revert.filter((key) => !keys.includes(key)),
    typed: Object.fromEntries(typed),
  }
}

/** Edits with a side chosen for one overlap. */
export function withChoice(edits: Edits, key: SettingKey, { place }: Overlap, side: Side): Edits {
  return {
    ...edits,
    choices: { ...edits.choices, [key]: { ...edits.choices[key], [placeName(place)]: side } },
  }
}

export type Overlaps = Partial<Record<SettingKey, Overlap[]>>

/**
 * Edits over settings that may have moved on since: what others changed comes in where it does not overlap, and what
 * overlaps waits for a person, with mine on view.
 * @returns also the settings that others changed and that now hold both
 */
export function rebased(edits: Edits, settings: Resolved): { edits: Edits; overlaps: Overlaps; merged: SettingKey[] } {
  const overlaps: Overlaps = {}
  const merged: SettingKey[] = []
  let next = edits
  for (const key of changedKeys(edits)) {
    const { value: theirs, inherited } = settings[key]
    const base = key in edits.base ? edits.base[key] : theirs
    if (sameValue(base, theirs)) continue
    const back = !(key in edits.set)
    // Both want it inherited again.
    if (back && !inherited) {
      next = without(next, [key])
      continue
    }
    const found = back
      ? whole(base, theirs, inherited?.value, edits.choices[key])
      : mergeSetting(base, theirs, edits.set[key], edits.choices[key])
    if (found.overlaps.some(({ side }) => side === null)) {
      overlaps[key] = found.overlaps
      if (!back) next = { ...next, set: { ...next.set, [key]: found.value } }
      continue
    }
    merged.push(key)
    const rest = without(next, [key])
    const { typed } = next
    if (sameValue(found.value, theirs)) next = { ...rest, typed }
    else if (back) next = withInherited({ ...rest, typed }, settings, [key])
    else next = withValues({ ...rest, typed }, settings, { [key]: found.value } as LayerValues)
  }
  return { edits: next, overlaps, merged }
}

/** One that is inherited again is no value to merge: it overlaps whole. */
function whole(base: unknown, theirs: unknown, mine: unknown, choices: Record<string, Side> = {}) {
  const side = choices[placeName([])] ?? null
  const value = side === 'theirs' ? theirs : mine
  return { value, overlaps: [{ place: [], base, theirs, mine, side }] satisfies Overlap[] }
}

/** How edits are kept; empty for none. */
export function keptText(edits: Edits): string {
  return isChanged(edits) ? JSON.stringify({ form: 1, ...edits }) : ''
}

/** Edits that were kept; none where they cannot be read, and without settings that have another form by now. */
export function readKept(text: string, settings: Resolved): Edits {
  if (text === '') return UNCHANGED
  try {
    const kept = JSON.parse(text) as Partial<Edits> & { form: number }
    if (kept.form !== 1) return UNCHANGED
    const edits = { ...UNCHANGED, ...kept }
    const strange = changedKeys(edits).filter((key) => key in edits.set && !alike(edits.set[key], settings[key]?.value))
    const { base, set, revert, choices, typed } = without(edits, strange)
    const known = (key: string): boolean => settingKeys.includes(key as SettingKey)
    const only = <T extends object>(record: T): T =>
      Object.fromEntries(Object.entries(record).filter(([key]) => known(key))) as T
    return { base: only(base), set: only(set), revert: revert.filter(known), choices: only(choices), typed }
  } catch {
    return UNCHANGED
  }
}

/** Whether two values are of one kind; null stands beside everything. */
function alike(a: unknown, b: unknown): boolean {
  if (a === null || b === null) return true
  return typeof a === typeof b && Array.isArray(a) === Array.isArray(b)
}
