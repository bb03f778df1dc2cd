import { LISTS_OF, WORD_FIELDS } from '../domain/configuration.ts'
import { misfitOf } from '../domain/field-states.ts'
import type { Macro } from '../domain/macros.ts'
import { isPersonId } from '../domain/person-words.ts'
import type { FieldValue } from '../domain/ticket.ts'
import { isWhen, type Moment } from '../domain/when.ts'
import { zoneOf } from '../sla/zone.ts'
import { KINDS, isOfKind } from './field-coherence.ts'
import type { Settings } from './settings.ts'

/** What does not fit in a macro. */
interface MacroProblem {
  /** One sentence, without the macro that it begins with. */
  text: string
  /** What it is of that was retired: the same before and after a change of names. */
  retired?: string
}

/** What does not fit together in the macros, one sentence each: words and values that tickets would not take. */
export function macroProblems(settings: Settings): (MacroProblem & { key: string })[] {
  return settings.macros.flatMap((macro) =>
    [...retiredWords(macro, settings), ...unfitFields(macro, settings)].map((problem) => ({
      ...problem,
      key: macro.key,
      text: `The macro "${macro.label}" ${problem.text}`,
    })),
  )
}

function retiredWords({ set = {} }: Macro, settings: Settings): MacroProblem[] {
  return WORD_FIELDS.flatMap((word) => {
    const one = settings[LISTS_OF[word]].find(({ key }) => key === set[word])
    const text = `sets the ${word} "${one?.label}", which is retired. Choose another.`
    return one?.retired ? [{ text, retired: `${word} ${one.key}` }] : []
  })
}

function unfitFields({ fields = {} }: Macro, { customFields }: Settings): MacroProblem[] {
  return Object.entries(fields).flatMap(([key, value]) => {
    const field = customFields.find((one) => one.key === key)
    if (!field) return [{ text: `fills the field "${key}", which is not there. Take it out, or add the field.` }]
    if (field.retired)
      return [{ text: `fills the field "${field.label}", which is retired. Take it out.`, retired: `field ${key}` }]
    const wrong = value === null ? null : unfitValue(field, value)
    return wrong === null ? [] : [typeof wrong === 'string' ? { text: wrong } : wrong]
  })
}

function unfitValue(
  field: Settings['customFields'][number],
  value: NonNullable<FieldValue>,
): string | MacroProblem | null {
  const { label } = field
  if ('options' in field) {
    if (Array.isArray(value) !== (field.type === 'multi-select'))
      return `gives "${label}" a value of another kind. Choose ${field.type === 'select' ? 'one of its options' : 'some of its options'}.`
    for (const key of [value].flat()) {
      const option = field.options.find((one) => one.key === key)
      if (!option) return `gives "${label}" the option "${String(key)}", which is not there. Choose another.`
      if (option.retired)
        return {
          text: `gives "${label}" the option "${option.label}", which is retired. Choose another.`,
          retired: `option ${field.key} ${option.key}`,
        }
    }
    return null
  }
  const { type } = field
  if (type === 'date' || type === 'date-time')
    return typeof value === 'string' && isWhen(value, SOME_DAY)
      ? null
      : `gives "${label}" what is no time in words. Write it such as "in 2 working days".`
  if (type === 'person')
    return value === 'me' || (typeof value === 'string' && isPersonId(value))
      ? null
      : `gives "${label}" nobody. Choose "me" or the id of a technician or contact.`
  if (!isOfKind(field, value)) return `gives "${label}" a value of another kind. Give it ${KINDS[type]}.`
  const wrong = misfitOf(field, value)
  return wrong === null ? null : `gives "${label}" what it does not take. ${wrong}`
}

/** Whether words are a time does not hang on when they are said: on a Thursday, with work around the clock. */
const SOME_DAY: Moment = { now: 0, zone: zoneOf('UTC'), opens: () => 540, hours: () => [[0, 1440]] }
