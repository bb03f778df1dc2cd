import { ProblemError } from '../../../../src-shared/problem.ts'
import { invalid } from '../rules.ts'
import type { Kept, Secrets } from '../store.ts'
import type { Vault } from '../vault.ts'
import { Authorisation } from './authorisation.ts'
import { basic, renewGrant, type RenewedGrant } from './grant.ts'
import { signedHeaders } from './http-signature.ts'

/** An access token is renewed this long before it ends. */
const MARGIN = 60_000

/** A request that code of the compartment is about to make. */
export interface OutboundRequest {
  method: string
  url: string
  body?: string | Uint8Array
  /**
   * How the secret goes along. A login goes as `basic`, an OAuth grant as `bearer`; for an API token it is a choice: where
   * nothing is said, in the header that the credential names, or else as `bearer`.
   */
  as?: 'basic' | 'bearer' | 'signed' | { header: string }
  /** The access token of before was refused. */
  renew?: boolean
}

/** Use without reveal: requests are authorised inside the compartment, and no window can ask for it. */
export class CredentialUse {
  readonly #vault: Vault
  /** Renewals under way: whoever needs the same one waits for it. */
  readonly #renewals = new Map<string, Promise<void>>()
  /** Renewed grants that could not be written yet. Their refresh tokens exist nowhere else. */
  readonly #unwritten = new Map<string, { used: string; renewed: RenewedGrant }>()

  constructor(vault: Vault) {
    this.#vault = vault
  }

  /**
   * Authorises one request with a credential, at the origin that the credential names and over HTTPS (or to this machine).
   * @throws ProblemError `not-found`, `credential-refused`, `credential-elsewhere`, `grant-ended`, `grant-failed`,
   * `disk-full`, `file-damaged`: where there is no audit row there is no authorisation
   */
  async authorise(id: string, request: OutboundRequest): Promise<Authorisation> {
    const kept = this.#vault.peek(id)
    checkPlace(kept, request.url)
    if (kept.kind === 'oauth' && this.#mustRenew(kept, request)) await this.#renewOnce(id)
    const host = new URL(request.url).host
    const used = this.#vault.forUse(id, { host, method: request.method.toUpperCase() })
    // It may be another version than before.
    checkPlace(used.kept, request.url)
    return new Authorisation(headersFor(used.kept, used.secrets, request))
  }

  #mustRenew(kept: Kept, { renew }: OutboundRequest): boolean {
    if (renew || this.#unwritten.has(kept.id) || !kept.has.includes('accessToken')) return true
    return kept.accessUntil === null ? !kept.renewal : Date.now() > kept.accessUntil - MARGIN
  }

  #renewOnce(id: string): Promise<void> {
    const running = this.#renewals.get(id)
    if (running) return running
    const renewal = this.#renew(id).finally(() => this.#renewals.delete(id))
    this.#renewals.set(id, renewal)
    return renewal
  }

  // What was given is written before it is used: the refresh token of before may be worth nothing from then on.
  async #renew(id: string): Promise<void> {
    if (!this.#unwritten.has(id)) {
      const { tokenUrl, clientId } = this.#vault.peek(id).facts
      if (tokenUrl === null) throw invalid('Enter where this sign-in is renewed.')
      const { secrets } = this.#vault.forUse(id, { host: new URL(tokenUrl).host, method: 'POST', renewal: 1 })
      const { refreshToken: used = '', clientSecret } = secrets
      this.#unwritten.set(id, {
        used,
        renewed: await renewGrant({ tokenUrl, clientId, refreshToken: used, clientSecret }),
      })
    }
    const waiting = this.#unwritten.get(id)
    if (!waiting) return
    const { accessToken, refreshToken, until } = waiting.renewed
    const taken = this.#vault.keepRenewed(id, waiting.used, { accessToken, refreshToken }, until)
    this.#unwritten.delete(id)
    // Somebody entered another refresh token meanwhile.
    if (!taken) await this.#renew(id)
  }
}

function checkPlace({ facts }: Kept, address: string): void {
  const url = new URL(address)
  const own = facts.url === null ? null : URL.parse(facts.url)
  const local = ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname)
  if (own?.origin !== url.origin || (url.protocol !== 'https:' && !(local && url.protocol === 'http:')))
    throw new ProblemError('credential-elsewhere', { host: url.host })
}

function headersFor({ kind, facts }: Kept, secrets: Secrets, request: OutboundRequest): [string, string][] {
  const own = kind === 'api-token' && facts.header !== null ? { header: facts.header } : 'bearer'
  const as = request.as ?? (kind === 'login' ? 'basic' : own)
  if (kind === 'login' && as === 'basic')
    return [['authorization', basic(facts.username ?? '', secrets.password ?? '')]]
  if (kind === 'oauth' && as === 'bearer') return [['authorization', `Bearer ${plain(secrets.accessToken)}`]]
  if (kind !== 'api-token' || as === 'basic') throw invalid('This credential cannot be used in that way.')
  if (as === 'signed')
    return signedHeaders(request, secrets.token ?? '', facts.clientId ?? facts.username ?? facts.name, Date.now())
  return as === 'bearer' ? [['authorization', `Bearer ${plain(secrets.token)}`]] : [[as.header, plain(secrets.token)]]
}

/** What no header can hold would be quoted by the error of whoever makes the request. */
function plain(secret = ''): string {
  if (!/^[\x21-\x7e]+$/.test(secret))
    throw invalid('The token has characters that no request can carry. Enter it again.')
  return secret
}
