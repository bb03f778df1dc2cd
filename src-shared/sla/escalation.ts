import { choosable } from '../domain/configuration.ts'
import type { EscalationAction, EscalationRule } from './schema.ts'
import type { ClockedTicket, ServiceDesk } from './service-desk.ts'
import { Rotation } from './on-call.ts'

/** What rules of escalation look at. */
export interface EscalationFacts {
  ticket: ClockedTicket
  /** Whether the requester is marked as VIP. */
  vip: boolean
  /** Keys of the rules that were executed for this ticket. */
  executed: ReadonlySet<string>
}

/** A rule and when it strikes, if nothing happens before; ms since 1970. */
export interface Strike {
  rule: EscalationRule
  at: number
}

/**
 * When the rules that were not executed yet strike for a ticket, as things are, soonest first; also in time to come.
 * None for a ticket that is over.
 */
export function strikesOf(desk: ServiceDesk, { ticket, vip, executed }: EscalationFacts): Strike[] {
  if (desk.isOver(ticket)) return []
  return (desk.configuration.sla?.escalations ?? [])
    .filter((rule) => !executed.has(rule.key) && concerns(rule, ticket))
    .flatMap((rule) => {
      const at = strikesAt(desk, rule, ticket, vip)
      return at === null ? [] : [{ rule, at }]
    })
    .sort((one, other) => one.at - other.at)
}

/** The rules that are to be executed now, in the order in which they struck. */
export function dueEscalations(desk: ServiceDesk, facts: EscalationFacts, now: number): EscalationRule[] {
  return strikesOf(desk, facts)
    .filter(({ at }) => at <= now)
    .map(({ rule }) => rule)
}

/** When to look at a ticket again, if nothing happens to it before; null for never. */
export function nextEscalation(desk: ServiceDesk, facts: EscalationFacts, now: number): number | null {
  return strikesOf(desk, facts).find(({ at }) => at > now)?.at ?? null
}

function concerns({ priorities, types }: EscalationRule, { priority, type }: ClockedTicket): boolean {
  return (!priorities || priorities.includes(priority)) && (!types || (type !== null && types.includes(type)))
}

function strikesAt(desk: ServiceDesk, { when }: EscalationRule, ticket: ClockedTicket, vip: boolean): number | null {
  const { history } = ticket
  switch (when.on) {
    case 'target':
      return desk.usedUpAt(ticket, when.target, when.percent)
    case 'unassigned': {
      if (ticket.assigneeId !== null) return null
      const since = Date.parse(history?.unassignedSince ?? ticket.createdAt)
      return desk.calendarOf(ticket).add(since, when.minutes)
    }
    case 'reopened':
      return desk.reopenings(ticket)[when.times - 1] ?? null
    case 'reassigned':
      return (history?.reassigned ?? 0) >= when.times ? Date.parse(ticket.updatedAt) : null
    case 'vip':
      return vip ? Date.parse(ticket.createdAt) : null
  }
}

/** What the actions of a rule come to for a ticket. */
export interface Effect {
  /** New assignee, where that changes. */
  assigneeId?: string
  /** New priority, where that changes. */
  priority?: string
  /** Ids of technicians, each once. */
  notify: string[]
  notes: string[]
}

/**
 * Works out what a rule does. What cannot be done is left out: nobody on call, a rotation or priority that the
 * configuration does not have.
 * @param now for who is on call
 */
export function effectOf(desk: ServiceDesk, rule: EscalationRule, ticket: ClockedTicket, now: number): Effect {
  const effect: Effect = { notify: [], notes: [] }
  const onCall = (key: string | undefined): string | null => {
    const rotation = desk.configuration.sla?.onCall.find((one) => one.key === key)
    return rotation ? new Rotation(rotation).who(now) : null
  }
  for (const action of rule.actions) {
    switch (action.do) {
      case 'assign': {
        const id = onCall(action.onCall)
        if (id !== null && id !== ticket.assigneeId) effect.assigneeId = id
        break
      }
      case 'raise-priority': {
        const raised = raisedPriority(desk, action, effect.priority ?? ticket.priority)
        if (raised !== null) effect.priority = raised
        break
      }
      case 'notify': {
        const assignee = action.assignee ? (effect.assigneeId ?? ticket.assigneeId) : null
        effect.notify.push(...[onCall(action.onCall), ...action.technicians, assignee].filter((id) => id !== null))
        break
      }
      case 'note':
        effect.notes.push(action.text)
    }
  }
  return { ...effect, notify: [...new Set(effect.notify)] }
}

function raisedPriority(
  { configuration: { priorities } }: ServiceDesk,
  { to, by }: EscalationAction & { do: 'raise-priority' },
  from: string,
): string | null {
  const ranked = choosable(priorities, from).sort((one, other) => one.rank - other.rank)
  const place = ranked.findIndex(({ key }) => key === from)
  const wanted = to === undefined ? Math.max(0, place - by) : ranked.findIndex(({ key }) => key === to)
  // Of a priority that nobody knows it cannot be said what is above it.
  if (wanted === -1 || (place === -1 && to === undefined) || (place !== -1 && wanted >= place)) return null
  return ranked[wanted]?.key ?? null
}
