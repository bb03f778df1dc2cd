import type { TicketFilter, TicketSort } from '../../../src-shared/domain/views.ts'
import { ASLEEP, sortColumns } from '../cache/schema.ts'
import type { Words } from '../cache/words.ts'

/** More index ranges than this are not merged: one set of values then filters row by row. */
const MAX_BRANCHES = 64

/**
 * A filter as ranges of an index: each branch fixes the leading columns, so within it rows already come in the order of
 * the sort, and branches are merged. `residual` is what no index answers.
 */
export interface Branches {
  column: string
  direction: 'ASC' | 'DESC'
  /** Conditions of each branch, as SQL over numbers that are ours. */
  where: string[]
  residual: string
}

/** Chooses the index for a filter and sort. Values that no ticket ever had are left out: no branch, no rows. */
export function branchesOf(filter: TicketFilter, sort: TicketSort, words: Words): Branches {
  const statuses = known(filter.statuses, (text) => words.key('status', text)) ?? words.keys('status')
  const priorities = known(filter.priorities, (text) => words.key('priority', text))
  const assignees = known(filter.assignees, (text) => words.key('technician', text))
  const direction = sort.direction === 'ascending' ? 'ASC' : 'DESC'
  const made = { column: sortColumns[sort.by], direction } as const

  const slept = sleepOf(filter)
  const byStatus = statuses.map((status) => `status = ${status}`)
  if (assignees && assignees.length * statuses.length <= MAX_BRANCHES) {
    return { ...made, where: product('assignee', assignees, byStatus), residual: among('priority', priorities) + slept }
  }
  if (!assignees && priorities && priorities.length * statuses.length <= MAX_BRANCHES) {
    return { ...made, where: product('priority', priorities, byStatus), residual: slept }
  }
  return { ...made, where: byStatus, residual: among('priority', priorities) + among('assignee', assignees) + slept }
}

// Every index ends with the number, so that no row is read for it.
function sleepOf({ snoozed }: TicketFilter): string {
  return snoozed === undefined ? '' : ` AND ${sleepSql(snoozed)}`
}

/** Whether a ticket is snoozed now, as SQL. */
export function sleepSql(snoozed: boolean): string {
  return `+number ${snoozed ? 'IN' : 'NOT IN'} (${ASLEEP})`
}

function known<Text>(
  texts: readonly Text[] | undefined,
  key: (text: Text) => number | undefined,
): number[] | undefined {
  if (texts === undefined) return undefined
  return [...new Set(texts.map(key).filter((found) => found !== undefined))]
}

function product(column: string, values: number[], others: string[]): string[] {
  return values.flatMap((value) => others.map((other) => `${column} = ${value} AND ${other}`))
}

function among(column: string, values: number[] | undefined): string {
  // The plus keeps the planner from driving with this column: its index has another order.
  return values === undefined ? '' : ` AND +${column} IN (${values.join(', ')})`
}
