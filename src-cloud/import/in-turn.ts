import type { Transaction } from '../database/connect.ts'

/** What is done with each part of an import, in one transaction. */
export interface Turn<Part, Plan> {
  /** Looks and locks; may run while the part before is written. */
  plan: (tx: Transaction, part: Part) => Promise<Plan>
  /** Writes, when the part before is committed. */
  write: (tx: Transaction, plan: Plan) => Promise<void>
  /** Told of each part that is committed, in their order. */
  committed?: (plan: Plan) => void
}

/**
 * Takes the parts of an import in their order, each as a transaction of its own. While the database writes one, the next
 * is planned on another connection; where one fails, none after it is written.
 * @param alone plans a part only when all before it are there, as it looks for what they wrote
 * @throws what planning or writing one throws
 */
export async function inTurn<Part, Plan>(
  parts: Iterable<Part> | AsyncIterable<Part>,
  inTenant: (work: (tx: Transaction) => Promise<Plan>) => Promise<Plan>,
  { plan, write, committed }: Turn<Part, Plan>,
  alone: boolean,
): Promise<void> {
  let [last, before]: [Promise<void>, Promise<void>] = [Promise.resolve(), Promise.resolve()]
  try {
    for await (const part of parts) {
      const preceding = (last = before)
      const planned = Promise.withResolvers<void>()
      before = inTenant(async (tx) => {
        const made = await plan(tx, part)
        planned.resolve()
        await preceding
        await write(tx, made)
        return made
      }).then(committed)
      before.catch(planned.reject)
      await planned.promise
      await (alone ? before : preceding)
    }
  } finally {
    await Promise.allSettled([last])
    await before
  }
}
