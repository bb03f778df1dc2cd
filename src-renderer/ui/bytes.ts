/** A file size as people read it. */
export function bytes(count: number): string {
  if (count < 1024) return `${count} bytes`
  const units = ['kB', 'MB', 'GB']
  let value = count / 1024
  let unit = 0
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit++
  }
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`
}
