/** Work that is being timed: it goes on through a restart, a lock and a crash. */
export const sql = `
CREATE TABLE timer (
  place INTEGER PRIMARY KEY,
  ticket_id TEXT NOT NULL UNIQUE,
  -- ms since 1970
  since INTEGER NOT NULL
);
`
