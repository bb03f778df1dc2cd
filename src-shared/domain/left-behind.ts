/** A client that is not in the list any more, and whose files are still here. */
export interface LeftBehind {
  id: string
  name: string
  /** When it left. */
  at: string
  bytes: number
  /** Edits that could not be saved and that nobody decided about: they are lost with the files. */
  undecided: number
  /** What there is to decide, in one sentence. */
  sentence: string
}
