import type { Configuration, CustomField } from '../../src-shared/domain/configuration.ts'
import type { Ticket } from '../../src-shared/domain/ticket.ts'
import { keyOf, type Profile } from './profile.ts'
import { Random } from './random.ts'

/** The two fields that a client's priorities follow from; none where they are set by hand. */
export function matrixFields({ matrix }: Profile): CustomField[] {
  return [matrix?.impact, matrix?.urgency].flatMap((field) => {
    if (!field) return []
    const [label, options] = field
    return [
      { type: 'select', key: keyOf(label), label, options: options.map((one) => ({ key: keyOf(one), label: one })) },
    ]
  })
}

export function matrixOf({ matrix, priorities }: Profile): Pick<Configuration, 'priorityMatrix'> {
  if (!matrix) return {}
  const [impact, urgency] = [matrix.impact, matrix.urgency]
  const table = impact[1].map((row, r) => {
    const cells = urgency[1].map((column, c) => [keyOf(column), keyOf(priorities[matrix.places[r]?.[c] ?? 0] ?? '')])
    return [keyOf(row), Object.fromEntries(cells)]
  })
  const [impactKey, urgencyKey] = [keyOf(impact[0]), keyOf(urgency[0])]
  return { priorityMatrix: { impact: impactKey, urgency: urgencyKey, priorities: Object.fromEntries(table) } }
}

/**
 * What a ticket has of the two fields. Most have what their priority comes of, some another, as somebody set it by hand,
 * and some nothing. Drawn by itself, so that all other draws stay what they are.
 * @param place of its priority
 */
export function matrixValues({ matrix, slug }: Profile, number: number, place: number): Ticket['customFields'] {
  if (!matrix) return {}
  const random = new Random(`${slug}/matrix/${number}`)
  const [impact, urgency] = [matrix.impact, matrix.urgency]
  const cells = matrix.places.flatMap((row, r) => row.map((priority, c) => ({ r, c, priority })))
  const chance = random.next()
  const fitting = cells.filter(({ priority }) => (chance < 0.08 ? priority !== place : priority === place))
  if (chance > 0.85 || fitting.length === 0) return {}
  const { r, c } = random.pick(fitting)
  return { [keyOf(impact[0])]: keyOf(impact[1][r] ?? ''), [keyOf(urgency[0])]: keyOf(urgency[1][c] ?? '') }
}
