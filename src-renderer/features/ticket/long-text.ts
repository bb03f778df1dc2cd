import { MAX_BODY } from '../../../src-shared/domain/entry.ts'

const MOST = MAX_BODY.toLocaleString('en')

/** What is said where a text that was pasted became a file. */
export const BECAME_A_FILE = `That is more than the ${MOST} characters of an entry: it is attached as a file instead.`

/** The same where no files are taken. */
export const NO_FILE_HERE = `That is more than the ${MOST} characters of an entry: paste it into a note, where it becomes a file.`

/** What is wrong with a text that is longer than an entry holds; null where it is not. */
export function tooLong(text: string): string | null {
  if (text.length <= MAX_BODY) return null
  const has = text.length.toLocaleString('en')
  return `An entry holds ${MOST} characters, and this has ${has}. Shorten it, or cut it and paste it into a note: there it becomes a file.`
}

/**
 * A pasted text as a file, where it does not fit beside what is written: a log, mostly.
 * @param held characters that are written already
 */
export function fileOfLong(pasted: string, held: number): File | null {
  if (held + pasted.length <= MAX_BODY) return null
  const at = new Date().toISOString().slice(0, 19).replace('T', ' ').replaceAll(':', '.')
  return new File([pasted], `Pasted text ${at}.txt`, { type: 'text/plain' })
}
