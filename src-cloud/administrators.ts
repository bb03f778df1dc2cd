import { ProblemError } from '../src-shared/problem.ts'
import type { Role, TechnicianOfOrganisation } from '../src-shared/protocol/session.ts'
import type { Transaction } from './database/connect.ts'

/** Names in a sentence at most. */
const NAMED = 3

/**
 * Lets an administrator go on, in the organisation's scope: asked in the transaction of what they want to do, so that a
 * role that was taken away counts at once.
 * @throws ProblemError `administrator-needed`, with the names of those who can
 */
export async function mustAdminister(tx: Transaction, technician: string): Promise<void> {
  const people = await tx<{ id: string; name: string }[]>`
    select id, name from technician where role = 'administrator' order by name`
  if (people.some(({ id }) => id === technician)) return
  throw new ProblemError('administrator-needed', { who: anyOf(people.map(({ name }) => name)) })
}

/** "Ana", "Ana or Ben", "Ana, Ben or Cleo", and with more "Ana, Ben, Cleo or another administrator". */
function anyOf(names: readonly string[]): string {
  if (names.length === 0) return 'whoever runs the cloud to appoint one'
  const told = names.length > NAMED ? [...names.slice(0, NAMED), 'another administrator'] : names
  return told.length === 1 ? told.join() : `${told.slice(0, -1).join(', ')} or ${told.at(-1)}`
}

/** What a technician is in the organisation, in its scope. */
export async function roleOf(tx: Transaction, technician: string): Promise<Role> {
  const [row] = await tx<{ role: Role }[]>`select role from technician where id = ${technician}`
  if (!row) throw new ProblemError('sign-in-expired')
  return row.role
}

/** The people of an organisation by name, in its scope. */
export async function listTechnicians(tx: Transaction): Promise<TechnicianOfOrganisation[]> {
  return tx<TechnicianOfOrganisation[]>`select id, name, email, role from technician order by name, id`
}

/**
 * Appoints an administrator, or takes the role away again.
 * @throws ProblemError `administrator-needed`, `not-found`, `last-administrator`
 */
export async function giveRole(
  tx: Transaction,
  by: string,
  { id, role }: { id: string; role: Role },
): Promise<TechnicianOfOrganisation> {
  // Held: of two who take the role from each other at once, the second finds that there is no other left.
  await tx`select from technician where role = 'administrator' order by id for update`
  await mustAdminister(tx, by)
  const people = await listTechnicians(tx)
  const one = people.find((other) => other.id === id)
  if (!one) throw new ProblemError('not-found', { what: 'This technician' })
  const others = people.some((other) => other.id !== id && other.role === 'administrator')
  if (role !== 'administrator' && !others) throw new ProblemError('last-administrator', { name: one.name })
  await tx`update technician set role = ${role} where id = ${id} and role <> ${role}`
  return { ...one, role }
}
