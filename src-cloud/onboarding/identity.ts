import type { Identity } from '../../src-shared/onboarding/answers.ts'
import { colourOf, shortNameOf, timeZoneOf } from '../../src-shared/onboarding/filling-in.ts'
import { ProblemError } from '../../src-shared/problem.ts'
import type { Transaction } from '../database/connect.ts'

/** A client as it will be: what was left out of an identity is filled in. */
export interface WholeIdentity extends Identity {
  shortName: string
  industry: string
  timeZone: string
  colour: string
}

/** @throws ProblemError `invalid-input` where the time zone is not known */
export function wholeIdentity(identity: Identity, tenantId: string): WholeIdentity {
  const { country } = identity
  const timeZone = identity.timeZone ?? (country ? timeZoneOf(country) : null)
  if (timeZone === null) {
    const reason = country
      ? `The clocks of ${country} do not all show the same. Say which time zone the client is in, such as America/Denver.`
      : 'Where is the client? Give its time zone, such as Europe/Berlin, or its country.'
    throw new ProblemError('invalid-input', { reason })
  }
  return {
    ...identity,
    domains: [...new Set(identity.domains)],
    shortName: identity.shortName ?? shortNameOf(identity.name),
    industry: identity.industry ?? '',
    colour: identity.colour ?? colourOf(tenantId),
    timeZone,
  }
}

/**
 * Looks for another client of the organisation that has the name or a domain, live or on its way in. Whoever asks holds
 * `bulkhead.own_tenants`.
 * @throws ProblemError `client-exists`, `domain-taken`, `client-being-onboarded`
 */
export async function mustBeFree(
  tx: Transaction,
  identity: Identity,
  tenantId: string,
  onboarding: string,
): Promise<void> {
  const name = identity.name.toLowerCase()
  const domains = JSON.stringify(identity.domains)
  const [under] = await tx<{ by: string; at: string; name: string }[]>`
    select changed_by_name as by, name, to_char(started_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI') as at from onboarding
    where state in ('open', 'cancelling') and id <> ${onboarding} and (lower(name) = ${name}
      or exists (select from json_array_elements_text(answers -> 'identity' -> 'domains') theirs
                 join json_array_elements_text(${domains}::text::json) ours on ours.value = theirs.value))
    limit 1`
  if (under) throw new ProblemError('client-being-onboarded', under)
  const [other] = await tx<{ name: string; domain: string | null }[]>`
    select t.name, ours.value as domain from tenant t
    left join json_array_elements_text(${domains}::text::json) ours on ours.value = any(t.domains)
    where t.id <> ${tenantId} and (ours.value is not null or lower(t.name) = ${name}) limit 1`
  if (other?.domain) throw new ProblemError('domain-taken', { domain: other.domain, name: other.name })
  if (other) throw new ProblemError('client-exists', { name: other.name })
}
