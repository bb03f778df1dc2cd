/** Credentials, their versions and their sealed secrets. Never edited once released: a later step changes it. */
export const sql = `
CREATE TABLE credential (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  created_at TEXT NOT NULL,
  -- When it was taken away; it can be brought back for a while.
  removed_at TEXT
) WITHOUT ROWID;

-- The version with the highest number is the one in force.
CREATE TABLE version (
  credential TEXT NOT NULL REFERENCES credential,
  version INTEGER NOT NULL,
  at TEXT NOT NULL,
  -- Name of the technician, or of what did it by itself.
  by TEXT NOT NULL,
  -- JSON. Every secret of the version is bound to this very text.
  facts TEXT NOT NULL,
  -- Names of facts and secrets that are not as in the version before, as JSON.
  changed TEXT NOT NULL,
  rotated_at TEXT NOT NULL,
  -- 1 where a renewal made it: the next renewal takes its place.
  renewal INTEGER NOT NULL,
  -- When the access token of an OAuth grant ends, ms since 1970; null where that is not known.
  access_until INTEGER,
  PRIMARY KEY (credential, version)
) WITHOUT ROWID;

CREATE TABLE secret (
  credential TEXT NOT NULL,
  version INTEGER NOT NULL,
  field TEXT NOT NULL,
  -- Nonce, ciphertext and tag of AES-256-GCM.
  sealed BLOB NOT NULL,
  PRIMARY KEY (credential, version, field),
  FOREIGN KEY (credential, version) REFERENCES version (credential, version)
);
`
