import type { FieldChoice, InboxItem, OutboxEntry } from '../../../src-shared/domain/views.ts'
import type { MutationBody } from '../../../src-shared/protocol/mutation.ts'
import type { Bench } from '../bench.ts'
import { cancel, dismiss, reopen, resend, resolve, type Mending } from '../ledger/decisions.ts'
import type { OutboxItem } from '../ledger/outbox.ts'
import { readInbox, readOutbox, serverValue } from './inbox.ts'

/** What a technician decides about writes that were not taken, or not sent. */
export function decisions(bench: Bench) {
  const { ledger } = bench.held
  const inbox = (): InboxItem[] => bench.read(({ cache }) => readInbox(cache, ledger))
  const outbox = (): OutboxEntry[] => bench.read(({ cache }) => readOutbox(cache, ledger))
  const show = (items: OutboxItem[]): void => bench.show(items.map(({ body }) => body))
  const seen = (body: MutationBody, field: string): unknown =>
    bench.read(({ cache }) => serverValue(cache, body, field))

  const decided = (items: OutboxItem[]): InboxItem[] => {
    show(items)
    return inbox()
  }
  return {
    inbox,
    outbox,
    resolve: ({ id, choices }: { id: string; choices: FieldChoice[] }) => decided(resolve(ledger, id, choices)),
    resend: ({ id, ...mending }: { id: string } & Mending) => decided(resend(ledger, id, mending, seen)),
    dismiss: (id: string) => decided(dismiss(ledger, id)),
    reopen: (id: string) => decided(reopen(ledger, id)),
    cancel(id: string): OutboxEntry[] {
      show(cancel(ledger, id))
      return outbox()
    },
  }
}
