import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { Tenant } from './tenant.ts'

const KEY = ['vault'] as const

/** Credentials by name, without their secrets. @param removed those that were taken away instead */
export function credentialsQuery({ client }: Tenant, text: string, removed: boolean) {
  return queryOptions({
    queryKey: [...KEY, 'list', text, removed] as const,
    queryFn: ({ signal }) => client.vault.list.query({ text, removed }, { signal }),
    placeholderData: keepPreviousData,
  })
}

export function vaultPolicyQuery({ client }: Tenant) {
  return queryOptions({
    queryKey: [...KEY, 'policy'] as const,
    queryFn: ({ signal }) => client.vault.policy.query(undefined, { signal }),
  })
}

export function versionsQuery({ client }: Tenant, id: string, version: number) {
  return queryOptions({
    queryKey: [...KEY, 'versions', id, version] as const,
    queryFn: ({ signal }) => client.vault.versions.query({ id }, { signal }),
  })
}

/** Reads the credentials again: nobody else changes them, so this follows each act. */
export async function refreshVault({ queries }: Tenant): Promise<void> {
  await queries.invalidateQueries({ queryKey: KEY })
}
