/** Texts that a technician typed and did not send: they outlive a lock and a crash. */
export const sql = `
CREATE TABLE draft (
  place INTEGER PRIMARY KEY,
  -- Empty for a ticket that is not there yet.
  ticket_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  body TEXT NOT NULL,
  at TEXT NOT NULL,
  UNIQUE (ticket_id, kind)
);
`
