import { z } from 'zod'

/** What a technician writes on a ticket: for technicians only, for the requester, or work that was done. */
export type EntryMode = 'note' | 'reply' | 'time'

/** A note, unless a reply was begun and no note. @param draft the unsent text of each kind */
export function startMode(draft: (kind: EntryMode) => string): EntryMode {
  return draft('reply') !== '' && draft('note') === '' ? 'reply' : 'note'
}

/** What is typed: a text and, for work, how long it took in the person's own words. */
const Work = z.object({ text: z.string(), time: z.string() })
type Work = z.infer<typeof Work>

/** As a draft is kept: of work, the duration goes with the text. Empty for nothing. */
export function workText(mode: EntryMode, { text, time }: Work): string {
  return mode !== 'time' || time === '' ? text : JSON.stringify({ text, time })
}

/** The other way round; a draft of work without a duration is its text. */
export function readWork(mode: EntryMode, draft: string): Work {
  try {
    if (mode === 'time') return Work.parse(JSON.parse(draft))
  } catch {
    // A text that a person wrote.
  }
  return { text: draft, time: '' }
}
