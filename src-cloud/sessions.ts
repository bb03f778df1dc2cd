import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { hash, verify } from '@node-rs/argon2'
import { ProblemError } from '../src-shared/problem.ts'
import type { Role, Session, SignIn } from '../src-shared/protocol/session.ts'
import { asCredential, asOrganisation } from './database/as.ts'
import { SIGN_IN_ENDED } from './announcements.ts'
import type { Sql, Transaction } from './database/connect.ts'
import type { OrganisationIdentity, Tokens } from './tokens.ts'

/** Days that a refresh token lives unused. */
const REFRESH_DAYS = 30
/** Seconds in which a used refresh token may come again because its answer was lost. */
const GRACE_SECONDS = 30

/** Sign-in, refresh and sign-out of technicians. */
export class Sessions {
  readonly #api: Sql
  readonly #tokens: Tokens
  /** Of no password: verifying against it takes the time of a real one, so that an unknown email tells nothing. */
  readonly #decoy = hash(randomBytes(16))

  constructor(api: Sql, tokens: Tokens) {
    this.#api = api
    this.#tokens = tokens
  }

  /** @throws ProblemError `sign-in-wrong` */
  async signIn({ email, password }: SignIn): Promise<Session> {
    const address = email.trim().toLowerCase()
    const [found] = await asCredential(
      this.#api,
      address,
      (tx) => tx<{ id: string; organisation_id: string; password_hash: string }[]>`
        select id, organisation_id, password_hash from technician where email = ${address}`,
    )
    const right = await verify(found?.password_hash ?? (await this.#decoy), password)
    if (!found || !right) throw new ProblemError('sign-in-wrong')
    return asOrganisation(this.#api, found.organisation_id, (tx) =>
      this.#open(tx, { technician: found.id, organisation: found.organisation_id, family: randomUUID() }),
    )
  }

  /**
   * Takes a refresh token and gives the next. One that was used before ends the whole sign-in: it was copied. Only where
   * it comes again soon and the next one has not been used, the answer was lost, and another takes the place of that one.
   * @throws ProblemError `sign-in-expired`
   */
  async refresh(refreshToken: string): Promise<Session> {
    const hashed = hashOf(refreshToken)
    const [found] = await asCredential(
      this.#api,
      hashed,
      (tx) => tx<{ organisation_id: string }[]>`select organisation_id from refresh_token where token_hash = ${hashed}`,
    )
    if (!found) throw new ProblemError('sign-in-expired')
    const organisation = found.organisation_id
    const session = await asOrganisation(this.#api, organisation, async (tx) => {
      const [row] = await tx<RefreshToken[]>`
        select technician_id, family, used_at is not null as used, revoked_at is not null or expires_at < now() as dead,
          case when used_at > now() - make_interval(secs => ${GRACE_SECONDS}) then successor end as replaceable
        from refresh_token where token_hash = ${hashed} for update`
      if (!row) return null
      const { technician_id: technician, family, used, dead, replaceable } = row
      if (used && (dead || !(await replace(tx, replaceable)))) {
        await revoke(tx, family)
        return null
      }
      if (dead) return null
      const next = await this.#open(tx, { technician, organisation, family })
      await tx`
        update refresh_token set used_at = coalesce(used_at, now()), successor = ${hashOf(next.refreshToken)}
        where token_hash = ${hashed}`
      return next
    })
    if (!session) throw new ProblemError('sign-in-expired')
    return session
  }

  /** Ends the sign-in that this token came from. */
  async signOut({ organisation, family }: OrganisationIdentity): Promise<void> {
    await asOrganisation(this.#api, organisation, (tx) => revoke(tx, family))
  }

  async #open(tx: Transaction, identity: OrganisationIdentity): Promise<Session> {
    const refreshToken = randomBytes(32).toString('base64url')
    await tx`
      insert into refresh_token (token_hash, organisation_id, technician_id, family, expires_at)
      values (${hashOf(refreshToken)}, ${identity.organisation}, ${identity.technician}, ${identity.family},
              now() + make_interval(days => ${REFRESH_DAYS}))`
    const [row] = await tx<{ organisation: string; name: string; email: string; role: Role }[]>`
      select o.name as organisation, t.name, t.email, t.role from technician t join organisation o on o.id = t.organisation_id
      where t.id = ${identity.technician}`
    if (!row) throw new ProblemError('sign-in-expired')
    return {
      organisation: { id: identity.organisation, name: row.organisation },
      technician: { id: identity.technician, name: row.name, email: row.email, role: row.role },
      accessToken: await this.#tokens.organisation(identity),
      expiresIn: this.#tokens.seconds,
      refreshToken,
    }
  }
}

interface RefreshToken {
  technician_id: string
  family: string
  used: boolean
  dead: boolean
  /** Hash of the one that came after it, where the answer with that may have been lost. */
  replaceable: string | null
}

/** Spends a token that nobody used, so that whoever holds it ends the sign-in. @returns whether nobody had used it */
async function replace(tx: Transaction, hashed: string | null): Promise<boolean> {
  const { count } = await tx`
    update refresh_token set used_at = now() where token_hash = ${hashed} and used_at is null and revoked_at is null`
  return count > 0
}

/** Ends a sign-in, and at the commit its event streams. */
async function revoke(tx: Transaction, family: string): Promise<void> {
  await tx`update refresh_token set revoked_at = now() where family = ${family} and revoked_at is null`
  await tx`select pg_notify(${SIGN_IN_ENDED}, ${family})`
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}
