import { requireNodeVersion } from './node-version.mjs'

requireNodeVersion()
const { main } = await import('../src-cloud/offboard-command/main.ts')
process.exitCode = await main(process.argv.slice(2), process.env)
