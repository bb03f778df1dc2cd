const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 }

/** A comparison with a stretch of time or a day, as `<2h`, `>7d` or `>2026-03-01`. */
export type Measure =
  | { than: '<' | '>'; /** ms */ span: number }
  /** The day's first and last moment, ms since 1970. */
  | { than: '<' | '>' | '='; day: [from: number, to: number] }

/** @returns null where it is none */
export function readMeasure(text: string): Measure | null {
  const [, sign = '', rest = ''] = /^([<>]?)=?(.*)$/s.exec(text) ?? []
  const span = /^(\d{1,5}(?:\.\d)?)(m|h|d|w)$/i.exec(rest)
  if (span)
    return { than: sign === '>' ? '>' : '<', span: Number(span[1]) * (UNITS[(span[2] ?? '').toLowerCase()] ?? 0) }
  if (!/^\d{4}-\d\d-\d\d$/.test(rest)) return null
  const [year = 0, month = 0, date = 0] = rest.split('-').map(Number)
  // The technician's own day.
  const day = new Date(year, month - 1, date)
  if (day.getMonth() !== month - 1) return null
  const than = sign === '<' || sign === '>' ? sign : '='
  return { than, day: [day.getTime(), new Date(year, month - 1, date + 1).getTime() - 1] }
}
