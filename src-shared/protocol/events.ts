import { z } from 'zod'
import { Id, Version } from '../domain/primitives.ts'

/** Seconds between heartbeats of the organisation's event stream; two missed ones mean that it is dead. */
export const HEARTBEAT_SECONDS = 10

export const EventsQuery = z.object({
  /** Random, of the console that reads; without it no `presence` is told. */
  console: Id.optional(),
})
export type EventsQuery = z.infer<typeof EventsQuery>

/** `event: version` of `GET /v1/organisation/events`: this tenant's feed has reached this version. */
export const VersionEvent = z.object({ tenant: Id, version: Version })
export type VersionEvent = z.infer<typeof VersionEvent>

/** The long poll that stands in for the event stream where a proxy holds that back. */
export const VersionsQuery = z.object({
  /** `next` of the last answer; without it, or where the cloud cannot use it, all versions come at once. */
  since: z.string().max(4000).optional(),
  /** Seconds to wait for something to move. */
  wait: z.coerce.number().min(0).max(60).default(25),
})
export type VersionsQuery = z.infer<typeof VersionsQuery>

export const Versions = z.object({
  /** Tenants whose feeds have moved, each with its newest version; empty where the wait ended first. */
  versions: z.array(VersionEvent),
  /** Opaque. Given as `since`, the next answer holds everything that moved after this one. */
  next: z.string(),
})
export type Versions = z.infer<typeof Versions>
