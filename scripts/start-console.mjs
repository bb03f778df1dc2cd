import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import envPaths from 'env-paths'
import open from 'open'
import { buildIfStale } from './build.mjs'
import { fail, portOf, readFlags } from './flags.mjs'

const ROOT = join(import.meta.dirname, '..')
const COMMAND = 'npm start --'

/** Opens the console: in Electron where its binary is or can be had, else in a local browser window. */
export async function start() {
  const flags = readFlags(COMMAND, 'Opens the Bulkhead console, building what is stale first.', {
    host: {
      type: 'string',
      value: 'auto|electron|browser',
      help: 'where the window opens; auto takes Electron where it can',
      default: 'auto',
    },
    profile: {
      type: 'string',
      value: 'DIR',
      help: 'folder of keys, settings and client files',
      default: envPaths('bulkhead', { suffix: '' }).config,
    },
    port: { type: 'string', value: 'PORT', help: 'browser host: port on 127.0.0.1, 0 for a free one', default: '0' },
    onboard: { type: 'boolean', help: 'begin with a new client' },
    'no-open': { type: 'boolean', help: 'browser host: print the address, open no browser' },
    sandbox: { type: 'boolean', help: 'sample clients on a cloud on this machine, signed in' },
    cloud: {
      type: 'string',
      value: 'URL',
      help: 'the cloud to connect to; with --sandbox, the cloud that has the sample clients',
    },
  })
  const { host, profile, cloud } = flags
  if (host !== 'auto' && host !== 'electron' && host !== 'browser')
    fail(`--host takes auto, electron or browser. See ${COMMAND} --help.`, 2)
  const port = portOf(flags.port, COMMAND)
  const cloudUrl = cloud === undefined ? null : cloudAddress(String(cloud))
  buildIfStale()
  const electron = host === 'browser' ? { missing: '' } : findElectron()
  if ('binary' in electron)
    return runElectron(electron.binary, {
      profile: String(profile),
      sandbox: Boolean(flags.sandbox),
      onboard: Boolean(flags.onboard),
      cloudUrl,
    })
  if (host === 'electron') fail(`Electron cannot open here: ${electron.missing}. Use --host=browser.`, 1)
  if (electron.missing) console.error(`Opening in a browser window: ${electron.missing}.`)
  const onboard = Boolean(flags.onboard)
  await runBrowser(
    { profile: String(profile), port, sandbox: Boolean(flags.sandbox), onboard, cloudUrl },
    !flags['no-open'],
  )
}

/**
 * @param {{ profile: string, port: number, sandbox: boolean, onboard: boolean, cloudUrl: string | null }} options
 * @param {boolean} show open the address in the person's browser
 */
async function runBrowser(options, show) {
  /** @type {typeof import('../src-main/browser-host/main.ts')} */
  const { startBrowserHost } = await import(new URL('../out/main/browser-host.js', import.meta.url).href)
  let running
  try {
    running = await startBrowserHost({ ...options, passphrase: process.env.BULKHEAD_PASSPHRASE || null })
  } catch (error) {
    fail(error instanceof Error ? error.message : String(error), 1)
  }
  let closing = false
  const stop = async () => {
    if (closing) process.exit(1)
    closing = true
    await running.close()
    process.exit(0)
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  process.on('SIGHUP', stop)
  if (show)
    await open(running.address).catch(() =>
      console.error('No browser could be opened: open the address above yourself.'),
    )
}

/**
 * @param {string} binary
 * @param {{ profile: string, sandbox: boolean, onboard: boolean, cloudUrl: string | null }} options
 */
function runElectron(binary, { profile, sandbox, onboard, cloudUrl }) {
  const args = [join(ROOT, 'out/main/electron.js'), `--profile=${profile}`]
  if (sandbox) args.push('--sandbox')
  if (onboard) args.push('--onboard')
  if (cloudUrl) args.push(`--cloud=${cloudUrl}`)
  const child = spawn(binary, args, { stdio: 'inherit' })
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.on(signal, () => child.kill(signal))
  child.on('exit', (code) => process.exit(code ?? 1))
}

/**
 * Electron's binary, downloaded by its own package where it is not there yet.
 * @returns {{ binary: string } | { missing: string }}
 */
function findElectron() {
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY)
    return { missing: 'there is no display for Electron' }
  if (process.platform === 'linux' && process.getuid?.() === 0)
    return { missing: "Electron's sandbox does not run as root" }
  const folder = join(ROOT, 'node_modules/electron')
  if (!electronBinary(folder)) {
    const installed = spawnSync(process.execPath, [join(folder, 'install.js')], { stdio: 'ignore', timeout: 300_000 })
    if (installed.status !== 0) return { missing: "Electron's binary is not here and could not be downloaded" }
  }
  const binary = electronBinary(folder)
  return binary ? { binary } : { missing: "Electron's binary is not here" }
}

/** @param {string} folder */
function electronBinary(folder) {
  const pathFile = join(folder, 'path.txt')
  if (!existsSync(pathFile)) return null
  const binary = join(folder, 'dist', readFileSync(pathFile, 'utf8'))
  return existsSync(binary) ? binary : null
}

/** @param {string} text */
function cloudAddress(text) {
  const url = URL.parse(text)
  if (!url || !/^https?:$/.test(url.protocol))
    fail(`--cloud takes an address such as https://cloud.example.com. See ${COMMAND} --help.`, 2)
  return url.href.replace(/\/+$/, '')
}
