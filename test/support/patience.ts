import { vi } from 'vitest'

// How long a test waits for something that comes by itself: generous, since two cores run everything at once.
// A test that fails takes longer for it, one that passes does not.
const PATIENCE = 20_000

const waitFor = vi.waitFor
vi.waitFor = (callback, options) =>
  waitFor(callback, typeof options === 'number' ? options : { timeout: PATIENCE, ...options })
