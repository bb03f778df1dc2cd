import type { VersionEvent, Versions, VersionsQuery } from '../src-shared/protocol/events.ts'
import type { Announcements } from './announcements.ts'
import { asOrganisation } from './database/as.ts'
import type { Sql } from './database/connect.ts'
import type { OrganisationIdentity } from './tokens.ts'

/**
 * Answers which of a technician's tenants moved since the last answer, at once or as soon as one does. `since` holds a
 * snapshot of the database's transactions, so that any cloud on it answers exactly, with nothing kept for the asker.
 * @param signal ends the wait
 */
export async function awaitVersions(
  api: Sql,
  announcements: Announcements,
  identity: OrganisationIdentity,
  { since, wait }: VersionsQuery,
  signal: AbortSignal,
): Promise<Versions> {
  let wake: () => void = () => undefined
  let moved = new Promise<void>((resolve) => (wake = resolve))
  const unfollow = announcements.follow(
    identity.organisation,
    () => wake(),
    () => wake(),
  )
  const over = AbortSignal.any([signal, AbortSignal.timeout(wait * 1000)])
  over.addEventListener('abort', () => wake(), { once: true })
  try {
    for (;;) {
      // Followed before it is read: what commits after this snapshot is announced.
      const answer = await readVersions(api, identity, since)
      if (answer.versions.length > 0 || over.aborted) return answer
      await moved
      moved = new Promise<void>((resolve) => (wake = resolve))
    }
  } finally {
    unfollow()
  }
}

/** The newest version of each tenant that a technician works for. */
export async function versionsOf(
  api: Sql,
  { organisation, technician }: OrganisationIdentity,
): Promise<Map<string, number>> {
  const rows = await asOrganisation(
    api,
    organisation,
    (tx) => tx<{ tenant: string; version: number }[]>`
      select f.tenant_id as tenant, f.version from tenant_feed f
      join tenant_technician w on w.tenant_id = f.tenant_id and w.id = ${technician} and not w.deleted`,
  )
  return new Map(rows.map(({ tenant, version }) => [tenant, version]))
}

/** `epoch/snapshot`, where a snapshot is xmin:xmax:xip,xip as Postgres writes it. */
const MARK = /^([0-9a-f-]{36})\/(\d{1,19}:\d{1,19}:[\d,]*)$/

async function readVersions(
  api: Sql,
  { organisation, technician }: OrganisationIdentity,
  since: string | undefined,
): Promise<Versions> {
  const [, epoch = '', snapshot = ''] = MARK.exec(Buffer.from(since ?? '', 'base64url').toString()) ?? []
  const read = (from: string | null) =>
    asOrganisation(
      api,
      organisation,
      (tx) => tx<{ epoch: string; snapshot: string; versions: VersionEvent[] }[]>`
        select bulkhead.epoch() as epoch, pg_current_snapshot()::text as snapshot,
          (select coalesce(json_agg(json_build_object('tenant', f.tenant_id, 'version', f.version)), '[]')
           from tenant_feed f
           join tenant_technician w on w.tenant_id = f.tenant_id and w.id = ${technician} and not w.deleted
           where case
             when ${from}::text is null or ${epoch} <> bulkhead.epoch() then true
             -- Of another server: its transactions are ahead of ours.
             when pg_snapshot_xmax(${from}::text::pg_snapshot) > pg_snapshot_xmax(pg_current_snapshot()) then true
             else not pg_visible_in_snapshot(f.moved, ${from}::text::pg_snapshot) end) as versions`,
    )
  const [row] = await read(snapshot || null).catch((error: { code?: string }) => {
    // invalid_text_representation: no snapshot after all.
    if (error.code === '22P02') return read(null)
    throw error
  })
  const mark = Buffer.from(`${row?.epoch ?? ''}/${row?.snapshot ?? ''}`).toString('base64url')
  return { versions: row?.versions ?? [], next: mark }
}
