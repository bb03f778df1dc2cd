import { ProblemError } from '../problem.ts'
import { SettingKey, type LayerValues, type Settings } from './settings.ts'

/** Where a value comes from, from the lowest layer to the highest. */
export const origins = ['built-in', 'organisation', 'template', 'client'] as const
export type Origin = (typeof origins)[number]

/** Some settings and where they come from. */
export interface Layer {
  origin: Origin
  /** Of a template: what it is called. */
  name?: string
  values: LayerValues
}

/** One setting as a client has it. */
export interface ResolvedSetting<K extends SettingKey = SettingKey> {
  value: Settings[K]
  origin: Origin
  name: string | null
  /** What it would be without the client's own value; null where the client has none. */
  inherited: { value: Settings[K]; origin: Origin; name: string | null } | null
}
export type Resolved = { [K in SettingKey]: ResolvedSetting<K> }

/**
 * Resolves layers, the lowest first: each setting comes whole from the highest that has it.
 * @throws ProblemError `internal` where no layer has a setting: the lowest has all
 */
export function resolveLayers(layers: readonly Layer[]): Resolved {
  return Object.fromEntries(SettingKey.options.map((key) => [key, resolveOne(layers, key)])) as unknown as Resolved
}

/** The values alone. */
export function valuesOf(resolved: Resolved): Settings {
  return Object.fromEntries(SettingKey.options.map((key) => [key, resolved[key].value])) as unknown as Settings
}

function resolveOne(layers: readonly Layer[], key: SettingKey): ResolvedSetting {
  const having = layers.filter(({ values }) => values[key] !== undefined)
  const top = having.at(-1)
  if (!top) throw new ProblemError('internal')
  const described = ({ origin, name, values }: Layer) => ({ value: values[key]!, origin, name: name ?? null })
  const below = top.origin === 'client' ? having.at(-2) : undefined
  return { ...described(top), inherited: below ? described(below) : null }
}

/** What a person does to a layer: values of its own, and settings that it inherits again. */
export interface LayerChange {
  set?: LayerValues | undefined
  revert?: SettingKey[] | undefined
}

/** A layer after a change. A revert of what is set in the same change loses to it. */
export function changedLayer(values: LayerValues, { set = {}, revert = [] }: LayerChange): LayerValues {
  const kept = Object.entries(values).filter(([key]) => !revert.includes(key as SettingKey))
  return { ...Object.fromEntries(kept), ...set }
}

/** One setting that differs between two states of a layer; absent where that side inherits it. */
export interface Difference {
  setting: SettingKey
  before?: unknown
  after?: unknown
}

/** What differs from one state of a layer to another, in the order of the settings. */
export function differenceOf(before: LayerValues, after: LayerValues): Difference[] {
  return SettingKey.options
    .filter((key) => !sameValue(before[key], after[key]))
    .map((setting) => ({
      setting,
      ...(before[setting] !== undefined && { before: before[setting] }),
      ...(after[setting] !== undefined && { after: after[setting] }),
    }))
}

/** Whether two JSON values are the same, whatever the order of keys. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const keys = Object.keys(a).filter((key) => (a as Record<string, unknown>)[key] !== undefined)
  const others = Object.keys(b).filter((key) => (b as Record<string, unknown>)[key] !== undefined)
  return (
    keys.length === others.length &&
    keys.every((key) => sameValue((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]))
  )
}
