import { requireNodeVersion } from './node-version.mjs'
requireNodeVersion()
const { runPackaging } = await import('./run-package.mjs')
await runPackaging()
