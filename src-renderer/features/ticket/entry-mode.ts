/** What a technician writes on a ticket: for technicians only, for the requester, or work that was done. */
export type EntryMode = 'note' | 'reply' | 'time'

export function isEntryMode(kind: string | null): kind is EntryMode {
  return kind === 'note' || kind === 'reply' || kind === 'time'
}

/** A note, unless a reply was begun and no note. @param draft the unsent text of each kind */
export function startMode(draft: (kind: EntryMode) => string): EntryMode {
  return draft('reply') !== '' && draft('note') === '' ? 'reply' : 'note'
}

/** A part of what is typed, from one character to before another. */
export interface TextPlace {
  kind: EntryMode
  from: number
  to: number
}

/** A draft with a text behind it. */
export function withText(draft: string, text: string): string {
  return [draft.trimEnd(), text].filter((part) => part !== '').join('\n\n')
}

/** What is typed: a text and, for work, how long it took in the person's own words. */
interface Work {
  text: string
  time: string
}

/** As a draft is kept: of work, the duration goes with the text. Empty for nothing. */
export function workText(mode: EntryMode, { text, time }: Work): string {
  return mode !== 'time' || time === '' ? text : JSON.stringify({ text, time })
}

/** The other way round; a draft of work without a duration is its text. */
export function readWork(mode: EntryMode, draft: string): Work {
  try {
    const kept = mode === 'time' ? (JSON.parse(draft) as Partial<Work> | null) : null
    if (typeof kept?.text === 'string' && typeof kept.time === 'string') return { text: kept.text, time: kept.time }
  } catch {
    // A text that a person wrote.
  }
  return { text: draft, time: '' }
}
