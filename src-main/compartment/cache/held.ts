import type { BucketKind } from '../../../src-shared/protocol/feed.ts'
import type { Cache } from './cache.ts'
import { LOCAL_ROWS } from './tickets.ts'

/** A row that came from the cloud, with the version of the feed that it came with. */
export interface HeldRow {
  id: string
  fed: number
  /** Where it stands in the walk over its kind. */
  place: string | number
}

/** What the cloud has of a contact is `fed` above 0: others were added here. */
const contacts = `SELECT contact.key AS place, word.text AS id, fed FROM contact
  JOIN word ON word.key = contact.key AND word.kind = 'contact' WHERE fed > 0`

const walks: Record<BucketKind, string> = {
  technician: 'SELECT id AS place, id, fed FROM technician',
  contact: contacts,
  ticket: `SELECT number AS place, id, fed FROM ticket WHERE number <= ${LOCAL_ROWS}`,
  entry: 'SELECT key AS place, id, fed FROM entry',
  attachment: 'SELECT id AS place, id, fed FROM attachment',
  view: 'SELECT id AS place, id, fed FROM saved_view',
  change: 'SELECT key AS place, id, fed FROM ticket_change',
}

const versions: Record<BucketKind, string> = {
  technician: 'SELECT fed FROM technician WHERE id = ?',
  contact: `SELECT fed FROM (${contacts}) WHERE id = ?`,
  ticket: `SELECT fed FROM ticket WHERE id = ? AND number <= ${LOCAL_ROWS}`,
  entry: 'SELECT fed FROM entry WHERE id = ?',
  attachment: 'SELECT fed FROM attachment WHERE id = ?',
  view: 'SELECT fed FROM saved_view WHERE id = ?',
  change: 'SELECT fed FROM ticket_change WHERE id = ?',
}

/** Rows of a kind that came from the cloud, so many after a place; from the first one without it. */
export function heldRows(cache: Cache, kind: BucketKind, after: HeldRow['place'] | null, limit: number): HeldRow[] {
  const sql = `SELECT * FROM (${walks[kind]}) ${after === null ? '' : 'WHERE place > ?'} ORDER BY place LIMIT ?`
  return cache.statement<HeldRow>(sql).all(...(after === null ? [] : [after]), limit)
}

/** The version of the feed that a row came with; null where the cloud's is not here. */
export function heldVersion(cache: Cache, kind: BucketKind, id: string): number | null {
  return cache.statement<{ fed: number }>(versions[kind]).get(id)?.fed ?? null
}

/** About how many rows there are of a kind, without counting those that may be many. */
export function aboutRows(cache: Cache, kind: BucketKind): number {
  const many: Partial<Record<BucketKind, string>> = {
    ticket: `SELECT max(number) AS n FROM ticket WHERE number <= ${LOCAL_ROWS}`,
    entry: 'SELECT max(key) AS n FROM entry',
    change: 'SELECT max(key) AS n FROM ticket_change',
  }
  const sql = many[kind] ?? `SELECT count(*) AS n FROM (${walks[kind]})`
  return cache.statement<{ n: number | null }>(sql).get()?.n ?? 0
}
