import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { figures, judge, type Figure, type FigureName, type FigureSpec } from './figures.ts'

export interface BenchOptions {
  quick: boolean
  /** Takes each figure as soon as it is known. */
  report: (figure: Figure, spec: FigureSpec) => void
  /** Part of the names of the figures to measure; empty for all. */
  only: string
}

/** Milliseconds after which a quick run takes no more samples than it must. */
const QUICK_BUDGET = 20_000

/** A run: which figures are wanted, where they go, and what is to be cleaned up after it. */
export class Bench {
  readonly quick: boolean
  readonly #options: BenchOptions
  readonly #cleanups: (() => unknown)[] = []
  readonly #began = performance.now()
  #cleaning: Promise<void> | null = null

  constructor(options: BenchOptions) {
    this.#options = options
    this.quick = options.quick
  }

  wants(...names: FigureName[]): boolean {
    const only = this.#options.only.toLowerCase()
    return names.some((name) => figures[name].figure.toLowerCase().includes(only))
  }

  /** @param baseline in the same unit; null where there is only a limit */
  report(name: FigureName, value: number, baseline: number | null): void {
    if (this.wants(name)) this.#options.report(judge(figures[name], value, baseline), figures[name])
  }

  /** Says on stderr what is going on. */
  note(line: string): void {
    process.stderr.write(`${line}\n`)
  }

  /** A number of samples or rows: the full one, or the smaller one of `--quick`. */
  size(full: number, quick: number): number {
    return this.quick ? quick : full
  }

  /** Whether a quick run has no time left for further samples of a figure; on a slow machine it takes fewer. */
  get hurries(): boolean {
    return this.quick && performance.now() - this.#began > QUICK_BUDGET
  }

  /** A folder that is gone after the run. */
  folder(): string {
    const folder = mkdtempSync(join(tmpdir(), 'bulkhead-bench-'))
    this.afterwards(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }))
    return folder
  }

  /** Work for the end of the run, last given first, whatever else fails. */
  afterwards(cleanup: () => unknown): void {
    this.#cleanups.push(cleanup)
  }

  cleanUp(): Promise<void> {
    return (this.#cleaning ??= this.#cleanUp())
  }

  async #cleanUp(): Promise<void> {
    for (let next = this.#cleanups.pop(); next; next = this.#cleanups.pop()) {
      try {
        await next()
      } catch (error) {
        this.note(`Cleaning up: ${error instanceof Error ? error.message : String(error)}`)
      }
    }
  }
}

/** Milliseconds that some work takes. */
export async function timed(work: () => unknown): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5)
}

/** The smallest value that so large a part of the values does not exceed. */
export function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? NaN
}
