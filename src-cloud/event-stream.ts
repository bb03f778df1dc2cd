import { PassThrough } from 'node:stream'
import { HEARTBEAT_SECONDS, type VersionEvent } from '../src-shared/protocol/events.ts'
import type { Announcements } from './announcements.ts'
import type { Sql } from './database/connect.ts'
import type { VerifiedOrganisation } from './tokens.ts'
import { versionsOf } from './versions.ts'

/** Bytes that an event stream may hold for a reader that does not read, before it is ended. */
const MAX_HELD = 1024 * 1024

/**
 * Opens a stream of server-sent events: a heartbeat at once and then regularly, the versions of the tenants that the
 * technician works for, and when that list has changed. It is looked up anew with each heartbeat too. It ends with the access token, with the sign-in,
 * and where an announcement may have been missed.
 */
export async function openEventStream(
  api: Sql,
  announcements: Announcements,
  identity: VerifiedOrganisation,
): Promise<PassThrough> {
  const stream = new PassThrough()
  /** The newest version that the reader knows of each tenant. */
  let told = new Map<string, number>()
  const send = (event: 'heartbeat' | 'version' | 'tenants' | 'onboarding', data: object) => {
    if (stream.writableEnded) return
    if (stream.writableLength > MAX_HELD) stream.destroy()
    else stream.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
  }
  const tell = ({ tenant, version }: VersionEvent) => {
    if (version <= (told.get(tenant) ?? Infinity)) return
    told.set(tenant, version)
    send('version', { tenant, version })
  }
  const look = async () => {
    const now = await versionsOf(api, identity)
    // A tenant that is new here is told as one that has moved.
    told = new Map([...now.keys()].map((tenant) => [tenant, told.get(tenant) ?? -1]))
    for (const [tenant, version] of now) tell({ tenant, version })
  }
  const beat = async () => {
    send('heartbeat', {})
    await look()
  }
  const end = () => void stream.end()
  const unfollow = announcements.follow(identity.organisation, tell, end)
  const unfollowTenants = announcements.followTenants(identity.organisation, () => {
    send('tenants', {})
    void look().catch(end)
  })
  const unfollowOnboardings = announcements.followOnboardings(identity.organisation, (id) => send('onboarding', { id }))
  const unfollowSignIn = announcements.followSignIn(identity.family, end)
  const expiry = setTimeout(end, identity.expires - Date.now())
  const heartbeat = setInterval(() => void beat().catch(end), HEARTBEAT_SECONDS * 1000)
  stream.once('close', () => {
    unfollow()
    unfollowTenants()
    unfollowOnboardings()
    unfollowSignIn()
    clearTimeout(expiry)
    clearInterval(heartbeat)
  })
  try {
    // A reader pulls when the stream has opened, so what moves meanwhile need not be told.
    told = await versionsOf(api, identity)
  } catch (error) {
    stream.destroy()
    throw error
  }
  send('heartbeat', {})
  return stream
}
