import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { launchOfArguments, type NewClientLaunch } from '../../src-shared/onboarding/launch.ts'

export interface LaunchOptions {
  /** Folder that `--profile` names, or null for the user's own. */
  profile: string | null
  sandbox: boolean
  cloudUrl: string | null
  passphrase: string | null
  /** A new client that is wanted right away, by `--onboard` or a link. */
  launch: NewClientLaunch | null
}

/**
 * Reads flags and their `BULKHEAD_…` forms. Unknown flags are left to Chromium, which shares the command line.
 * @param args the command line after the program; the entry script in it, where there is one, is passed over
 */
export function launchOptions(args: readonly string[], env: NodeJS.ProcessEnv): LaunchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: { profile: { type: 'string' }, sandbox: { type: 'boolean' }, cloud: { type: 'string' } },
    strict: false,
    allowPositionals: true,
  })
  const profile = text(values['profile']) ?? text(env['BULKHEAD_PROFILE'])
  return {
    profile: profile === null ? null : resolve(profile),
    sandbox: values['sandbox'] === true || isOn(env['BULKHEAD_SANDBOX']),
    cloudUrl: text(values['cloud']) ?? text(env['BULKHEAD_CLOUD']),
    passphrase: text(env['BULKHEAD_PASSPHRASE']),
    launch: launchOfArguments(args) ?? (isOn(env['BULKHEAD_ONBOARD']) ? {} : null),
  }
}

/**
 * Folders of a run. Chromium's own files stay out of the profile, but each profile has its own, since the lock that
 * keeps a second instance away lies there.
 * @param userData Electron's default folder of this user
 */
export function foldersOf(options: LaunchOptions, userData: string): { profile: string; chromium: string } {
  if (options.profile === null) return { profile: join(userData, 'profile'), chromium: userData }
  return { profile: options.profile, chromium: join(options.profile, 'electron') }
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}

function isOn(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0' && value !== 'false'
}
