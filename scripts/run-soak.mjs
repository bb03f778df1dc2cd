import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fail, readFlags } from './flags.mjs'

const ROOT = join(import.meta.dirname, '..')
const COMMAND = 'npm run soak --'

/** Those that grow in a soak, and those that gain by being run often; see docs/sync.md. */
const TESTS = [
  'test/faults/',
  'test/property/',
  'test/e2e/shift.test.ts',
  'test/e2e/three-hours.test.ts',
  'test/attack/channel.test.ts',
  'test/cloud/feed.test.ts',
  'test/cloud/onboarding-many.test.ts',
  'test/cloud/onboarding-kills.test.ts',
  'test/cloud/attachments.test.ts',
  'test/compartment/faults.test.ts',
]

/**
 * Runs the tests of the sync with many more cases, round after round with a new seed each, until the time is up; one
 * round at least. Prints the seeds and how many cases were run, and `N passed, N failed` as the last line.
 */
export async function soak() {
  const flags = readFlags(
    COMMAND,
    'Tries to make the sync lose, double or mix up something, for as long as you like.',
    {
      minutes: { type: 'string', value: 'N', help: 'starts no new round after so many minutes', default: '1' },
      seed: { type: 'string', value: 'S', help: 'the first round’s; a random one where absent' },
    },
  )
  const minutes = numberOf(flags['minutes'], 'minutes')
  const first = flags['seed'] === undefined ? Math.floor(Math.random() * 1e6) : numberOf(flags['seed'], 'seed')
  const end = performance.now() + minutes * 60_000
  const totals = { passed: 0, failed: 0 }
  /** @type {Map<string, number>} */
  const counts = new Map()
  /** @type {number[]} */
  const seeds = []
  do {
    const seed = first + seeds.length
    seeds.push(seed)
    const { passed, failed } = await round(seed, counts)
    totals.passed += passed
    totals.failed += failed
  } while (performance.now() < end)
  console.log('')
  for (const [name, count] of [...counts].sort()) console.log(`cases of ${name}: ${count}`)
  console.log(`seeds: ${seeds.join(', ')}`)
  console.log(`${totals.passed} passed, ${totals.failed} failed`)
  process.exit(totals.failed === 0 && totals.passed > 0 ? 0 : 1)
}

/**
 * @param {number} seed
 * @param {Map<string, number>} counts grows by the cases of this round
 * @returns {Promise<{ passed: number, failed: number }>}
 */
async function round(seed, counts) {
  const folder = mkdtempSync(join(tmpdir(), 'bulkhead-soak-'))
  const report = join(folder, 'vitest.json')
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const child = spawn(process.execPath, [vitest, 'run', ...reporters, ...TESTS], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, BULKHEAD_SOAK: '1', BULKHEAD_TEST_SEED: String(seed) },
  })
  let text = ''
  child.stdout.on('data', (/** @type {Buffer} */ chunk) => {
    text += chunk.toString()
    process.stdout.write(chunk)
  })
  /** @type {number | null} */
  const code = await new Promise((resolve) => child.once('close', resolve))
  for (const [, name = '', count] of text.matchAll(/^cases of (.+): (\d+)$/gm))
    counts.set(name, (counts.get(name) ?? 0) + Number(count))
  const { passed, failed } = read(report)
  rmSync(folder, { recursive: true, force: true })
  // A run that broke without a failed test is a failure too.
  return { passed, failed: code === 0 ? failed : Math.max(failed, 1) }
}

/** @param {string} file */
function read(file) {
  try {
    const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(file, 'utf8'))
    return { passed: Number(numPassedTests), failed: Number(numFailedTests) }
  } catch {
    return { passed: 0, failed: 1 }
  }
}

/**
 * @param {unknown} value
 * @param {string} name
 */
function numberOf(value, name) {
  const number = Number(value)
  if (!Number.isFinite(number) || number < 0) fail(`--${name} takes a number. See ${COMMAND} --help.`, 2)
  return number
}
