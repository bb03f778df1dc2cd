import { z } from 'zod'
import { incoherencesOf } from './coherence.ts'
import { SettingKey, Settings, type Settings as AllSettings } from './settings.ts'

/** What is wrong with a setting, and where: the place of an entry in its list, and the name of a field. */
export interface FieldProblem {
  setting: SettingKey
  index: number | null
  field: string | null
  /** One sentence that says what to do. */
  text: string
  /** It is only not filled in yet: said when somebody wants to save. */
  missing: boolean
  /** It was so before: it is told, and can be saved. */
  stands?: true
}

/** Settings as they are typed, and those of them that were changed. */
export const SettingsCheck = z.object({
  settings: z.record(SettingKey, z.unknown()),
  changed: z.array(SettingKey).max(SettingKey.options.length),
  /** Settings as they are saved: what was so before holds nothing up. */
  saved: z.record(SettingKey, z.unknown()).optional(),
})

/**
 * What is wrong with settings: with the form of those that were changed, or else with what does not fit together.
 * @param settings may have any form where they were changed
 */
export function problemsOf({ settings: given, changed, saved }: z.infer<typeof SettingsCheck>): FieldProblem[] {
  const settings = given as AllSettings
  const misshapen = changed.flatMap((setting) => {
    const read = Settings.shape[setting].safeParse(settings[setting])
    return read.success ? [] : read.error.issues.map((issue) => problemOf(setting, issue))
  })
  if (misshapen.length > 0) return misshapen
  const whole = Settings.safeParse(settings)
  if (!whole.success) return []
  const before = Settings.safeParse(saved)
  return incoherencesOf(whole.data, before.success ? before.data : null).map(({ setting, entry, text, stands }) => ({
    ...{ setting, text, field: null, missing: false, ...(stands && { stands }) },
    index: typeof entry === 'string' ? placeOf(whole.data, setting, entry) : entry,
  }))
}

function placeOf(settings: AllSettings, setting: SettingKey, key: string): number | null {
  const list: unknown = setting === 'noise' ? settings.noise?.rules : settings[setting]
  const index = Array.isArray(list) ? list.findIndex((one: { key?: string }) => one.key === key) : -1
  return index < 0 ? null : index
}

function problemOf(setting: SettingKey, issue: z.core.$ZodIssue): FieldProblem {
  const path = setting === 'noise' && issue.path[0] === 'rules' ? issue.path.slice(1) : issue.path
  const [index, ...rest] = path
  const listed = typeof index === 'number'
  const field = (listed ? rest : path).findLast((step) => typeof step === 'string') ?? null
  const missing = issue.code === 'too_small' && issue.origin === 'string'
  return {
    setting,
    index: listed ? index : null,
    field: field as string | null,
    text: sentenceOf(issue, field),
    missing,
  }
}

function sentenceOf(issue: z.core.$ZodIssue, field: PropertyKey | null): string {
  const what = typeof field === 'string' ? (FIELDS[field] ?? field) : 'It'
  switch (issue.code) {
    case 'too_small':
      if (issue.origin === 'string') return field === 'label' ? 'Give it a name.' : `${what} is empty: write something.`
      if (issue.origin === 'array') return `${what}: at least ${String(issue.minimum)} is needed.`
      return `${what} is at least ${String(issue.minimum)}.`
    case 'too_big':
      if (issue.origin === 'string') return `${what} has at most ${issue.maximum.toLocaleString('en')} characters.`
      if (issue.origin === 'array') return `${what}: there can be at most ${issue.maximum.toLocaleString('en')}.`
      return `${what} is at most ${issue.maximum.toLocaleString('en')}.`
    case 'invalid_type':
      return `${what} is not filled in.`
    default:
      return `${what}: ${issue.message}.`
  }
}

const FIELDS: Record<string, string> = {
  label: 'The name',
  rank: 'The rank',
  pattern: 'The pattern',
  text: 'The text',
  key: 'The key',
  options: 'Options',
  percent: 'The percentage',
  minutes: 'The time',
  times: 'The number',
  actions: 'What is done',
  technicians: 'Technicians',
  layers: 'The turns',
  subject: 'In the subject',
  description: 'In the description',
  from: 'From',
}
