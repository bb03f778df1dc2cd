import { join, resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { TriedConnection } from '../../src-shared/domain/connection.ts'
import type { SessionStatus } from '../../src-shared/domain/session-status.ts'
import type { CredentialView, NewCredential } from '../../src-shared/domain/vault.ts'
import type { ClientSummary } from '../../src-shared/domain/views.ts'
import type {
  KeepConnections,
  KeptConnection,
  SecretConnection,
  VaultPlace,
} from '../../src-shared/onboarding/keep-connections.ts'
import { problemOf, ProblemError } from '../../src-shared/problem.ts'
import { findSealing } from '../browser-host/keychain.ts'
import { openSettings } from '../browser-host/settings.ts'
import { followSystemNetwork } from '../console/network.ts'
import { refuseDebugger } from '../console/no-debugger.ts'
import { openHost } from '../console/open.ts'
import { CommandWindow } from './command-window.ts'

/** Milliseconds between two looks, and for the client to come into the console's list. */
const LOOK = 50
const PATIENCE = 60_000

/** Opens a profile as a console does, with no window but this command. See {@link KeepConnections}. */
export const keepConnections: KeepConnections = async (place, connections) => {
  refuseDebugger()
  followSystemNetwork()
  const profile = resolve(place.profile)
  const host = await openHost({
    profile,
    sealing: findSealing(place.passphrase),
    settings: openSettings(profile),
    worker: join(import.meta.dirname, 'compartment.js'),
    sandbox: false,
    cloudUrl: place.cloudUrl,
  })
  try {
    const window = new CommandWindow(host)
    await signedIn(window, place)
    const scope = await clientOf(window, place.tenantId)
    const kept: KeptConnection[] = []
    for (const one of connections) kept.push(await keepOne(window, scope, one))
    return kept
  } finally {
    await host.close()
  }
}

async function signedIn(window: CommandWindow, { cloudUrl: url, email, password, passphrase }: VaultPlace) {
  let status = await window.ask<SessionStatus>('query', 'session.status')
  while (status.state === 'starting') {
    await wait(LOOK)
    status = await window.ask('query', 'session.status')
  }
  if (status.state === 'welcome') {
    const input = { url, email, password, ...(passphrase !== null && { passphrase }) }
    status = await window.ask('mutation', 'session.connect', input)
  }
  if (status.state === 'open' && status.signInNeeded)
    status = await window.ask('mutation', 'session.signIn', { password })
  if (status.state === 'locked')
    throw refused(
      'This profile is locked. Set BULKHEAD_PASSPHRASE to its passphrase, or enter the secrets in the console.',
    )
  if (status.state !== 'open')
    throw 'problem' in status && status.problem
      ? refused(status.problem.message)
      : refused('This profile cannot be opened. Start the console on it to see why.')
  if (status.technician.email.toLowerCase() !== email.toLowerCase())
    throw refused(`This profile is that of ${status.technician.email}. Give that of ${email}.`)
}

async function clientOf(window: CommandWindow, tenantId: string): Promise<string> {
  const end = performance.now() + PATIENCE
  for (;;) {
    const clients = await window.ask<ClientSummary[]>('query', 'clients.list')
    if (clients.some(({ id }) => id === tenantId)) return window.open(tenantId)
    if (performance.now() > end)
      throw refused('The client did not come into the list of this profile: whoever signs in does not work for it.')
    await wait(LOOK)
  }
}

async function keepOne(window: CommandWindow, scope: string, one: SecretConnection): Promise<KeptConnection> {
  const { name, url, as, username, secret } = one
  const kind = as === 'basic' ? 'login' : 'api-token'
  const facts = { name, url, username, header: typeof as === 'object' ? as.header : null }
  const secrets: NewCredential['secrets'] = kind === 'login' ? { password: secret } : { token: secret }
  try {
    const known = await window.ask<CredentialView[]>('query', 'vault.list', { text: '', removed: false }, scope)
    const same = known.find((kept) => kept.name === name && kept.url === url && kept.kind === kind)
    const { id } = same
      ? await window.ask<CredentialView>('mutation', 'vault.edit', { id: same.id, patch: { facts, secrets } }, scope)
      : await window.ask<CredentialView>('mutation', 'vault.create', { ...facts, kind, secrets }, scope)
    const { state, sentence } = await window.ask<TriedConnection>('mutation', 'connections.tryOut', { id }, scope)
    return { name, accepted: state === 'accepted', sentence }
  } catch (error) {
    return { name, accepted: false, sentence: problemOf(error).message }
  }
}

function refused(reason: string): ProblemError {
  return new ProblemError('invalid-input', { reason })
}
