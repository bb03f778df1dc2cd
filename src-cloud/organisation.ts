import type { Tenant } from '../src-shared/domain/tenant.ts'
import { ProblemError } from '../src-shared/problem.ts'
import type { Role, TenantLogo } from '../src-shared/protocol/session.ts'
import { mustAdminister, roleOf } from './administrators.ts'
import { asOrganisation } from './database/as.ts'
import type { Sql } from './database/connect.ts'
import type { OrganisationIdentity } from './tokens.ts'

/** The tenants that a technician works for, by name, and what they are in the organisation. */
export async function listTenants(
  api: Sql,
  { organisation, technician }: OrganisationIdentity,
): Promise<{ tenants: Tenant[]; role: Role }> {
  return asOrganisation(api, organisation, async (tx) => {
    const rows = await tx<{ tenant: Tenant }[]>`
      select json_build_object('id', t.id, 'name', t.name, 'shortName', t.short_name, 'domains', t.domains, 'aliases', t.aliases,
        'industry', t.industry, 'colour', t.colour, 'logo', t.logo, 'timeZone', t.time_zone, 'head', f.version, 'onboarding', t.onboarding) as tenant
      from tenant t
      join tenant_feed f on f.tenant_id = t.id
      join tenant_technician w on w.tenant_id = t.id and w.id = ${technician} and not w.deleted
      order by t.name, t.id`
    return { tenants: rows.map(({ tenant }) => tenant), role: await roleOf(tx, technician) }
  })
}

/** Whether a tenant is of the organisation and the technician works for it. */
export async function mayEnter(
  api: Sql,
  { organisation, technician }: OrganisationIdentity,
  tenant: string,
): Promise<boolean> {
  const rows = await asOrganisation(
    api,
    organisation,
    (tx) => tx`
      select from tenant t join tenant_technician w on w.tenant_id = t.id and w.id = ${technician} and not w.deleted
      where t.id = ${tenant}`,
  )
  return rows.length === 1
}

/**
 * Gives a client another logo, or none. Consoles are told.
 * @throws ProblemError `administrator-needed`, `not-allowed`
 */
export async function giveLogo(
  api: Sql,
  { organisation, technician }: OrganisationIdentity,
  tenant: string,
  { logo }: TenantLogo,
): Promise<TenantLogo> {
  return asOrganisation(api, organisation, async (tx) => {
    await mustAdminister(tx, technician)
    const given = await tx`
      update tenant set logo = ${logo} where id = ${tenant} and exists (
        select from tenant_technician w where w.tenant_id = tenant.id and w.id = ${technician} and not w.deleted)
      returning id`
    if (given.length === 0) throw new ProblemError('not-allowed')
    return { logo }
  })
}
