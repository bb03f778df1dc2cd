import { readIncidentLog, type IncidentEvent } from '../../src-cloud/sandbox/incident-log.ts'
import { incidentConfiguration } from '../../src-cloud/sandbox/incident-tickets.ts'
import { keyOf } from '../../src-cloud/sandbox/profile.ts'
import { Configuration } from '../../src-shared/domain/configuration.ts'
import type { WeeklyHours } from '../../src-shared/sla/schema.ts'
import { ServiceDesk, type ClockedTicket } from '../../src-shared/sla/service-desk.ts'

/** One incident of the log as a ticket that was replayed to its end, and what the log says of its service level. */
export interface Replayed {
  ticket: ClockedTicket
  madeSla: boolean
}

/** How a clock might have been set up; the log does not tell. */
export interface Reading {
  hours: '24x7' | WeeklyHours
  /** `Awaiting User Info` stops the clock. */
  pauses: boolean
  /** The state whose beginning ends it. */
  until: 'Resolved' | 'Closed'
}

const office = [{ from: '08:00', to: '18:00' }]
export const OFFICE: WeeklyHours = {
  monday: office,
  tuesday: office,
  wednesday: office,
  thursday: office,
  friday: office,
}

/** Round the clock, as nothing is known of the tenant's hours: a target that no clock reaches. */
const NEVER = 1_000_000

/** Every incident of the log, in order of opening, state by state. */
export function replayLog(events = readIncidentLog()): Replayed[] {
  const histories = [...Map.groupBy(events, ({ number }) => number).values()]
  return histories.map(replay).sort((one, other) => one.ticket.createdAt.localeCompare(other.ticket.createdAt))
}

function replay(events: IncidentEvent[]): Replayed {
  const [first, last] = [events[0] as IncidentEvent, events.at(-1) as IncidentEvent]
  const createdAt = first.opened_at < first.sys_updated_at ? first.opened_at : first.sys_updated_at
  const moves = events.filter((event, i) => event.incident_state !== events[i - 1]?.incident_state)
  const statuses = moves.map((event, i) => ({
    status: keyOf(event.incident_state),
    at: i === 0 ? createdAt : event.sys_updated_at,
  }))
  const ticket: ClockedTicket = {
    ...{ status: keyOf(last.incident_state), priority: keyOf(last.priority), type: 'incident', assigneeId: null },
    ...{ createdAt, updatedAt: last.sys_updated_at },
    history: { statuses, respondedAt: null, unassignedSince: null, reassigned: 0 },
  }
  return { ticket, madeSla: last.made_sla }
}

/** The log's own words, with a clock set up in one of the possible ways. @param targets business minutes by priority */
export function deskOf({ hours, pauses, until }: Reading, targets: Record<string, number> = {}): ServiceDesk {
  const configuration = incidentConfiguration(readIncidentLog())
  const running = ['awaiting-problem', ...(pauses ? [] : ['awaiting-user-info'])]
  return new ServiceDesk(
    Configuration.parse({
      ...configuration,
      statuses: configuration.statuses.map((status) => {
        if (status.key === 'resolved' && until === 'Closed') return { ...status, category: 'open', stopsClock: false }
        return running.includes(status.key) ? { ...status, stopsClock: false } : status
      }),
      sla: {
        calendars: [{ key: 'desk', label: 'Desk', timeZone: 'UTC', hours }],
        targets: configuration.priorities.map(({ key }) => ({
          priorities: [key],
          calendar: 'desk',
          resolution: targets[key] ?? NEVER,
        })),
      },
    }),
  )
}

/** Business minutes that an incident took. */
function usedBy(desk: ServiceDesk, { ticket }: Replayed): number {
  return desk.clocksOf(ticket, Date.parse(ticket.updatedAt)).find(({ target }) => target === 'resolution')?.used ?? NaN
}

/** For each priority the target that agrees with most incidents; of equally good ones the shortest. */
export function fittedTargets(reading: Reading, incidents: readonly Replayed[]): Record<string, number> {
  const desk = deskOf(reading)
  const targets: Record<string, number> = {}
  for (const { key } of desk.configuration.priorities) {
    const mine = incidents.filter(({ ticket }) => ticket.priority === key)
    const taken = mine.map((one) => ({ used: usedBy(desk, one), madeSla: one.madeSla }))
    const agreement = (minutes: number): number =>
      taken.filter(({ used, madeSla }) => used <= minutes === madeSla).length
    const candidates = [1, ...taken.map(({ used }) => Math.max(1, Math.ceil(used)))].sort((a, b) => a - b)
    targets[key] = candidates.reduce((best, one) => (agreement(one) > agreement(best) ? one : best), candidates[0] ?? 1)
  }
  return targets
}

/** How many incidents the engine finds met or missed as the log does, and how many there are. */
export function agreementOf(
  reading: Reading,
  targets: Record<string, number>,
  incidents: readonly Replayed[],
): { same: number; of: number } {
  const desk = deskOf(reading, targets)
  const same = incidents.filter(({ ticket, madeSla }) => {
    const clock = desk.clocksOf(ticket, Date.parse(ticket.updatedAt)).find(({ target }) => target === 'resolution')
    return clock?.state === (madeSla ? 'met' : 'missed')
  })
  return { same: same.length, of: incidents.length }
}
