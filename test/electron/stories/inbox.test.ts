import { playOn } from '../../e2e/hosts.ts'

// The story of test/e2e/inbox.test.ts, told on the built Electron app in the harness.
playOn('electron-harness')
await import('../../e2e/inbox.test.ts')
