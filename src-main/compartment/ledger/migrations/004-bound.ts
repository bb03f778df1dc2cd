/** A write can be bound to an earlier one: it goes after the answer, and not at all where that one was refused. */
export const sql = `
-- Id of the write that this one means nothing without.
ALTER TABLE outbox ADD COLUMN needs TEXT;
`
