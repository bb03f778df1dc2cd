import { z } from 'zod'
import { AttachmentPolicy, DEFAULT_ATTACHMENT_POLICY } from '../domain/attachment.ts'
import { Choice, CustomField, Priority, Status, type Configuration } from '../domain/configuration.ts'
import { Macro } from '../domain/macros.ts'
import { NamingConvention } from '../domain/naming.ts'
import { NoisePolicy } from '../domain/noise.ts'
import { TimeZone } from '../domain/primitives.ts'
import { PriorityMatrix } from '../domain/priority-matrix.ts'
import { DEFAULT_VAULT_POLICY, VaultPolicy } from '../domain/vault.ts'
import { BusinessCalendar, EscalationRule, Holiday, OnCallRotation, ServiceTarget } from '../sla/schema.ts'

/** Stands for what differs from client to client, so that a layer can be shared by many. */
const OfClient = z.literal('client')

/** A country by ISO 3166-1, `DE`, and where it matters its state and region as the lists of holidays name them. */
export const HolidayPlace = z.strictObject({
  country: z.string().regex(/^[A-Z]{2}$/, { error: 'is a country of two capital letters such as DE' }),
  state: z.string().max(40).optional(),
  region: z.string().max(40).optional(),
})
export type HolidayPlace = z.infer<typeof HolidayPlace>

/** A calendar of many clients: `client` stands for the client's time zone and for its holidays. */
export const LayerCalendar = BusinessCalendar.extend({
  timeZone: z.union([OfClient, TimeZone]).default('client'),
  holidays: z.union([OfClient, BusinessCalendar.shape.holidays.unwrap()]).default('client'),
})
export type LayerCalendar = z.infer<typeof LayerCalendar>

export const LayerRotation = OnCallRotation.extend({ timeZone: z.union([OfClient, TimeZone]).default('client') })

/**
 * The settings of a client. A layer gives some of them; each is taken whole from the highest layer that has it, so that
 * words that refer to each other stay together.
 */
const shape = {
  statuses: z.array(Status).min(1).max(100),
  priorities: z.array(Priority).min(1).max(30),
  /** Null where a ticket has the priority that somebody gives it. */
  priorityMatrix: PriorityMatrix.nullable(),
  types: z.array(Choice).max(200),
  queues: z.array(Choice).max(200),
  customFields: z.array(CustomField).max(200),
  atRiskMinutes: z.number().int().min(0).max(100_000),
  attachmentMaxBytes: AttachmentPolicy.shape.maxBytes,
  refusedExtensions: AttachmentPolicy.shape.refusedExtensions,
  revealReasonNeeded: VaultPolicy.shape.reasonNeeded,
  revealForgetAfter: VaultPolicy.shape.forgetAfter,
  /** Days that a ticket is kept after its last change, whoever wants to delete it; null for no such promise. */
  keepDays: z.number().int().min(1).max(36_500).nullable(),
  /** Where the client is, for its public holidays; null for none. */
  holidays: HolidayPlace.nullable(),
  /** Days of the client's own, after the public ones: the same day counts as here. */
  ownDays: z.array(Holiday).max(500),
  calendars: z.array(LayerCalendar).max(50),
  targets: z.array(ServiceTarget).max(200),
  atRiskPercent: z.number().int().min(1).max(99).nullable(),
  escalations: z.array(EscalationRule).max(200),
  onCall: z.array(LayerRotation).max(50),
  naming: z.array(NamingConvention).max(100),
  /** What is taken for noise; null where nothing is. */
  noise: NoisePolicy.nullable(),
  macros: z.array(Macro).max(300),
} as const

export const SettingKey = z.enum(Object.keys(shape) as [keyof typeof shape, ...(keyof typeof shape)[]])
export type SettingKey = z.infer<typeof SettingKey>

/** All settings of a client. */
export const Settings = z.strictObject(shape)
export type Settings = z.infer<typeof Settings>

/** The settings that one layer gives. */
export const LayerValues = Settings.partial()
export type LayerValues = z.infer<typeof LayerValues>

/** All settings as the other side gives them, which may be older or newer: what is not known here is passed over. */
export const GivenSettings = z.object({
  ...shape,
  // Came later: a cloud from before them gives none, and does nothing of the kind.
  priorityMatrix: shape.priorityMatrix.default(null),
  keepDays: shape.keepDays.default(null),
  naming: shape.naming.default([]),
  noise: shape.noise.default(null),
  macros: shape.macros.default([]),
})

/** The settings of one layer, so given. */
export const GivenValues = z.object(shape).partial()

/** What of a client its settings are made concrete with. */
export interface ClientFacts {
  timeZone: string
  /** The public holidays of a place, in order. */
  publicHolidays: (place: HolidayPlace) => Holiday[]
}

/** The configuration that compartments get, made of a client's settings. It knows of no layers. */
export function configurationOf(settings: Settings, { timeZone, publicHolidays }: ClientFacts): Configuration {
  const { statuses, priorities, types, queues, customFields, atRiskMinutes, keepDays, naming, noise, macros } = settings
  const { priorityMatrix, calendars, targets, atRiskPercent, escalations, onCall } = settings
  const zoneOf = (zone: string) => (zone === 'client' ? timeZone : zone)
  const days = [...(settings.holidays ? publicHolidays(settings.holidays) : []), ...settings.ownDays]
  return {
    ...{ statuses, priorities, types, queues, customFields, atRiskMinutes },
    attachments: { maxBytes: settings.attachmentMaxBytes, refusedExtensions: settings.refusedExtensions },
    vault: { reasonNeeded: settings.revealReasonNeeded, forgetAfter: settings.revealForgetAfter },
    ...(keepDays !== null && { retention: { keepDays } }),
    ...(naming.length > 0 && { naming }),
    ...(noise && { noise }),
    ...(macros.length > 0 && { macros }),
    ...(priorityMatrix && { priorityMatrix }),
    sla: {
      calendars: calendars.map((calendar) => ({
        ...calendar,
        timeZone: zoneOf(calendar.timeZone),
        holidays: calendar.holidays === 'client' ? days : calendar.holidays,
      })),
      targets,
      ...(atRiskPercent !== null && { atRiskPercent }),
      escalations,
      onCall: onCall.map((rotation) => ({ ...rotation, timeZone: zoneOf(rotation.timeZone) })),
    },
  }
}

/** The settings that make a configuration: the way back, for a client from before there were layers. */
export function settingsOf(configuration: Configuration): Settings {
  const { statuses, priorities, types, queues, customFields, atRiskMinutes } = configuration
  const { attachments = DEFAULT_ATTACHMENT_POLICY, vault = DEFAULT_VAULT_POLICY, sla } = configuration
  return {
    ...{ statuses, priorities, types, queues, customFields, atRiskMinutes },
    priorityMatrix: configuration.priorityMatrix ?? null,
    ...{ attachmentMaxBytes: attachments.maxBytes, refusedExtensions: attachments.refusedExtensions },
    ...{ revealReasonNeeded: vault.reasonNeeded, revealForgetAfter: vault.forgetAfter },
    keepDays: configuration.retention?.keepDays ?? null,
    ...{ holidays: null, ownDays: [] },
    ...{ calendars: sla?.calendars ?? [], targets: sla?.targets ?? [] },
    ...{ atRiskPercent: sla?.atRiskPercent ?? null, escalations: sla?.escalations ?? [], onCall: sla?.onCall ?? [] },
    naming: configuration.naming ?? [],
    ...{ noise: configuration.noise ?? null, macros: configuration.macros ?? [] },
  }
}
