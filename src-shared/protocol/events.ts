import { z } from 'zod'
import { Id, Version } from '../domain/primitives.ts'

/** Seconds between heartbeats of the organisation's event stream; two missed ones mean that it is dead. */
export const HEARTBEAT_SECONDS = 10

/** `event: version` of `GET /v1/organisation/events`: this tenant's feed has reached this version. */
export const VersionEvent = z.object({ tenant: Id, version: Version })
export type VersionEvent = z.infer<typeof VersionEvent>
