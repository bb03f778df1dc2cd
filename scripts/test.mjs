import { requireNodeVersion } from './node-version.mjs'
requireNodeVersion()
const { runTests } = await import('./run-tests.mjs')
await runTests()
