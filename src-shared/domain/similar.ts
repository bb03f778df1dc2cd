import type { TicketRow } from './views.ts'

/** A ticket that may tell of the same event as another, and why. */
export interface SimilarTicket {
  row: TicketRow
  sameRequester: boolean
  /** Words that both subjects have and few others, in small letters without accents. */
  words: string[]
}
