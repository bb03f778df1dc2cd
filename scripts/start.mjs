import { requireNodeVersion } from './node-version.mjs'
requireNodeVersion()
const { start } = await import('./start-console.mjs')
await start()
