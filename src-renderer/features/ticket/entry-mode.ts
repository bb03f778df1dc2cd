/** What a technician writes on a ticket: for technicians only, for the requester, or work that was done. */
export type EntryMode = 'note' | 'reply' | 'time'

/** Where the unsent text of a ticket is kept, one for each kind. */
export function draftKey(ticketId: string, mode: EntryMode): string {
  return mode === 'note' ? ticketId : `${mode}:${ticketId}`
}

/** A note, unless a reply was begun and no note. */
export function startMode(drafts: ReadonlyMap<string, string>, ticketId: string): EntryMode {
  return drafts.has(draftKey(ticketId, 'reply')) && !drafts.has(draftKey(ticketId, 'note')) ? 'reply' : 'note'
}
