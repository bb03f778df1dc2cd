import { isOpenCategory } from '../domain/configuration.ts'
import { VARIABLES, variablesOf } from '../domain/macros.ts'
import type { Settings } from './settings.ts'

/**
 * What does not fit together in a client's settings, one sentence each that says what to do; none where all does.
 * Targets and rules that name a priority or type that the client does not have fit no ticket, and do no harm.
 */
export function incoherences(settings: Settings): string[] {
  const { statuses, priorities, types, queues, customFields, calendars, targets, escalations, onCall, naming } =
    settings
  const { noise, macros } = settings
  const lists = {
    ...{ statuses, priorities, types, queues, customFields, calendars, escalations, onCall, naming, macros },
    'noise rules': noise?.rules ?? [],
  }
  const calendarKeys = new Set(calendars.map(({ key }) => key))
  return [
    ...Object.entries(lists).flatMap(([name, list]) => repeatedKeys(name, list)),
    ...(statuses.some(({ category, retired }) => !retired && isOpenCategory(category))
      ? []
      : ['No status is for tickets that need work. Add one of the category new or open.']),
    ...(statuses.some(({ category, retired }) => !retired && !isOpenCategory(category))
      ? []
      : ['No status ends a ticket. Add one of the category resolved or closed.']),
    ...targets
      .filter(({ calendar }) => !calendarKeys.has(calendar))
      .map(
        ({ calendar }) =>
          `A service target counts in the calendar "${calendar}", which is not there. Add that calendar, or choose another for the target.`,
      ),
    ...targets
      .filter(({ firstResponse, resolution }) => firstResponse === undefined && resolution === undefined)
      .map(
        ({ calendar }) =>
          `A service target in "${calendar}" promises nothing. Give it a first response or a resolution.`,
      ),
    ...(priorities.every(({ retired }) => retired) ? ['All priorities are retired. Keep one that can be chosen.'] : []),
    ...optionsTwice(customFields),
    ...unknownWords(settings),
  ]
}

/** What noise and macros set has to be there: the cloud would refuse each ticket that they are used on. */
function unknownWords(settings: Settings): string[] {
  const { noise, macros, customFields } = settings
  const used = [
    ...(noise ? [{ by: 'Noise', set: noise.mark }] : []),
    ...macros.map(({ label, set = {} }) => ({ by: `The macro "${label}"`, set })),
  ]
  const lists = { status: 'statuses', priority: 'priorities', type: 'types', queue: 'queues' } as const
  const words = used.flatMap(({ by, set }) =>
    Object.entries(lists).flatMap(([word, list]) => {
      const key = (set as Record<string, unknown>)[word]
      if (typeof key !== 'string' || settings[list].some((one) => one.key === key)) return []
      return [`${by} sets the ${word} "${key}", which is not there. Add it, or choose another.`]
    }),
  )
  const known = new Set<string>([...VARIABLES, ...customFields.map(({ key }) => `field.${key}`)])
  const variables = macros.flatMap(({ label, text = '' }) =>
    variablesOf(text)
      .filter((name) => !known.has(name))
      .map((name) => `The macro "${label}" has the variable {{${name}}}, which nobody fills. Take it out.`),
  )
  return [...words, ...variables]
}

function repeatedKeys(name: string, list: readonly { key: string }[]): string[] {
  const keys = list.map(({ key }) => key)
  const repeated = new Set(keys.filter((key, i) => keys.indexOf(key) !== i))
  return [...repeated].map((key) => `${name} has the key "${key}" more than once. Give each a key of its own.`)
}

function optionsTwice(fields: Settings['customFields']): string[] {
  return fields.flatMap((field) => {
    const options = 'options' in field ? field.options : []
    const keys = options.map(({ key }) => key)
    const twice = keys.find((key, i) => keys.indexOf(key) !== i)
    if (twice !== undefined)
      return [`The field "${field.label}" has the option "${twice}" more than once. Give each a key of its own.`]
    return options.length > 0 && options.every(({ retired }) => retired)
      ? [`All options of the field "${field.label}" are retired. Keep one, or retire the field.`]
      : []
  })
}
