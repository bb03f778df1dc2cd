const PART = /(\d+(?:[.,]\d+)?)\s*(?:(h)(?:ours?|rs?)?|(m)(?:in(?:ute)?s?)?)?\.?\s*/gy

/**
 * Minutes that a person wrote: `90`, `45 min`, `1h 30`, `1:30`, `1.5 h`, `-15m`. A bare number is minutes, behind hours
 * too.
 * @param most minutes, a day where nothing else is said
 * @returns null where it says no time, or more than that
 */
export function minutesOf(text: string, most = 1440): number | null {
  const trimmed = text.trim().toLowerCase()
  const sign = /^[-−]/.test(trimmed) ? -1 : 1
  const rest = trimmed.replace(/^[-−+]\s*/, '')
  const clock = /^(\d{1,2}):([0-5]\d)(?:\s*h)?$/.exec(rest)
  const minutes = clock ? Number(clock[1]) * 60 + Number(clock[2]) : sumOf(rest)
  if (minutes === null || minutes === 0 || minutes > most) return null
  return sign * minutes
}

function sumOf(text: string): number | null {
  const parts = [...text.matchAll(PART)]
  const last = parts.at(-1)
  if (!last || last.index + last[0].length < text.length) return null
  // Only the last may go without its unit: `1 30` could be anything.
  if (parts.slice(0, -1).some(([, , hours, minutes]) => !hours && !minutes)) return null
  const sum = parts.reduce(
    (all, [, number = '', hours]) => all + Number(number.replace(',', '.')) * (hours ? 60 : 1),
    0,
  )
  return Math.round(sum)
}

/** Minutes as people say them: `45 min`, `2 h`, `1 h 30 min`. */
export function durationText(minutes: number): string {
  const whole = Math.abs(minutes)
  const parts = [
    whole >= 60 && `${Math.floor(whole / 60).toLocaleString('en')} h`,
    (whole % 60 > 0 || whole === 0) && `${whole % 60} min`,
  ]
  return `${minutes < 0 ? '−' : ''}${parts.filter(Boolean).join(' ')}`
}
