import type { CustomField } from '../domain/configuration.ts'
import { cellOf } from '../domain/priority-matrix.ts'
import type { Settings } from './settings.ts'

/**
 * What does not fit together in the priority matrix, one sentence each. Of a row at most one is told. Options in the
 * table that a field does not have do no harm.
 */
export function matrixProblems({ priorityMatrix, customFields, priorities }: Settings): string[] {
  if (!priorityMatrix) return []
  const [impact, urgency] = [
    selectOf(customFields, 'impact', priorityMatrix.impact),
    selectOf(customFields, 'urgency', priorityMatrix.urgency),
  ]
  if (typeof impact === 'string' || typeof urgency === 'string')
    return [impact, urgency].filter((one) => typeof one === 'string')
  if (impact === urgency)
    return [`The priority matrix has "${impact.label}" for impact and for urgency. Choose two different fields.`]
  const known = new Map(priorities.map((one) => [one.key, one]))
  return impact.options.flatMap((row) => {
    for (const column of urgency.options) {
      const key = cellOf(priorityMatrix, row.key, column.key)
      const cell = `${impact.label} "${row.label}" with ${urgency.label} "${column.label}"`
      const needed = !row.retired && !column.retired
      if (key === null && needed) return [`The priority matrix has nothing for ${cell}. Choose a priority.`]
      if (key === null) continue
      const priority = known.get(key)
      if (!priority)
        return [`The priority matrix has the priority "${key}" for ${cell}, which is not there. Choose another.`]
      if (priority.retired && needed)
        return [`The priority matrix has "${priority.label}" for ${cell}, which is retired. Choose another.`]
    }
    return []
  })
}

/** The field that stands for the impact or the urgency; a sentence where it cannot. */
function selectOf(
  fields: readonly CustomField[],
  word: 'impact' | 'urgency',
  key: string,
): (CustomField & { type: 'select' }) | string {
  const field = fields.find((one) => one.key === key)
  if (!field) return `The priority matrix has the field "${key}" for ${word}, which is not there. Choose another.`
  const choose = `Choose a field that takes one of its options.`
  if (field.type !== 'select')
    return `The priority matrix has "${field.label}" for ${word}, which is no choice of one. ${choose}`
  if (field.retired) return `The priority matrix has "${field.label}" for ${word}, which is retired. ${choose}`
  if (field.visibleWhen?.some((condition) => condition.field === 'priority'))
    return `The priority matrix has "${field.label}" for ${word}, which is shown by the priority. ${choose}`
  return field as CustomField & { type: 'select' }
}
