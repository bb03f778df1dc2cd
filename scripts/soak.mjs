import { requireNodeVersion } from './node-version.mjs'
requireNodeVersion()
const { soak } = await import('./run-soak.mjs')
await soak()
