/** Contents of files that the cloud does not have yet; the bytes are in the folder of files. */
export const sql = `
CREATE TABLE upload (
  place INTEGER PRIMARY KEY,
  attachment_id TEXT NOT NULL UNIQUE,
  ticket_id TEXT NOT NULL,
  -- Id of the outbox row that tells the cloud of it.
  mutation_id TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  size INTEGER NOT NULL,
  -- Why the cloud did not take it, as JSON; null while it is to be sent.
  problem TEXT
);
`
