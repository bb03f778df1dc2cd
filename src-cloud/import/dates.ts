/** A value that was found, or why not. */
export type Found = { value: string | undefined } | { reason: string }

/**
 * Reads an instant, in UTC where it has no zone.
 * @param order whether the day or the month comes first; without it a date with neither first is refused
 */
export function instantOf(text: string | undefined, field: string, order: 'dmy' | 'mdy' | undefined): Found {
  if (text === undefined) return { value: undefined }
  const iso = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?(Z|[+-]\d{2}:?\d{2})?)?$/.exec(text)
  const slashed = /^(\d{1,2})[./-](\d{1,2})[./-](\d{4})(?:,?\s+(\d{1,2}):(\d{2})(?::(\d{2}))?)?$/.exec(text)
  const at = iso ? Date.parse(isoOf(iso)) : slashed && order ? slashedAt(slashed, order) : NaN
  if (!Number.isNaN(at)) return { value: new Date(at).toISOString() }
  if (slashed && !order)
    return {
      reason: `${field}: "${text}" could be either of two days. Say whether dates are day first or month first.`,
    }
  return { reason: `${field}: "${text.slice(0, 40)}" is no date such as 2026-04-03 09:30.` }
}

function isoOf([, year, month, day, hour = '00', minute = '00', second = '00', zone = 'Z']: RegExpExecArray): string {
  return `${year}-${month}-${day}T${hour}:${minute}:${second}${zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone}`
}

function slashedAt(
  [, first, second, year, hour = '0', minute = '0', seconds = '0']: RegExpExecArray,
  order: 'dmy' | 'mdy',
): number {
  const [day, month] = order === 'dmy' ? [Number(first), Number(second)] : [Number(second), Number(first)]
  const at = Date.UTC(Number(year), month - 1, day, Number(hour), Number(minute), Number(seconds))
  return new Date(at).getUTCMonth() === month - 1 && new Date(at).getUTCDate() === day ? at : NaN
}
