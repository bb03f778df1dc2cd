import { queryOptions } from '@tanstack/react-query'
import type { InboxItem, UndecidedField } from '../../src-shared/domain/views.ts'
import { keys } from './queries.ts'
import type { Tenant } from './tenant.ts'

type SentField = Partial<UndecidedField> & Pick<UndecidedField, 'field' | 'by' | 'at'>

/** Items as they come over the channel, where a value that is undefined is left out. */
export type SentItem = Omit<InboxItem, 'fields'> & { fields: readonly SentField[] }

/** Edits that wait for a decision; read again whenever the sync state moves. */
export function inboxQuery({ client }: Tenant) {
  return queryOptions({
    queryKey: keys.inbox,
    queryFn: async ({ signal }) => wholeItems(await client.inbox.list.query(undefined, { signal })),
    staleTime: 0,
  })
}

/** Shows what is left to decide, as a procedure of the inbox has answered. */
export function applyInbox({ queries }: Tenant, items: readonly SentItem[]): void {
  queries.setQueryData(keys.inbox, wholeItems(items))
}

function wholeItems(items: readonly SentItem[]): InboxItem[] {
  return items.map((item) => ({
    ...item,
    fields: item.fields.map(({ base = null, mine = null, theirs = null, ...field }) => ({
      ...field,
      base,
      mine,
      theirs,
    })),
  }))
}
