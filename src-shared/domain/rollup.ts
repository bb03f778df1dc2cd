/** What a compartment publishes to the console: counts and due times, no free text. */
export interface Rollup {
  /** The cloud's version that these counts include. */
  version: number
  open: number
  unread: number
  /** Due instants (ms since 1970) of open tickets whose clock runs, soonest first, at most {@link MAX_ROLLUP_DUE}. */
  due: number[]
  /** From when on each of them is at risk; absent in counts of before that was told. */
  risk?: number[]
  atRiskMinutes: number
  pending: number
  failed: number
  /** When snoozed tickets wake (ms since 1970), soonest first: from then on they count as open. At most as many. */
  wakes?: number[]
  /** Since when the technician's timers run (ms since 1970); absent in counts of before there were any. */
  timers?: number[]
  /** From when on credentials want attention (ms since 1970), soonest first; absent in counts of before. At most as many. */
  vaultFrom?: number[]
}
export const MAX_ROLLUP_DUE = 200

/** Tickets that are past due or will be within the tenant's at-risk time. */
export function atRiskCount(rollup: Rollup, now: number): number {
  const risk = rollup.risk ?? rollup.due.map((due) => due - rollup.atRiskMinutes * 60_000)
  return risk.filter((from) => from <= now).length
}

/** Tickets that need work now, those included that have woken since it was told. */
export function openCount({ open, wakes = [] }: Rollup, now: number): number {
  return open + wakes.filter((at) => at <= now).length
}

/** Credentials that are expired or to be changed, now or soon. */
export function credentialsDue({ vaultFrom = [] }: Rollup, now: number): number {
  return vaultFrom.filter((from) => from <= now).length
}
