import { randomBytes } from 'node:crypto'
import { NewCredential } from '../../src-shared/domain/vault.ts'
import { problemOf } from '../../src-shared/problem.ts'
import type { ReportedCheck } from '../../src-shared/protocol/onboarding.ts'
import type { Holdings } from './holdings.ts'
import { brokenAuditRow } from './ledger/audit.ts'
import type { Vault } from './vault/vault.ts'

const REASON = 'Verification of an onboarding'

type Found = Pick<ReportedCheck, 'state' | 'detail'>
const NOT_TRIED: Found = {
  state: 'warning',
  detail: 'You may not reveal secrets of this client, so this was not tried. Have somebody run the checks who may.',
}

/**
 * Looks at what only this compartment can: that revealing a secret leaves a trace, that what is stored opens with its own
 * key alone, and that the audit trail is whole. With a made-up secret, which is erased again; its rows stay in the trail.
 */
export function selfCheck(held: Holdings, vault: Vault, mayReveal: boolean): ReportedCheck[] {
  const [reveal, sealed] = mayReveal ? withSecret(held, vault) : [NOT_TRIED, NOT_TRIED]
  return [
    { key: 'reveal', ...reveal },
    { key: 'sealed', ...sealed },
    { key: 'audit', ...looked(() => trailIsWhole(held)) },
  ]
}

function withSecret(held: Holdings, vault: Vault): [reveal: Found, sealed: Found] {
  const text = randomBytes(24).toString('hex')
  let id: string | null = null
  try {
    id = vault.create(NewCredential.parse({ kind: 'note', name: 'Check of the vault', secrets: { text } })).id
    const made = id
    return [looked(() => revealLeavesTrace(held, vault, made, text)), looked(() => opensAlone(held, made))]
  } catch (error) {
    return [failed(error), failed(error)]
  } finally {
    if (id !== null) vault.erase(id)
  }
}

function looked(look: () => Found): Found {
  try {
    return look()
  } catch (error) {
    return failed(error)
  }
}

function failed(error: unknown): Found {
  return { state: 'failed', detail: problemOf(error).message }
}

function revealLeavesTrace(held: Holdings, vault: Vault, id: string, text: string): Found {
  const { value } = vault.reveal({ id, field: 'text', purpose: 'show', reason: REASON })
  if (value !== text) return { state: 'failed', detail: 'Another secret was revealed than the one that was written.' }
  const row = [...held.ledger.auditRows].findLast(({ entity }) => entity === `credential ${id}`)
  if (row?.action !== 'vault.reveal' || row.actor !== held.technician.id)
    return { state: 'failed', detail: 'A secret was revealed, and the audit trail has no row of it.' }
  return {
    state: 'passed',
    detail: `A made-up secret was revealed and erased again; row ${row.seq} of the audit trail says who saw it.`,
  }
}

function opensAlone(held: Holdings, id: string): Found {
  const { withOtherKey, elsewhere } = held.opensOtherwise(id, 'text')
  if (withOtherKey) return { state: 'failed', detail: 'The file of edits opens with a key that is not its own.' }
  if (elsewhere) return { state: 'failed', detail: 'A secret of this client opens at another client.' }
  return {
    state: 'passed',
    detail: 'With another key the files do not open, and at another client a secret of this one does not.',
  }
}

function trailIsWhole({ ledger }: Holdings): Found {
  const broken = brokenAuditRow(ledger.auditRows)
  if (broken !== null)
    return { state: 'failed', detail: `Row ${broken} of the audit trail does not follow from the one before.` }
  const count = [...ledger.auditRows].length
  return { state: 'passed', detail: `All ${count} rows of the audit trail follow from one another.` }
}
