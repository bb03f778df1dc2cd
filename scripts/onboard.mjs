import { buildIfStale } from './build.mjs'
import { requireNodeVersion } from './node-version.mjs'

requireNodeVersion()
const { main } = await import('../src-cloud/onboard-command/main.ts')
/** Secrets go into a vault, which is the console's. @type {import('../src-shared/onboarding/keep-connections.ts').KeepConnections} */
const keep = async (place, connections) => {
  buildIfStale()
  /** @type {typeof import('../src-main/onboard-vault/main.ts')} */
  const { keepConnections } = await import(new URL('../out/main/onboard-vault.js', import.meta.url).href)
  return keepConnections(place, connections)
}
process.exitCode = await main(process.argv.slice(2), process.env, keep)
