/**
 * Every edit gets an identity of its own, and a place in the order; a sequence is only had while it is on its way, under
 * the client id of that time. Edits that are done or decided stay for a while: for taking a decision back, and for a
 * cloud that is set back.
 */
export const sql = `
CREATE TABLE outbox_2 (
  place INTEGER PRIMARY KEY,
  id TEXT NOT NULL,
  at TEXT NOT NULL,
  body TEXT NOT NULL,
  -- queued: not acknowledged. acked: waits until the pull has reached its version. failed: a person must decide.
  -- sent: the cloud has it. decided: a person has decided.
  state TEXT NOT NULL CHECK (state IN ('queued', 'acked', 'failed', 'sent', 'decided')),
  sequence INTEGER,
  version INTEGER,
  outcome TEXT,
  attempts INTEGER NOT NULL DEFAULT 0,
  -- Id of the undecided edit that this one answers.
  answers TEXT
);

INSERT INTO outbox_2 (place, id, at, body, state, sequence, version, outcome, attempts)
SELECT
  -- Below zero, counting down, are those that an earlier renumbering put out of the way: they are the oldest.
  row_number() OVER (ORDER BY sequence > 0, abs(sequence)),
  lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-a' ||
        substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))),
  at, body, state,
  iif(state = 'queued' AND attempts > 0, sequence, NULL),
  version, outcome, attempts
FROM outbox;

DROP TABLE outbox;
ALTER TABLE outbox_2 RENAME TO outbox;

INSERT INTO meta VALUES ('next_place', (SELECT coalesce(max(place), 0) + 1 FROM outbox));
UPDATE meta SET value = (SELECT max(sequence) + 1 FROM outbox)
WHERE name = 'next_sequence' AND EXISTS (SELECT 1 FROM outbox WHERE sequence IS NOT NULL);
`
