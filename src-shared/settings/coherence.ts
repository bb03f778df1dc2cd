import { isOpenCategory, LISTS_OF, WORD_FIELDS } from '../domain/configuration.ts'
import { VARIABLES, variablesOf } from '../domain/macros.ts'
import { contradictions } from './field-coherence.ts'
import { macroProblems } from './macro-coherence.ts'
import { matrixProblems } from './matrix-coherence.ts'
import type { SettingKey, Settings } from './settings.ts'

/** One thing that does not fit together, and where: a setting, and the key or place of its entry. */
export interface Incoherence {
  setting: SettingKey
  entry: string | number | null
  /** One sentence that says what to do. */
  text: string
  /** It was so before: a macro with something that was retired. It is told, and holds no other change up. */
  stands?: true
}

/**
 * What does not fit together in a client's settings, one sentence each; none where all does.
 * @param before the settings that they replace: what may stand as it was is left out
 */
export function incoherences(settings: Settings, before: Settings | null = null): string[] {
  return incoherencesOf(settings, before).flatMap(({ text, stands }) => (stands ? [] : [text]))
}

/**
 * What does not fit together in a client's settings, each with its place.
 * Targets and rules that name a priority or type that the client does not have fit no ticket, and do no harm.
 * @param before the settings that they replace
 */
export function incoherencesOf(settings: Settings, before: Settings | null = null): Incoherence[] {
  const { statuses, priorities, customFields, calendars, targets } = settings
  const calendarKeys = new Set(calendars.map(({ key }) => key))
  const needed = (category: 'open' | 'over') =>
    statuses.some((one) => !one.retired && isOpenCategory(one.category) === (category === 'open'))
  const at = (setting: SettingKey, entry: string | number | null, text: string): Incoherence => ({
    ...{ setting, entry, text },
  })
  return [
    ...LISTS.flatMap((list) => repeatedKeys(list, settings[list])),
    ...repeatedKeys('noise', settings.noise?.rules ?? []),
    ...(needed('open')
      ? []
      : [at('statuses', null, 'No status is for tickets that need work. Add one of the category new or open.')]),
    ...(needed('over')
      ? []
      : [at('statuses', null, 'No status ends a ticket. Add one of the category resolved or closed.')]),
    ...targets.flatMap(({ calendar, firstResponse, resolution }, index) => [
      ...(calendarKeys.has(calendar)
        ? []
        : [
            at(
              'targets',
              index,
              `A service target counts in the calendar "${calendar}", which is not there. Add that calendar, or choose another for the target.`,
            ),
          ]),
      ...(firstResponse === undefined && resolution === undefined
        ? [
            at(
              'targets',
              index,
              `A service target in "${calendar}" promises nothing. Give it a first response or a resolution.`,
            ),
          ]
        : []),
    ]),
    ...(priorities.every(({ retired }) => retired)
      ? [at('priorities', null, 'All priorities are retired. Keep one that can be chosen.')]
      : []),
    ...optionsTwice(customFields),
    ...contradictions(customFields).map(({ key, text }) => at('customFields', key, text)),
    ...matrixProblems(settings).map((text) => at('priorityMatrix', null, text)),
    ...unknownWords(settings),
    ...macrosWith(settings, before),
  ]
}

/** A layer below may retire what a macro of another sets: nobody is to mend that before anything else can be saved. */
function macrosWith(settings: Settings, before: Settings | null): Incoherence[] {
  const known = new Set((before ? macroProblems(before) : []).map(({ key, retired }) => `${key}: ${retired}`))
  return macroProblems(settings).map(({ key, text, retired }) => ({
    ...{ setting: 'macros' as const, entry: key, text },
    ...(retired !== undefined && known.has(`${key}: ${retired}`) && { stands: true as const }),
  }))
}

const LISTS = [
  ...(['statuses', 'priorities', 'types', 'queues', 'customFields', 'calendars'] as const),
  ...(['escalations', 'onCall', 'naming', 'macros'] as const),
] as const

/** What noise and macros set has to be there: the cloud would refuse each ticket that they are used on. */
function unknownWords(settings: Settings): Incoherence[] {
  const { noise, macros, customFields } = settings
  const used = [
    ...(noise ? [{ setting: 'noise' as const, entry: null, by: 'Noise', set: noise.mark }] : []),
    ...macros.map(({ key, label, set = {} }) => ({
      ...{ setting: 'macros' as const, entry: key, by: `The macro "${label}"`, set },
    })),
  ]
  const words = used.flatMap(({ setting, entry, by, set }) =>
    WORD_FIELDS.flatMap((word) => {
      const key = (set as Record<string, unknown>)[word]
      if (typeof key !== 'string' || settings[LISTS_OF[word]].some((one) => one.key === key)) return []
      return [
        { setting, entry, text: `${by} sets the ${word} "${key}", which is not there. Add it, or choose another.` },
      ]
    }),
  )
  const known = new Set<string>([...VARIABLES, ...customFields.map(({ key }) => `field.${key}`)])
  const variables = macros.flatMap(({ key, label, text = '' }) =>
    variablesOf(text)
      .filter((name) => !known.has(name))
      .map((name) => ({
        ...{ setting: 'macros' as const, entry: key },
        text: `The macro "${label}" has the variable {{${name}}}, which nobody fills. Take it out.`,
      })),
  )
  return [...words, ...variables]
}

function repeatedKeys(setting: SettingKey, list: readonly { key: string }[]): Incoherence[] {
  const keys = list.map(({ key }) => key)
  const repeated = new Set(keys.filter((key, i) => keys.indexOf(key) !== i))
  const name = setting === 'noise' ? 'noise rules' : setting
  return [...repeated].map((key) => ({
    ...{ setting, entry: key },
    text: `${name} has the key "${key}" more than once. Give each a key of its own.`,
  }))
}

function optionsTwice(fields: Settings['customFields']): Incoherence[] {
  return fields.flatMap((field) => {
    const at = { setting: 'customFields' as const, entry: field.key }
    const options = 'options' in field ? field.options : []
    const keys = options.map(({ key }) => key)
    const twice = keys.find((key, i) => keys.indexOf(key) !== i)
    if (twice !== undefined)
      return [
        {
          ...at,
          text: `The field "${field.label}" has the option "${twice}" more than once. Give each a key of its own.`,
        },
      ]
    return options.length > 0 && options.every(({ retired }) => retired)
      ? [{ ...at, text: `All options of the field "${field.label}" are retired. Keep one, or retire the field.` }]
      : []
  })
}
