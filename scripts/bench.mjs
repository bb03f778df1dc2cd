import { requireNodeVersion } from './node-version.mjs'
requireNodeVersion()
const { bench } = await import('./run-bench.mjs')
await bench()
