import type { Keyring } from './keyring.ts'
import { openRegistry } from './open-registry.ts'
import type { Owner, Registry } from './registry.ts'
import { TechnicianSession } from './technician-session.ts'

/** Clients of the sandbox that are pinned for a newcomer. */
const SANDBOX_PINS = 6

/** What a person connects a profile with. */
export interface Account {
  url: string
  email: string
  password: string
  /** Seals the profile, where no keychain does. */
  passphrase?: string | undefined
  /** They accept a keychain that hides nothing. */
  consent?: boolean | undefined
}

/** Who signs in, and where. */
export interface SignIn {
  url: string
  email: string
  password: string
  sandbox: boolean
}

/** What a profile holds beside its keys, opened. */
export interface Opened {
  registry: Registry
  session: TechnicianSession
  owner: Owner
}

/**
 * Signs in to a cloud and makes a profile its own. Nothing is written before the cloud has said yes.
 * @throws ProblemError `sign-in-wrong`, or what keeps the cloud from answering
 */
export async function signInFirst(profile: string, keyring: Keyring, sign: SignIn): Promise<Opened> {
  const session = new TechnicianSession(sign.url, keyring)
  const { organisation, technician } = await session.signIn(sign.email, sign.password)
  const owner: Owner = {
    cloudUrl: sign.url,
    sandbox: sign.sandbox,
    organisation,
    technician: { id: technician.id, name: technician.name, email: technician.email },
  }
  const { tenants } = await session.tenants()
  const registry = await openRegistry(profile, keyring)
  registry.replaceTenants(tenants)
  if (sign.sandbox) for (const { tenant } of registry.all().slice(0, SANDBOX_PINS)) registry.pin(tenant.id, true)
  registry.setOwner(owner)
  return { registry, session, owner }
}
