import type { CredentialKind, CredentialView, SecretField } from '../../../src-shared/domain/vault.ts'

export const KINDS = {
  login: 'Login',
  'api-token': 'API token',
  oauth: 'OAuth grant',
  'ssh-key': 'SSH key',
  note: 'Secure note',
  totp: 'One-time codes',
} as const satisfies Record<CredentialKind, string>

export const FIELDS = {
  password: 'Password',
  token: 'Token',
  clientSecret: 'Client secret',
  accessToken: 'Access token',
  refreshToken: 'Refresh token',
  privateKey: 'Private key',
  passphrase: 'Passphrase of the key',
  text: 'Note',
  seed: 'Seed of one-time codes',
} as const satisfies Record<SecretField, string>

/** Secrets of several lines. */
export const LONG: readonly SecretField[] = ['privateKey', 'text']

export const DUE = {
  none: null,
  soon: 'Due soon',
  expired: 'Expired',
  rotate: 'Change it',
} as const satisfies Record<CredentialView['due'], string | null>

/** The host of an address that a person gave, or what they gave. */
export function hostText(url: string | null): string {
  if (url === null) return ''
  try {
    return new URL(url).host || url
  } catch {
    return url
  }
}
