import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { ContactPatch, NewContact } from '../../src-shared/domain/people.ts'
import type { ContactView, TicketDetail } from '../../src-shared/domain/views.ts'
import { keys } from './queries.ts'
import type { Tenant } from './tenant.ts'

/** Contacts that a finder offers at most. */
const OFFERED = 8

export function contactQuery({ client }: Tenant, id: string) {
  return queryOptions({
    queryKey: keys.contact(id),
    queryFn: ({ signal }) => client.contacts.get.query({ id }, { signal }),
  })
}

/** Contacts whose name, address or site has all words of a text. */
export function contactsQuery({ client }: Tenant, text: string) {
  return queryOptions({
    queryKey: [...keys.allContacts, 'found', text] as const,
    queryFn: ({ signal }) => client.contacts.list.query({ text, limit: OFFERED }, { signal }),
    placeholderData: keepPreviousData,
    gcTime: 60_000,
  })
}

/**
 * Edits a contact: shows it at once, also in the open tickets that it asked for, and puts it back where the compartment
 * refuses.
 * @throws TRPCClientError with its problem
 */
export async function editContact(tenant: Tenant, id: string, patch: ContactPatch): Promise<void> {
  const { client, queries } = tenant
  await queries.cancelQueries({ queryKey: keys.contact(id) })
  const before = queries.getQueryData<ContactView>(keys.contact(id))
  if (before) applyContact(tenant, { ...before, ...patch, pending: true })
  try {
    applyContact(tenant, await client.contacts.edit.mutate({ id, patch }))
  } catch (error) {
    if (before) applyContact(tenant, before)
    throw error
  }
}

export async function createContact(tenant: Tenant, contact: NewContact): Promise<ContactView> {
  const made = await tenant.client.contacts.create.mutate(contact)
  applyContact(tenant, made)
  return made
}

function applyContact({ queries }: Tenant, contact: ContactView): void {
  queries.setQueryData(keys.contact(contact.id), contact)
  queries.setQueriesData<TicketDetail>({ queryKey: keys.allTickets }, (detail) =>
    detail?.requester?.id === contact.id ? { ...detail, requester: contact } : detail,
  )
}
