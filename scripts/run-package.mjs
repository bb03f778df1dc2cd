import { join } from 'node:path'
import { packageApp } from '../packaging/package-app.ts'
import { buildIfStale } from './build.mjs'
import { fail, readFlags } from './flags.mjs'

const ROOT = join(import.meta.dirname, '..')
const COMMAND = 'npm run package --'
const PLATFORMS = /** @type {const} */ (['darwin', 'linux', 'win32'])
const ARCHITECTURES = /** @type {const} */ (['arm64', 'x64'])

/** Makes the app for a machine of a kind; prints where it is. */
export async function runPackaging() {
  const flags = readFlags(COMMAND, 'Makes the app for machines of one kind, with Electron inside.', {
    platform: { type: 'string', value: PLATFORMS.join('|'), help: 'system that it runs on', default: process.platform },
    arch: { type: 'string', value: ARCHITECTURES.join('|'), help: 'its processor', default: process.arch },
    out: { type: 'string', value: 'DIR', help: 'folder for the app’s folder', default: join(ROOT, 'dist') },
    'electron-zip': { type: 'string', value: 'DIR', help: 'folder with Electron’s zip, where it cannot be downloaded' },
  })
  const platform = oneOf(PLATFORMS, flags['platform'], 'platform')
  const arch = oneOf(ARCHITECTURES, flags['arch'], 'arch')
  buildIfStale()
  const electronZipDir = flags['electron-zip'] === undefined ? undefined : String(flags['electron-zip'])
  try {
    console.log(`app: ${await packageApp(ROOT, { platform, arch, out: String(flags['out']), electronZipDir })}`)
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error)
    fail(`The app could not be made: ${reason}`, 1)
  }
}

/**
 * @template {string} T
 * @param {readonly T[]} known
 * @param {unknown} given
 * @param {string} name
 * @returns {T}
 */
function oneOf(known, given, name) {
  const found = known.find((one) => one === given)
  return found ?? fail(`--${name} takes ${known.join(', ')}. See ${COMMAND} --help.`, 2)
}
