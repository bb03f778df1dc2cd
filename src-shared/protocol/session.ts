import { z } from 'zod'
import { Logo } from '../domain/logo.ts'
import { Id } from '../domain/primitives.ts'
import { Technician } from '../domain/people.ts'
import { Tenant } from '../domain/tenant.ts'

export const SignIn = z.object({ email: z.string().min(3).max(320), password: z.string().min(1).max(1000) })
export type SignIn = z.infer<typeof SignIn>

export const RefreshSession = z.object({ refreshToken: z.string().min(1).max(4096) })

/** What a technician is in the organisation: administrators bring clients in and out, and change what all inherit. */
export const Role = z.enum(['administrator', 'technician'])
export type Role = z.infer<typeof Role>

/** What sign-in and refresh answer. The refresh token is single use: the next one comes with each answer. */
export const Session = z.object({
  organisation: z.object({ id: Id, name: z.string() }),
  /** Without a role from a cloud before there were roles: there everybody may everything. */
  technician: Technician.extend({ role: Role.optional() }),
  /** Bearer token for organisation routes. */
  accessToken: z.string(),
  /** Seconds that the access token lives from now. */
  expiresIn: z.number().positive(),
  refreshToken: z.string(),
})
export type Session = z.infer<typeof Session>

/** The clients of whoever asks, and what they are in the organisation; see {@link Session} about its absence. */
export const TenantList = z.object({ tenants: z.array(Tenant), role: Role.optional() })
export type TenantList = z.infer<typeof TenantList>

/** A bearer token that decides the tenant of every tenant route. */
export const TenantToken = z.object({ token: z.string(), expiresIn: z.number().positive() })
export type TenantToken = z.infer<typeof TenantToken>

/** A technician as colleagues see them. */
export const TechnicianOfOrganisation = z.object({ id: Id, name: z.string(), email: z.string(), role: Role })
export type TechnicianOfOrganisation = z.infer<typeof TechnicianOfOrganisation>
export const TechnicianList = z.object({ technicians: z.array(TechnicianOfOrganisation) })

/** A client's logo; null for none. */
export const TenantLogo = z.strictObject({ logo: Logo.nullable() })
export type TenantLogo = z.infer<typeof TenantLogo>

export const GiveRole = z.strictObject({ role: Role })
