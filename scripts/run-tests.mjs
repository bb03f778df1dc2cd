import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findChromium, findHeadlessShell } from './chromium.mjs'
import { fail } from './flags.mjs'

const ROOT = join(import.meta.dirname, '..')
const BIN = join(ROOT, 'node_modules')

/** Checks that count as one test each: they pass or fail as a whole. */
const CHECKS = [
  { name: 'types', script: join(ROOT, 'scripts/types.mjs'), args: [] },
  { name: 'lint', script: join(BIN, 'oxlint/bin/oxlint'), args: ['--deny-warnings'] },
  { name: 'format', script: join(BIN, 'prettier/bin/prettier.cjs'), args: ['--check', '--log-level=warn', '.'] },
]

/** Runs everything and prints `N passed, N failed` (`, N skipped` where some were) as the last line. */
export async function runTests() {
  const chromium = process.env.BULKHEAD_CHROMIUM || findHeadlessShell() || (await findChromium())
  if (!chromium)
    fail(
      'The end-to-end tests need a Chromium and none could be had: install Chrome, Chromium or Edge, or set BULKHEAD_CHROMIUM to its path.',
      1,
    )
  const totals = { passed: 0, failed: 0, skipped: 0 }
  const checks = CHECKS.map(async ({ name, script, args }) => {
    const run = spawn(process.execPath, [script, ...args], { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] })
    const [status] = await once(run, 'close')
    console.log(`${status === 0 ? 'ok' : 'FAILED'}: ${name}`)
    if (status === 0) totals.passed++
    else totals.failed++
  })
  await Promise.all(checks)
  const folder = mkdtempSync(join(tmpdir(), 'bulkhead-report-'))
  const report = join(folder, 'vitest.json')
  const vitest = spawnSync(
    process.execPath,
    [
      join(BIN, 'vitest/vitest.mjs'),
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...process.argv.slice(2),
    ],
    { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, BULKHEAD_CHROMIUM: chromium } },
  )
  const counted = readReport(report)
  rmSync(folder, { recursive: true, force: true })
  totals.passed += counted.passed
  totals.skipped += counted.skipped
  // A run that broke without a failed test (a crash, a file that does not load) is a failure too.
  totals.failed += vitest.status !== 0 ? Math.max(counted.failed, 1) : counted.failed
  console.log(`${totals.passed} passed, ${totals.failed} failed${totals.skipped ? `, ${totals.skipped} skipped` : ''}`)
  process.exit(totals.failed === 0 && counted.passed > 0 ? 0 : 1)
}

/** @param {string} file */
function readReport(file) {
  try {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(readFileSync(file, 'utf8'))
    return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests + numTodoTests }
  } catch {
    return { passed: 0, failed: 1, skipped: 0 }
  }
}
