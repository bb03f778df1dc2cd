import type { ConnectionLimit } from './connection.ts'

// What is said of connections: also for windows, so without the schemas.

/** A limit in words: `100 in 1 min, 42 left, more in 18 s`. */
export function limitText({ name, limit, windowSeconds, remaining, resetSeconds }: ConnectionLimit): string {
  const parts = [
    limit === null ? '' : windowSeconds === null ? `${limit} at most` : `${limit} in ${spanText(windowSeconds)}`,
    remaining === null ? '' : `${remaining} left`,
    resetSeconds === null ? '' : `more in ${spanText(resetSeconds)}`,
  ].filter(Boolean)
  return `${name ? `${name}: ` : ''}${parts.join(', ')}`
}

function spanText(seconds: number): string {
  if (seconds > 0 && seconds % 86_400 === 0) return seconds === 86_400 ? 'a day' : `${seconds / 86_400} days`
  if (seconds > 0 && seconds % 3600 === 0) return seconds === 3600 ? 'an hour' : `${seconds / 3600} hours`
  if (seconds > 0 && seconds % 60 === 0) return `${seconds / 60} min`
  return `${seconds} s`
}

/** What is wrong with the address of a system, as a sentence; null where nothing is. */
export function addressProblem(address: string): string | null {
  if (!/^https:\/\/[^\s/]+/i.test(address))
    return 'Enter an address that begins with https://. A secret goes nowhere else.'
  if (/[?#]|^https:\/\/[^/]*@/i.test(address))
    return 'Give the address without a user, and without what follows ? or #: that may hold a secret.'
  return null
}
