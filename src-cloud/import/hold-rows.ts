import type { Transaction } from '../database/connect.ts'

const locks = { contact: 'no key update', ticket: 'update' } as const

/**
 * Reads rows of the tenant by their ids, deleted ones too, and holds them to the end of the transaction. Planned anew each
 * time: an import fills tables, and a plan from when one was empty would read all of it for each part.
 */
export async function holdRows<Entity>(
  tx: Transaction,
  table: keyof typeof locks,
  ids: readonly string[],
): Promise<{ data: Entity; deleted: boolean }[]> {
  // What is not written as a template is not kept as a prepared statement.
  return tx.unsafe<{ data: Entity; deleted: boolean }[]>(
    `select data, deleted from ${table} where id = any(string_to_array($1::text, ',')::uuid[]) order by id for ${locks[table]}`,
    [ids.join(',')],
    { prepare: false },
  )
}
