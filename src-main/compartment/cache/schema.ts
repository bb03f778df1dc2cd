/** Raise it with every change below: a cache of another version is dropped and filled again from the cloud. */
export const CACHE_VERSION = 10

/**
 * Words (keys of statuses, priorities …, ids of people) are stored once and meant by a small number, which keeps rows
 * and indexes small. A ticket's rowid is its number, so the newest ticket has the highest.
 *
 * `given` is when a ticket is due by the cloud's word. `due` is what lists go by: worked out from the tenant's service
 * levels and the ticket's past where they say something of it, else the same. `risk` is from when on it is at risk.
 *
 * `snoozed` is until when a ticket sleeps, 0 where it does not. One that has woken is where it would be had it been
 * touched then: `updated` is no earlier than that, and "rest" has what it was.
 *
 * `fed` is the version of the feed that a row came with, for checksums; 0 where the cloud has none of it. A ticket's
 * `version` is another: what is new of it, also in its conversation.
 */
export const tables = `
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE word (
  key INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  text TEXT NOT NULL,
  UNIQUE (kind, text)
);

-- "text" is what searches look at, and the order of lists. People are few: their index is there from the first.
CREATE TABLE contact (
  key INTEGER PRIMARY KEY, fed INTEGER NOT NULL, name TEXT NOT NULL, text TEXT NOT NULL, body TEXT NOT NULL
);
-- What the cloud last said of a contact that is shown with unsent edits; null where it has none.
CREATE TABLE contact_server (key INTEGER PRIMARY KEY, body TEXT);
CREATE INDEX contact_text ON contact (text);
CREATE TABLE technician (id TEXT PRIMARY KEY, fed INTEGER NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;
-- Technicians who do not work for the client any more.
CREATE TABLE former (id TEXT PRIMARY KEY, name TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE saved_view (id TEXT PRIMARY KEY, fed INTEGER NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE ticket (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL,
  status INTEGER NOT NULL,
  priority INTEGER NOT NULL,
  rank INTEGER NOT NULL,
  type INTEGER NOT NULL,
  queue INTEGER NOT NULL,
  requester INTEGER NOT NULL,
  assignee INTEGER NOT NULL,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  due INTEGER NOT NULL,
  risk INTEGER NOT NULL,
  given INTEGER,
  snoozed INTEGER NOT NULL,
  version INTEGER NOT NULL,
  seen INTEGER NOT NULL,
  fed INTEGER NOT NULL,
  subject TEXT NOT NULL,
  description TEXT NOT NULL,
  rest TEXT
);

-- Few are, so it costs a load next to nothing.
CREATE INDEX ticket_snoozed ON ticket (snoozed) WHERE snoozed > 0;

-- What the cloud last said of a ticket whose row in "ticket" shows unsent edits.
CREATE TABLE ticket_server (number INTEGER PRIMARY KEY, body TEXT NOT NULL);

CREATE TABLE entry (
  key INTEGER PRIMARY KEY,
  id TEXT NOT NULL,
  fed INTEGER NOT NULL,
  ticket_id TEXT NOT NULL,
  kind INTEGER NOT NULL,
  author INTEGER NOT NULL,
  created INTEGER NOT NULL,
  body TEXT NOT NULL,
  rest TEXT
);

CREATE TABLE attachment (
  id TEXT PRIMARY KEY, fed INTEGER NOT NULL, ticket_id TEXT NOT NULL, body TEXT NOT NULL
) WITHOUT ROWID;

-- Tickets that were merged into another at some time; whether they still are, the ticket itself says.
CREATE TABLE merged (into_id TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (into_id, id)) WITHOUT ROWID;

-- What was changed of tickets. It comes when the rest is here, so its indexes are there from the first.
CREATE TABLE ticket_change (
  key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, fed INTEGER NOT NULL, ticket_id TEXT NOT NULL, body TEXT NOT NULL
);
CREATE INDEX ticket_change_ticket ON ticket_change (ticket_id, fed);

-- Tombstones that came while loading.
CREATE TABLE gone (id TEXT PRIMARY KEY, kind TEXT NOT NULL) WITHOUT ROWID;
`

/** Columns that lists sort by. */
export const sortColumns = {
  ...{ updated: 'updated', created: 'created', priority: 'rank', due: 'due', wakes: 'snoozed' },
} as const
/** Those that lists of any length sort by. */
const sorted = ['updated', 'created', 'rank', 'due']

