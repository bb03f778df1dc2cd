import { z } from 'zod'
import { Id } from '../domain/primitives.ts'
import { Technician } from '../domain/people.ts'
import { Tenant } from '../domain/tenant.ts'

export const SignIn = z.object({ email: z.string().min(3).max(320), password: z.string().min(1).max(1000) })
export type SignIn = z.infer<typeof SignIn>

export const RefreshSession = z.object({ refreshToken: z.string().min(1).max(4096) })

/** What sign-in and refresh answer. The refresh token is single use: the next one comes with each answer. */
export const Session = z.object({
  organisation: z.object({ id: Id, name: z.string() }),
  technician: Technician,
  /** Bearer token for organisation routes. */
  accessToken: z.string(),
  /** Seconds that the access token lives from now. */
  expiresIn: z.number().positive(),
  refreshToken: z.string(),
})
export type Session = z.infer<typeof Session>

export const TenantList = z.object({ tenants: z.array(Tenant) })
export type TenantList = z.infer<typeof TenantList>

/** A bearer token that decides the tenant of every tenant route. */
export const TenantToken = z.object({ token: z.string(), expiresIn: z.number().positive() })
export type TenantToken = z.infer<typeof TenantToken>
