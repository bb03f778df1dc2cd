import type { Draft, DraftKind } from '../../src-shared/domain/views.ts'
import type { Memory } from './memory.ts'
import type { Tenant } from './tenant.ts'

/** Milliseconds of typing that a crash can cost. */
const PAUSE = 400

/** What is typed and not sent: in the window's memory at once, and a moment later in the compartment's ledger. */
export interface Drafts {
  /** @param kept what the ledger has, for what was not typed in this window */
  read(ticketId: string | null, kind: DraftKind, kept: readonly Draft[]): string
  /** An empty text is no draft. */
  write(ticketId: string | null, kind: DraftKind, body: string): void
  /** Saves at once what still waits. */
  flush(): void
}

/** @param save writes to the ledger; it may fail, the text stays in the window then and goes with the next letter */
export function createDrafts(
  { drafts }: Pick<Memory, 'drafts'>,
  save: (draft: { ticketId: string | null; kind: DraftKind; body: string }) => Promise<unknown>,
): Drafts {
  const waiting = new Map<string, { ticketId: string | null; kind: DraftKind; body: string }>()
  let timer: ReturnType<typeof setTimeout> | null = null
  const flush = (): void => {
    if (timer) clearTimeout(timer)
    timer = null
    const all = [...waiting.values()]
    waiting.clear()
    for (const draft of all) save(draft).catch(() => undefined)
  }
  const keyOf = (ticketId: string | null, kind: DraftKind): string => `${kind}:${ticketId ?? ''}`
  return {
    read: (ticketId, kind, kept) =>
      drafts.get(keyOf(ticketId, kind)) ?? kept.find((draft) => draft.kind === kind)?.body ?? '',
    write(ticketId, kind, body) {
      const key = keyOf(ticketId, kind)
      // Also where it is empty: what the ledger had is outdated.
      drafts.set(key, body)
      waiting.set(key, { ticketId, kind, body })
      timer ??= setTimeout(flush, PAUSE)
    },
    flush,
  }
}

/** Every draft of a ticket that is not there yet is one. */
export async function newTicketDraft({ client, drafts }: Tenant): Promise<string> {
  return drafts.read(null, 'ticket', await client.tickets.drafts.query({ ticketId: null }))
}