/** Numbers of the tickets that sleep now. */
export const ASLEEP =
  "SELECT number FROM ticket WHERE snoozed > 0 AND snoozed > CAST(unixepoch('subsec') * 1000 AS INTEGER)"

/** Made first after loading: the default list walks it. */
export const statusIndex = 'CREATE INDEX ticket_status_updated ON ticket (status, updated)'

/** Made next: what else the default list and a ticket's page need. */
export const firstIndexes = [
  'CREATE UNIQUE INDEX ticket_id ON ticket (id)',
  'CREATE INDEX entry_ticket ON entry (ticket_id)',
  'CREATE INDEX attachment_ticket ON attachment (ticket_id)',
  'CREATE INDEX ticket_unread ON ticket (number) WHERE version > seen',
]

/** Each list query walks some of these in order; the rowid, which is the ticket's number, ends every one. */
export const listIndexes = [
  ...['status_created', 'status_rank', 'status_due'],
  ...sorted.map((column) => `assignee_status_${column}`),
  ...sorted.map((column) => `priority_status_${column}`),
  ...['requester', 'type', 'queue'],
].map((name) => `CREATE INDEX ticket_${name} ON ticket (${name.replaceAll('_', ', ')})`)

/** A ticket has tasks that are not done, as SQL. */
export const OPEN_TASKS = `instr(rest, '"done":false') > 0`

/** Few tickets have. */
export const taskIndex = `CREATE INDEX ticket_tasks ON ticket (number) WHERE ${OPEN_TASKS}`

/** Entries that mention somebody: few do. */
export const mentionIndex = `CREATE INDEX entry_mentions ON entry (ticket_id) WHERE instr(rest, '"mentions"') > 0`

/**
 * What a row's tags, watchers and custom fields say, each a `term`: `tag:vip`, `watcher:<id>`, `field.site=hq`, `field.ups=1`. In small letters as
 * SQLite makes them, which leaves those beyond ASCII; at most 200 characters of a value.
 * @param rest the row's column of that name, as SQL
 * @param more columns and tables to take along, as SQL
 */
export function termsSql(rest: string, more: { columns?: string; from?: string } = {}): string {
  const { columns = '', from = '' } = more
  return `SELECT 'tag:' || substr(lower(t.value), 1, 200) AS term${columns} FROM ${from}json_each(${rest}, '$.tags') t
    UNION SELECT 'watcher:' || w.value${columns} FROM ${from}json_each(${rest}, '$.watchers') w
    UNION SELECT 'field.' || f.key || '=' || substr(lower(v.value), 1, 200)${columns}
    FROM ${from}json_each(${rest}, '$.customFields') f, json_each(${rest}, f.fullkey) v WHERE v.type <> 'null'`
}

/** Tags, watchers and custom fields of tickets, found by value. Made after loading; from then on the database keeps it in step. */
export const termIndex = `
CREATE TABLE ticket_term (term TEXT NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (term, number)) WITHOUT ROWID;
INSERT INTO ticket_term ${termsSql('k.rest', { columns: ', k.number', from: 'ticket k, ' })};
CREATE TRIGGER ticket_term_new AFTER INSERT ON ticket WHEN new.rest IS NOT NULL BEGIN
  INSERT INTO ticket_term SELECT term, new.number FROM (${termsSql('new.rest')}) WHERE true ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER ticket_term_changed AFTER UPDATE OF rest ON ticket WHEN old.rest IS NOT new.rest BEGIN
  DELETE FROM ticket_term WHERE number = old.number AND term IN (SELECT term FROM (${termsSql('old.rest')}));
  INSERT INTO ticket_term SELECT term, new.number FROM (${termsSql('new.rest')}) WHERE true ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER ticket_term_gone AFTER DELETE ON ticket WHEN old.rest IS NOT NULL BEGIN
  DELETE FROM ticket_term WHERE number = old.number AND term IN (SELECT term FROM (${termsSql('old.rest')}));
END;
`

/** Says that all that is above exists; its absence that loading has not ended. */
export const lastIndex = 'CREATE UNIQUE INDEX entry_id ON entry (id)'

/** Text of a ticket is not stored again here: one row per ticket, found by number, cut out of the tables. */
export const fulltext = `
CREATE VIRTUAL TABLE ticket_text USING fts5 (
  subject, body,
  content = '', contentless_delete = 1,
  tokenize = 'unicode61 remove_diacritics 2',
  prefix = '2 3'
);
INSERT INTO ticket_text (ticket_text, rank) VALUES ('rank', 'bm25(4.0, 1.0)');
`
