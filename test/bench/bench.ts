import { rmSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { figures, judge, type Figure, type FigureName, type FigureSpec } from './figures.ts'
import { makeFolder } from './folders.ts'

export interface BenchOptions {
  quick: boolean
  /** Takes each figure as soon as it is known. */
  report: (figure: Figure, spec: FigureSpec) => void
  /** Part of the names of the figures to measure; empty for all. */
  only: string
  /** Milliseconds of a quick run, where they are not the usual ones; for tests. */
  limits?: Partial<typeof QUICK>
}

const QUICK = {
  /** Milliseconds after which a quick run takes no more samples than it must. */
  budget: 20_000,
  /** Milliseconds after which it measures nothing more. */
  end: 41_000,
  /** Milliseconds that it then cleans up for; processes that still run are killed after that. */
  cleaning: 7_000,
}

/** A run: which figures are wanted, where they go, and what is to be cleaned up after it. */
export class Bench {
  readonly quick: boolean
  readonly #options: BenchOptions
  readonly #limits: typeof QUICK
  readonly #cleanups: (() => unknown)[] = []
  readonly #kills: (() => void)[] = []
  readonly #began = performance.now()
  readonly #reported = new Set<FigureName>()
  #over = false
  #cleaning: Promise<void> | null = null

  constructor(options: BenchOptions) {
    this.#options = options
    this.quick = options.quick
    this.#limits = { ...QUICK, ...options.limits }
  }

  wants(...names: FigureName[]): boolean {
    const only = this.#options.only.toLowerCase()
    return names.some((name) => figures[name].figure.toLowerCase().includes(only))
  }

  /** @param baseline in the same unit; null where there is only a limit */
  report(name: FigureName, value: number, baseline: number | null): void {
    if (!this.wants(name) || this.#over) return
    this.#reported.add(name)
    this.#options.report(judge(figures[name], value, baseline), figures[name])
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
    return this.quick && performance.now() - this.#began > this.#limits.budget
  }

  /** Waits for the measurements; a quick run for no longer than it has time. What then still runs loses its ground. */
  async withinTime(measuring: Promise<void>): Promise<void> {
    if (!this.quick) return measuring
    const left = this.#limits.end - (performance.now() - this.#began)
    const end = new AbortController()
    const stop = delay(left, undefined, { signal: end.signal }).then(() => (this.#over = true))
    try {
      await Promise.race([measuring, stop])
    } finally {
      end.abort()
      stop.catch(() => undefined)
      measuring.catch(() => undefined)
    }
  }

  /** Figures that were wanted and had no time. */
  get leftOut(): string[] {
    const names = Object.keys(figures) as FigureName[]
    return names.filter((name) => this.wants(name) && !this.#reported.has(name)).map((name) => figures[name].figure)
  }

  /** A folder that is gone after the run. */
  folder(): string {
    const folder = makeFolder()
    this.afterwards(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }))
    return folder
  }

  /** Work for the end of the run, last given first, whatever else fails. */
  afterwards(cleanup: () => unknown): void {
    this.#cleanups.push(cleanup)
  }

  /** Ends a process that did not end in order; for the very end. */
  finally(kill: () => void): void {
    this.#kills.push(kill)
  }

  async cleanUp(): Promise<void> {
    this.#cleaning ??= this.#cleanUp()
    await (this.#over ? Promise.race([this.#cleaning, delay(this.#limits.cleaning)]) : this.#cleaning)
    for (const kill of this.#kills.splice(0)) kill()
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
