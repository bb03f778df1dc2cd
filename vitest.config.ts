import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

// Compartments are threads that load their modules anew; compiled once, they start in half the time.
process.env['NODE_COMPILE_CACHE'] ??= fileURLToPath(new URL('node_modules/.cache/compiled', import.meta.url))

/** One run for every kind of test. Forks, not threads: native add-ons and worker threads are loaded by the code under test. */
export default defineConfig({
  resolve: {
    // The npm package downloads a binary and throws on import where it cannot.
    alias: { electron: fileURLToPath(new URL('test/fakes/electron/index.ts', import.meta.url)) },
  },
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    globalSetup: ['test/support/run-setup.ts'],
    setupFiles: ['test/support/patience.ts'],
    expect: { poll: { timeout: 20_000 } },
    environment: 'node',
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // electron-store imports electron, so the alias has to reach into it.
    server: { deps: { inline: ['electron-store'] } },
  },
})
