import type { TicketDetail } from '../../src-shared/domain/views.ts'
import type { MutationBody } from '../../src-shared/protocol/mutation.ts'
import type { Touched } from './cache/overlay.ts'
import type { Holdings } from './holdings.ts'

/** What the procedures of a compartment work with. */
export interface Bench {
  readonly held: Holdings
  /** Reads from the files; a damaged cache is started anew. @throws ProblemError `disk-full`, `file-damaged` */
  read<Result>(work: (held: Holdings) => Result): Result
  /** @throws ProblemError `not-found` */
  ticket(id: string): TicketDetail
  /** Brings on view what the ledger has recorded or let go, tells the windows, and has it sent. */
  show(bodies: readonly MutationBody[]): void
  /** Tells the windows what moved. */
  tell(touched: Touched): void
}
