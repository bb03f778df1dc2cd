import type { Sql, Transaction } from './connect.ts'

/**
 * Runs one transaction as a verified tenant: policies show it the rows of that tenant and no others.
 * @param api a pool of the API role
 */
export async function asTenant<T>(api: Sql, tenant: string, work: (tx: Transaction) => Promise<T>): Promise<T> {
  return (await api.begin(async (tx) => {
    await tx`select bulkhead.use_tenant(${tenant})`
    return work(tx)
  })) as T
}

/** Runs one transaction as a verified organisation. */
export async function asOrganisation<T>(
  api: Sql,
  organisation: string,
  work: (tx: Transaction) => Promise<T>,
): Promise<T> {
  return (await api.begin(async (tx) => {
    await tx`select bulkhead.use_organisation(${organisation})`
    return work(tx)
  })) as T
}

/** Runs one transaction as whoever holds this email address or token hash, before they are known. */
export async function asCredential<T>(api: Sql, credential: string, work: (tx: Transaction) => Promise<T>): Promise<T> {
  return (await api.begin(async (tx) => {
    await tx`select bulkhead.use_credential(${credential})`
    return work(tx)
  })) as T
}
