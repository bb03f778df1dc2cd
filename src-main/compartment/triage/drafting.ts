import type { Draft, DraftKind } from '../../../src-shared/domain/views.ts'
import type { Bench } from '../bench.ts'

/** Texts that are being typed. They are on the disk when a call is answered, and never leave this machine. */
export function drafting({ held: { ledger } }: Bench) {
  return {
    drafts: (ticketId: string | null): Draft[] => ledger.drafts.of(ticketId),

    saveDraft({ ticketId, kind, body }: { ticketId: string | null; kind: DraftKind; body: string }): void {
      ledger.change(() => {
        if (body === '') ledger.drafts.remove(ticketId, kind)
        else ledger.drafts.put(ticketId, kind, body)
      })
    },
  }
}
