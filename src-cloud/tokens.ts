import { randomBytes } from 'node:crypto'
import { jwtVerify, SignJWT } from 'jose'
import { z } from 'zod'
import { ProblemError } from '../src-shared/problem.ts'
import type { Sql } from './database/connect.ts'

/** Seconds that an access or tenant token lives. */
export const TOKEN_SECONDS = 15 * 60

const OrganisationClaims = z.object({ sub: z.uuid(), organisation: z.uuid(), family: z.uuid(), exp: z.number() })
const TenantClaims = z.object({ sub: z.uuid(), tenant: z.uuid() })

/** Who a verified organisation token speaks for; `family` is the sign-in that it came from. */
export interface OrganisationIdentity {
  technician: string
  organisation: string
  family: string
}

/** The same, from a token that was verified. */
export interface VerifiedOrganisation extends OrganisationIdentity {
  /** When the token ends, in milliseconds since the epoch. */
  expires: number
}

/** Who a verified tenant token speaks for. */
export interface TenantIdentity {
  technician: string
  tenant: string
}

/** Signs and verifies the two kinds of bearer token. A token of one kind is never one of the other. */
export class Tokens {
  readonly #key: Uint8Array
  readonly #seconds: number

  readonly #closed: ReadonlySet<string>

  /** @param closed tenants whose tokens count no more */
  constructor(key: Uint8Array, seconds = TOKEN_SECONDS, closed: ReadonlySet<string> = new Set()) {
    this.#key = key
    this.#seconds = seconds
    this.#closed = closed
  }

  get seconds(): number {
    return this.#seconds
  }

  async organisation({ technician, organisation, family }: OrganisationIdentity): Promise<string> {
    return this.#sign('organisation', technician, { organisation, family })
  }

  async tenant({ technician, tenant }: TenantIdentity): Promise<string> {
    return this.#sign('tenant', technician, { tenant })
  }

  /** @throws ProblemError `sign-in-expired` for anything but a live organisation token of this cloud */
  async verifyOrganisation(authorization: string | undefined): Promise<VerifiedOrganisation> {
    const claims = OrganisationClaims.safeParse(await this.#verify('organisation', authorization))
    if (!claims.success) throw new ProblemError('sign-in-expired')
    const { sub: technician, organisation, family, exp } = claims.data
    return { technician, organisation, family, expires: exp * 1000 }
  }

  /** @throws ProblemError `sign-in-expired` for anything but a live tenant token of this cloud, `not-allowed` for a closed tenant */
  async verifyTenant(authorization: string | undefined): Promise<TenantIdentity> {
    const claims = TenantClaims.safeParse(await this.#verify('tenant', authorization))
    if (!claims.success) throw new ProblemError('sign-in-expired')
    if (this.#closed.has(claims.data.tenant)) throw new ProblemError('not-allowed')
    return { technician: claims.data.sub, tenant: claims.data.tenant }
  }

  async #sign(audience: string, subject: string, claims: Record<string, string>): Promise<string> {
    const now = Math.floor(Date.now() / 1000)
    return new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256' })
      .setAudience(audience)
      .setSubject(subject)
      .setIssuedAt(now)
      .setExpirationTime(now + this.#seconds)
      .sign(this.#key)
  }

  async #verify(audience: string, authorization: string | undefined): Promise<unknown> {
    const [, token] = /^Bearer (\S+)$/i.exec(authorization ?? '') ?? []
    if (token === undefined) throw new ProblemError('sign-in-expired')
    try {
      const { payload } = await jwtVerify(token, this.#key, {
        audience,
        algorithms: ['HS256'],
        requiredClaims: ['exp'],
      })
      return payload
    } catch (cause) {
      throw new ProblemError('sign-in-expired', {}, { cause })
    }
  }
}

/** The key that signs this cloud's tokens, made once and kept where only the owner reads. */
export async function tokenKey(owner: Sql): Promise<Uint8Array> {
  const fresh = randomBytes(32).toString('base64')
  await owner`insert into server_meta (key, value) values ('token-key', ${fresh}) on conflict do nothing`
  const [row] = await owner<{ value: string }[]>`select value from server_meta where key = 'token-key'`
  return Buffer.from(row?.value ?? '', 'base64')
}
