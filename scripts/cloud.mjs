import { requireNodeVersion } from './node-version.mjs'

requireNodeVersion()
const { main } = await import('../src-cloud/main.ts')
await main(process.argv.slice(2), process.env)
