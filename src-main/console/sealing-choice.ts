import { ProblemError, problem, type Problem } from '../../src-shared/problem.ts'
import type { Keychain, Sealing, SealingSource } from './host.ts'
import type { KeyringFile, SealedBy } from './keyring.ts'
import { newPassphraseParameters, PASSPHRASE, sealTwice, sealWithPassphrase } from './sealing.ts'

/** What a keyring is to be sealed with, and what the keyring says of that. */
export interface Chosen {
  sealing: Sealing
  by: SealedBy
}

/**
 * The sealing that an existing keyring was written with.
 * @throws ProblemError `passphrase-needed`; `sealing-changed` where its keychain is not there; `keychain-exposed` where
 * nobody consented to one that hides nothing
 */
export async function sealingOf(file: KeyringFile, source: SealingSource, passphrase: string | null): Promise<Sealing> {
  const { backend, passphrase: parameters, consent } = file
  let keychain: Keychain | null = null
  if (backend !== PASSPHRASE) {
    keychain = await source.keychain()
    if (keychain?.backend !== backend)
      throw new ProblemError('sealing-changed', { was: backend, now: keychain?.backend ?? 'a passphrase' })
    if (keychain.exposed && !parameters && !consent) throw exposed(keychain)
    if (!parameters) return keychain
  }
  if (!parameters)
    throw new ProblemError('profile-unreadable', { file: 'keyring.json', reason: 'it has the wrong form' })
  if (passphrase === null) throw new ProblemError('passphrase-needed')
  const own = await sealWithPassphrase(passphrase, parameters)
  return keychain ? sealTwice(keychain, own) : own
}

/**
 * A sealing for a new keyring: the keychain, and a passphrase where there is one; a passphrase alone where there is no
 * keychain that hides anything, or where the environment gave it.
 * @throws ProblemError `passphrase-needed`; `keychain-exposed` where neither passphrase nor consent is there
 */
export async function newSealing(
  source: SealingSource,
  { passphrase, consent = false }: { passphrase: string | null; consent?: boolean },
): Promise<Chosen> {
  if (source.given !== null) return withPassphrase(null, source.given)
  const keychain = await source.keychain()
  if (keychain && !keychain.exposed)
    return passphrase === null ? { sealing: keychain, by: {} } : withPassphrase(keychain, passphrase)
  if (passphrase !== null) return withPassphrase(null, passphrase)
  if (!keychain) throw new ProblemError('passphrase-needed')
  if (!consent) throw exposed(keychain)
  return { sealing: keychain, by: { consent: new Date().toISOString() } }
}

/** Seals with a passphrase under new parameters, and with the keychain where one is given. */
export async function withPassphrase(keychain: Sealing | null, passphrase: string): Promise<Chosen> {
  const parameters = newPassphraseParameters()
  const own = await sealWithPassphrase(passphrase, parameters)
  return { sealing: keychain ? sealTwice(keychain, own) : own, by: { passphrase: parameters } }
}

/** What the first screen has to know: whether a passphrase is to be chosen, and whether consent could take its place. */
export async function sealingOffered(
  source: SealingSource,
): Promise<{ sealing: 'keychain' | 'passphrase'; exposed: Problem | null }> {
  if (source.given !== null) return { sealing: 'keychain', exposed: null }
  const keychain = await source.keychain()
  if (!keychain) return { sealing: 'passphrase', exposed: null }
  if (!keychain.exposed) return { sealing: 'keychain', exposed: null }
  return { sealing: 'passphrase', exposed: problem('keychain-exposed', { store: keychain.backend }) }
}

function exposed({ backend }: Keychain): ProblemError {
  return new ProblemError('keychain-exposed', { store: backend })
}
