import { PassThrough } from 'node:stream'
import { HEARTBEAT_SECONDS, type VersionEvent } from '../src-shared/protocol/events.ts'
import type { Announcements } from './announcements.ts'
import type { Sql } from './database/connect.ts'
import type { Viewer } from './presence.ts'
import type { VerifiedOrganisation } from './tokens.ts'
import { versionsOf } from './versions.ts'

/** Bytes that an event stream may hold for a reader that does not read, before it is ended. */
const MAX_HELD = 1024 * 1024

/**
 * Opens a stream of server-sent events: a heartbeat at once and then regularly, the versions of the tenants that the
 * technician works for, and when that list has changed. It is looked up anew with each heartbeat too. Of tenants that the
 * reader's console shows it tells who else has their tickets open. It ends with the access token, with the sign-in, and
 * where an announcement may have been missed.
 * @param console the reader's, where it wants to know who is there
 */
export async function openEventStream(
  api: Sql,
  announcements: Announcements,
  identity: VerifiedOrganisation,
  console?: string,
): Promise<PassThrough> {
  const stream = new PassThrough()
  /** The newest version that the reader knows of each tenant. */
  let told = new Map<string, number>()
  const send = (event: 'heartbeat' | 'version' | 'tenants' | 'onboarding' | 'presence', data: object) => {
    if (stream.writableEnded) return
    if (stream.writableLength > MAX_HELD) stream.destroy()
    else stream.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
  }
  const tell = ({ tenant, version }: VersionEvent) => {
    if (version <= (told.get(tenant) ?? Infinity)) return
    told.set(tenant, version)
    send('version', { tenant, version })
  }
  const { presence } = announcements
  /** What the reader knows of who is there, of each tenant that it shows. */
  const seen = new Map<string, string>()
  const tellPresence = (tenant: string, fresh: Viewer | null = null) => {
    if (console === undefined) return
    const me = { technician: identity.technician, console }
    if (!told.has(tenant) || !presence.shows(tenant, me)) return void seen.delete(tenant)
    const present = presence.others(tenant, me.technician)
    const now = JSON.stringify(present)
    const again = fresh?.console === console && fresh.technician === me.technician
    if (seen.get(tenant) === now && !again) return
    seen.set(tenant, now)
    send('presence', { tenant, present })
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
  const unfollowPresence = presence.follow(tellPresence)
  const unfollowSignIn = announcements.followSignIn(identity.family, end)
  const expiry = setTimeout(end, identity.expires - Date.now())
  const heartbeat = setInterval(() => void beat().catch(end), HEARTBEAT_SECONDS * 1000)
  stream.once('close', () => {
    unfollow()
    unfollowTenants()
    unfollowOnboardings()
    unfollowPresence()
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
  for (const tenant of told.keys()) tellPresence(tenant)
  return stream
}
