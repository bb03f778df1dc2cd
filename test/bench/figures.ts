/** One thing that is measured, and what it is held against. */
export interface FigureSpec {
  figure: string
  unit: string
  /** What the baseline of the same run is; `limit` where nothing but the bar is there to compare with. */
  baseline: string
  /** Null where the figure is only reported. */
  bar: { of: 'value' | 'ratio'; at: 'most' | 'least'; limit: number } | null
  /** Value to baseline, or for speeds baseline to value. */
  ratio?: 'speed'
}

const most = (limit: number, of: 'value' | 'ratio' = 'value') => ({ of, at: 'most', limit }) as const
const least = (limit: number) => ({ of: 'ratio', at: 'least', limit }) as const

const nextFrame = 'a key press that adds a line of text'
const rawLoad = 'plain load of the same rows from the same cloud into the same encrypted schema'
const plainQuery = 'the same match alone in a plain copy'

/** Every figure, in the order in which they are measured. */
export const figures = {
  preload: { figure: 'built size: preload', unit: 'kB', baseline: 'limit', bar: most(5) },
  main: {
    figure: 'built size: main and compartment, without libraries',
    unit: 'kB',
    baseline: 'limit',
    bar: most(500),
  },
  window: { figure: 'built size: first load of the window, gzip', unit: 'kB', baseline: 'limit', bar: most(350) },
  usable: {
    ...{ figure: 'first sync: list usable', unit: 'ms', baseline: rawLoad, ratio: 'speed' },
    bar: least(0.8),
  },
  everything: {
    ...{ figure: 'first sync: text search ready', unit: 'ms', baseline: rawLoad, ratio: 'speed' },
    bar: least(0.8),
  },
  pushed: {
    ...{ figure: '1,000 edits pushed to Postgres', unit: 'ms', baseline: 'the same rows by raw batched SQL' },
    ...{ ratio: 'speed', bar: least(0.3) },
  },
  editCall: {
    ...{ figure: 'durable local edit, from another thread and back, p50', unit: 'ms' },
    ...{ baseline: 'one durable row into a bare file of the same kind', bar: null },
  },
  edit: {
    ...{ figure: 'durable local edit, in the compartment until acknowledged by the ledger, p50', unit: 'ms' },
    ...{ baseline: 'one durable row into a bare file of the same kind', bar: most(1) },
  },
  newest: { figure: 'text search, newest first, p95', unit: 'ms', baseline: plainQuery, bar: most(10) },
  rank: { figure: 'text search, by rank, p95', unit: 'ms', baseline: plainQuery, bar: most(60) },
  operators: { figure: 'search with operators, p95', unit: 'ms', baseline: 'limit', bar: most(50) },
  disk: { figure: 'size on disk after first sync', unit: 'MB', baseline: 'the raw NDJSON', bar: most(2, 'ratio') },
  memory: {
    figure: 'memory per additional awake client',
    unit: 'MB',
    baseline: 'an idle bare worker thread',
    bar: null,
  },
  sealedInsert: {
    ...{ figure: 'seal: bulk insert, batch of a tenth', unit: 'ms', baseline: 'the same into a plain file' },
    ...{ ratio: 'speed', bar: null },
  },
  sealedPage: {
    ...{ figure: 'seal: page of 50 rows through an index, p50', unit: 'ms', baseline: 'the same from a plain file' },
    ...{ ratio: 'speed', bar: null },
  },
  page: {
    ...{ figure: 'page of 50 tickets, window to compartment and back, p95', unit: 'ms' },
    ...{ baseline: 'echo of the same bytes over a bare WebSocket', bar: most(5) },
  },
  busy: {
    ...{ figure: 'main thread busy per page of 50 tickets', unit: 'ms' },
    ...{ baseline: 'the same for the bare echo', bar: most(0.5) },
  },
  visible: {
    ...{ figure: "another client's edit, sent to visible in this compartment, p95", unit: 'ms' },
    ...{ baseline: 'the same edit until the other client has its answer', bar: most(25) },
  },
  painted: {
    ...{ figure: 'local edit, key press to painted, p95', unit: 'ms', baseline: nextFrame, bar: most(16) },
  },
  statused: {
    ...{ figure: 'triage: status of a ticket of the large client, key press to painted, p95', unit: 'ms' },
    ...{ baseline: nextFrame, bar: most(50) },
  },
  assigned: {
    ...{ figure: 'triage: a ticket of the large client assigned to me, key press to painted, p95', unit: 'ms' },
    ...{ baseline: nextFrame, bar: most(50) },
  },
  resolved: {
    ...{ figure: 'triage: resolve and open the next ticket, key press to painted, p95', unit: 'ms' },
    ...{ baseline: nextFrame, bar: most(50) },
  },
  searched: {
    ...{ figure: 'triage: search as you type, key press to painted results, p95', unit: 'ms' },
    ...{ baseline: nextFrame, bar: most(30) },
  },
  scrolled: {
    ...{ figure: 'triage: scroll of the whole list, work of a frame, p99', unit: 'ms' },
    ...{ baseline: 'limit', bar: most(16.7) },
  },
  opened: {
    ...{ figure: 'triage: open a ticket of 200 entries, key press to painted, p95', unit: 'ms' },
    ...{ baseline: nextFrame, bar: most(60) },
  },
  flat: {
    ...{ figure: 'triage: memory of the window after 1,000 opened tickets', unit: 'MB' },
    ...{ baseline: 'after the first 100', bar: most(1.1, 'ratio') },
  },
  held: {
    ...{ figure: 'switch to a client held in the window, key press to rows painted, p95', unit: 'ms' },
    ...{ baseline: nextFrame, bar: most(50) },
  },
  awake: {
    ...{ figure: 'switch to an awake client, key press to rows painted, p95', unit: 'ms' },
    ...{ baseline: nextFrame, bar: most(50) },
  },
  asleep: {
    ...{ figure: 'switch to a sleeping client, key press to rows painted, p95', unit: 'ms' },
    ...{ baseline: nextFrame, bar: most(150) },
  },
  neighbour: {
    ...{ figure: 'page of 50 tickets while another client loads everything, p99', unit: 'ms' },
    ...{ baseline: 'the same at rest', bar: most(1.2, 'ratio') },
  },
  woken: {
    ...{ figure: 'wake of a sleeping client, a blank worker ready', unit: 'ms' },
    ...{ baseline: 'right after a burst that took all blank workers', bar: null },
  },
  locked: {
    ...{ figure: 'lock with 12 clients awake, until keys are zeroed and files closed', unit: 'ms' },
    ...{ baseline: 'limit', bar: null },
  },
  sustained: { figure: 'cloud: 8 clients × 2 writers, a reader follows', unit: '1/s', baseline: 'limit', bar: null },
  fresh: { figure: 'cloud: edit sent to read from the feed, p99', unit: 'ms', baseline: 'limit', bar: null },
  cost: { figure: 'cloud and Postgres: processor time per change', unit: 'ms', baseline: 'limit', bar: null },
  returned: {
    ...{ figure: 'catch-up, 200 changes of each client: the client on screen', unit: 'ms' },
    ...{ baseline: 'one of the feeds, read and dropped', bar: most(300) },
  },
  roundMemory: {
    ...{ figure: 'memory of the process after a round over all known clients, 16 awake', unit: 'MB' },
    ...{ baseline: 'before the first one woke', bar: null },
  },
  caughtUp: {
    ...{ figure: 'catch-up, 200 changes of each client: all clients', unit: 'ms' },
    ...{ baseline: 'all feeds, read and dropped', bar: null },
  },
  ready: {
    ...{ figure: 'start to "console ready" with 500 known clients', unit: 'ms' },
    ...{ baseline: 'the same with 30', bar: most(1.5, 'ratio') },
  },
  listed: {
    ...{ figure: 'start to all clients listed with 500 known clients', unit: 'ms' },
    ...{ baseline: 'the same with 30', bar: null },
  },
  broughtIn: {
    ...{ figure: 'onboarding: one client from a file, sent to verified and live', unit: 'ms' },
    ...{ baseline: 'limit', bar: null },
  },
  manyIn: {
    ...{ figure: 'onboarding: many clients in a row, each', unit: 'ms' },
    ...{ baseline: 'the first of them', bar: null },
  },
  inherited: {
    ...{ figure: 'onboarding: one default changed, until every client of those has it', unit: 'ms' },
    ...{ baseline: 'limit', bar: null },
  },
  imported: {
    ...{ figure: 'onboarding: tickets imported from CSV', unit: 'ms', ratio: 'speed' },
    ...{ baseline: 'as many plain rows by raw batched SQL', bar: null },
  },
  importedBehind: {
    ...{ figure: 'onboarding: tickets imported from CSV behind the answers', unit: 'ms', ratio: 'speed' },
    ...{ baseline: 'as many plain rows by raw batched SQL', bar: null },
  },
} as const satisfies Record<string, FigureSpec>

export type FigureName = keyof typeof figures

/** A figure as `--json` prints it. */
export interface Figure {
  figure: string
  value: number
  unit: string
  /** Measured in the same run and unit; where there is only a limit, that. */
  baseline: number
  ratio: number
  /** Of `ratio` for figures that compare, of `value` for the others; null where only reported. */
  bar: number | null
  holds: boolean | null
}

/** Holds a measured value against its baseline and bar. */
export function judge(spec: FigureSpec, value: number, measured: number | null): Figure {
  const { figure, unit, bar } = spec
  const baseline = measured ?? bar?.limit ?? value
  const ratio = spec.ratio === 'speed' ? baseline / value : value / baseline
  const judged = bar?.of === 'ratio' ? ratio : value
  const holds = bar && (bar.at === 'most' ? judged <= bar.limit : judged >= bar.limit)
  return {
    figure,
    value: round(value),
    unit,
    baseline: round(baseline),
    ratio: round(ratio),
    bar: bar?.limit ?? null,
    holds,
  }
}

function round(value: number): number {
  return Number(value.toPrecision(3))
}
