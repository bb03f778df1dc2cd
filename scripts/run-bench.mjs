import { buildIfStale } from './build.mjs'
import { fail, readFlags } from './flags.mjs'

const COMMAND = 'npm run bench --'
const ABOUT = `Measures Bulkhead's figures, each beside a baseline that is measured in the same run, or beside its limit.

A bar marked with × is held against the ratio (value to baseline; for speeds, baseline to value), the others against
the value. Figures without a bar are reported only. The exit code says whether everything could be measured that there was
time for, not whether every bar holds; a quick run names what it left out on stderr. --json prints one object a line: {figure, value, unit, baseline, ratio, bar, holds}.`

/** @typedef {{ figure: string, value: number, unit: string, baseline: number, ratio: number, bar: number | null, holds: boolean | null }} Figure */
/** @typedef {{ baseline: string, bar: { of: 'value' | 'ratio', at: 'most' | 'least', limit: number } | null }} Spec */

/** Measures, and prints each figure as soon as it is known. */
export async function bench() {
  const flags = readFlags(COMMAND, ABOUT, {
    quick: { type: 'boolean', help: 'smaller data and fewer repeats, done within 50 s after the build' },
    json: { type: 'boolean', help: 'one JSON object a line on stdout' },
    only: { type: 'string', value: 'TEXT', help: 'only figures whose name contains this' },
  })
  const only = String(flags.only ?? '')
  /** @type {{ runBench(options: object): Promise<string[]>, figureNames(): string[] }} */
  const { runBench, figureNames } = await import(new URL('../test/bench/run.ts', import.meta.url).href)
  if (!figureNames().some((name) => name.toLowerCase().includes(only.toLowerCase())))
    fail(`No figure's name contains "${only}". See ${COMMAND} --json for the names.`, 2)
  buildIfStale()
  if (flags.quick)
    console.error('Quick: 20,000 tickets in place of 100,000 and fewer repeats, so the figures are rougher.')
  const began = performance.now()
  /** @type {Figure[]} */
  const measured = []
  /** @type {string[]} */
  let leftOut = []
  if (!flags.json) console.log(row(['figure', 'value', 'baseline', 'ratio', 'bar', 'holds']))
  try {
    leftOut = await runBench({
      quick: Boolean(flags.quick),
      only,
      /** @param {Figure} figure @param {Spec} spec */
      report(figure, spec) {
        measured.push(figure)
        console.log(flags.json ? JSON.stringify(figure) : tableRow(figure, spec))
      },
    })
  } catch (error) {
    fail(`The measurement failed: ${error instanceof Error ? error.stack : String(error)}`, 1)
  }
  const judged = measured.filter(({ holds }) => holds !== null)
  const held = judged.filter(({ holds }) => holds).length
  const summary = `${held} of ${judged.length} bars hold; ${Math.round((performance.now() - began) / 1000)} s`
  if (leftOut.length > 0) console.error(`Left out, there was no time: ${leftOut.join('; ')}.`)
  if (flags.json) console.error(summary)
  else console.log(summary)
  // What was cut off may hold the process open.
  if (leftOut.length > 0) process.exit()
}

/** @param {Figure} figure @param {Spec} spec */
function tableRow({ figure, value, unit, baseline, ratio, holds }, { baseline: against, bar }) {
  const limit = bar ? `${bar.at === 'most' ? '≤' : '≥'} ${bar.limit}${bar.of === 'ratio' ? ' ×' : ` ${unit}`}` : '-'
  const verdict = holds === null ? 'reported' : holds ? 'holds' : 'MISSED'
  const compared = against === 'limit' ? '-' : `${baseline} ${unit}`
  return `${row([figure, `${value} ${unit}`, compared, `${ratio} ×`, limit, verdict])}${against === 'limit' ? '' : `  against ${against}`}`
}

/** @param {string[]} cells */
function row(cells) {
  const widths = [72, 10, 10, 8, 9, 8]
  return cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  ')
}
