import { z } from 'zod'
import { Id, Instant, Key, TimeZone } from '../domain/primitives.ts'

/** A time of day on a 24-hour clock, `09:30`. */
export const TimeOfDay = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, { error: 'is a time of day such as 09:30' })
export type TimeOfDay = z.infer<typeof TimeOfDay>

/** A calendar day, `2026-12-24`. */
export const DateOnly = z.iso.date()
export type DateOnly = z.infer<typeof DateOnly>

/**
 * Hours from a time of day to another; `24:00` ends with the day. An end that is not after the beginning is on the next
 * day: 22:00 to 06:00 is a night, and 08:00 to 08:00 goes round the clock.
 */
export const Span = z.object({ from: TimeOfDay, to: z.union([TimeOfDay, z.literal('24:00')]) })
export type Span = z.infer<typeof Span>

const Spans = z.array(Span).max(12)

/** Hours by the day that they begin on; a day that is not named is closed. */
export const WeeklyHours = z
  .object({
    monday: Spans,
    tuesday: Spans,
    wednesday: Spans,
    thursday: Spans,
    friday: Spans,
    saturday: Spans,
    sunday: Spans,
  })
  .partial()
export type WeeklyHours = z.infer<typeof WeeklyHours>

/**
 * A day on which the usual hours do not hold: closed, or open for these hours alone (a half day). It ends what began
 * on the evening before at its midnight.
 */
export const Holiday = z.object({ date: DateOnly, name: z.string().min(1).max(100), hours: Spans.optional() })
export type Holiday = z.infer<typeof Holiday>

/** When a desk works. */
export const BusinessCalendar = z.object({
  key: Key,
  label: z.string().min(1).max(60),
  timeZone: TimeZone,
  hours: z.union([z.literal('24x7'), WeeklyHours]),
  /** Public holidays of the client's country and region, and days of its own. They hold round the clock too. */
  holidays: z.array(Holiday).max(2000).default([]),
})
export type BusinessCalendar = z.infer<typeof BusinessCalendar>

/** Business minutes, up to two years round the clock. */
const TargetMinutes = z.number().int().min(1).max(1_100_000)

/** What is agreed for some tickets. */
export const ServiceTarget = z.object({
  /** Tickets of these priorities and types; absent for all. */
  priorities: z.array(Key).max(100).optional(),
  types: z.array(Key).max(100).optional(),
  /** Key of the calendar whose minutes count. */
  calendar: Key,
  /** Business minutes to the first public reply, and to the end; absent where none is agreed. */
  firstResponse: TargetMinutes.optional(),
  resolution: TargetMinutes.optional(),
})
export type ServiceTarget = z.infer<typeof ServiceTarget>

export const TargetKind = z.enum(['first-response', 'resolution'])
export type TargetKind = z.infer<typeof TargetKind>

/** When a rule of escalation strikes. Minutes are business minutes of the ticket's calendar. */
export const Trigger = z.discriminatedUnion('on', [
  /** So much of a target is used up; 100 is its end. */
  z.object({ on: z.literal('target'), target: TargetKind, percent: z.number().int().min(1).max(1000) }),
  z.object({ on: z.literal('unassigned'), minutes: z.number().int().min(1).max(1_100_000) }),
  z.object({ on: z.literal('reopened'), times: z.number().int().min(1).max(100).default(1) }),
  /** Handed from one technician to another so many times. */
  z.object({ on: z.literal('reassigned'), times: z.number().int().min(1).max(100) }),
  /** Opened by a contact who is marked as VIP. */
  z.object({ on: z.literal('vip') }),
])
export type Trigger = z.infer<typeof Trigger>

/** What a rule of escalation does. */
export const EscalationAction = z.discriminatedUnion('do', [
  /** To whoever is on call. */
  z.object({ do: z.literal('assign'), onCall: Key }),
  /** By so many ranks, or to this priority; never down. */
  z.object({ do: z.literal('raise-priority'), to: Key.optional(), by: z.number().int().min(1).max(20).default(1) }),
  /** Whoever is on call, these technicians, and the assignee: any of them that are named. */
  z.object({
    do: z.literal('notify'),
    onCall: Key.optional(),
    technicians: z.array(Id).max(50).default([]),
    assignee: z.boolean().default(false),
  }),
  z.object({ do: z.literal('note'), text: z.string().trim().min(1).max(5000) }),
])
export type EscalationAction = z.infer<typeof EscalationAction>

export const EscalationRule = z.object({
  /** A rule is executed once per ticket, and known by this. */
  key: Key,
  label: z.string().min(1).max(100),
  when: Trigger,
  /** Only for tickets of these; absent for all. */
  priorities: z.array(Key).max(100).optional(),
  types: z.array(Key).max(100).optional(),
  actions: z.array(EscalationAction).min(1).max(20),
})
export type EscalationRule = z.infer<typeof EscalationRule>

/** Technicians who take turns. */
export const OnCallLayer = z.object({
  /** The day on which the first of them takes over. */
  from: DateOnly,
  /** The last handover, which ends the layer; absent for no end. */
  until: DateOnly.optional(),
  /** When they hand over, by the rotation's wall clock. */
  handover: TimeOfDay,
  /** Days of one turn: 1, 7 for a week, or any other number. */
  days: z.number().int().min(1).max(366).default(7),
  /** Ids of technicians in their order; one may come more than once. */
  technicians: z.array(Id).min(1).max(100),
  /** Only within these hours; outside of them the layer below counts. */
  hours: WeeklyHours.optional(),
})
export type OnCallLayer = z.infer<typeof OnCallLayer>

/** Somebody stands in, or nobody is on call, for a while. Of two at once the later in the list counts. */
export const OnCallOverride = z.object({ from: Instant, to: Instant, technicianId: Id.nullable() })
export type OnCallOverride = z.infer<typeof OnCallOverride>

export const OnCallRotation = z.object({
  key: Key,
  label: z.string().min(1).max(60),
  timeZone: TimeZone,
  /** Of those that have somebody, the last counts. */
  layers: z.array(OnCallLayer).max(20),
  overrides: z.array(OnCallOverride).max(500).default([]),
})
export type OnCallRotation = z.infer<typeof OnCallRotation>

/** What a tenant was promised: when its desk works, how long things may take, and what happens when they take longer. */
export const ServiceLevels = z.object({
  calendars: z.array(BusinessCalendar).max(50),
  /** The first that fits a ticket counts. */
  targets: z.array(ServiceTarget).max(200),
  /** A ticket is at risk from so much of a target on; absent: `atRiskMinutes` of the configuration before its end. */
  atRiskPercent: z.number().int().min(1).max(99).optional(),
  escalations: z.array(EscalationRule).max(200).default([]),
  onCall: z.array(OnCallRotation).max(50).default([]),
})
export type ServiceLevels = z.infer<typeof ServiceLevels>
