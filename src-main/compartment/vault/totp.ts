import { createHmac } from 'node:crypto'
import type { TotpCode } from '../../../src-shared/domain/vault.ts'
import { ProblemError } from '../../../src-shared/problem.ts'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

export interface TotpSeed {
  key: Buffer
  algorithm: 'sha1' | 'sha256' | 'sha512'
  digits: number
  /** Seconds. */
  period: number
}

/**
 * Reads a seed as services show it: base32 (RFC 4648, in any case, with spaces), or an `otpauth://totp/` address
 * (the key URI format of Google Authenticator). The caller fills the key with zeros.
 * @throws ProblemError `invalid-input`, without a word of the seed
 */
export function readSeed(text: string): TotpSeed {
  const trimmed = text.trim()
  if (!/^otpauth:/i.test(trimmed)) return { key: fromBase32(trimmed), algorithm: 'sha1', digits: 6, period: 30 }
  const url = URL.parse(trimmed)
  if (url?.host.toLowerCase() !== 'totp') throw bad('is not for codes that change with time')
  const algorithm = (url.searchParams.get('algorithm') ?? 'sha1').toLowerCase().replace('-', '')
  if (algorithm !== 'sha1' && algorithm !== 'sha256' && algorithm !== 'sha512') throw bad('names an unknown algorithm')
  const digits = Number(url.searchParams.get('digits') ?? 6)
  if (![6, 7, 8].includes(digits)) throw bad('asks for codes of another length than 6 to 8 digits')
  const period = Number(url.searchParams.get('period') ?? 30)
  if (!Number.isSafeInteger(period) || period < 1 || period > 3600) throw bad('has a period that no code can have')
  return { key: fromBase32(url.searchParams.get('secret') ?? ''), algorithm, digits, period }
}

/** The code of a moment (RFC 6238). @param now ms since 1970 */
export function totpAt({ key, algorithm, digits, period }: TotpSeed, now: number): TotpCode {
  const seconds = Math.floor(now / 1000)
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(seconds / period)))
  const mac = createHmac(algorithm, key).update(counter).digest()
  // Dynamic truncation, RFC 4226 section 5.3.
  const number = mac.readUInt32BE((mac.at(-1) ?? 0) & 0x0f) & 0x7fffffff
  mac.fill(0)
  const code = String(number % 10 ** digits).padStart(digits, '0')
  return { code, secondsLeft: period - (seconds % period), period }
}

/** The code of now of a seed as it is stored. */
export function codeOf(seedText: string): TotpCode {
  const seed = readSeed(seedText)
  try {
    return totpAt(seed, Date.now())
  } finally {
    seed.key.fill(0)
  }
}

/** @throws ProblemError `invalid-input` where no codes could be made of it */
export function checkSeed(text: string): void {
  readSeed(text).key.fill(0)
}

function fromBase32(text: string): Buffer {
  const letters = text.toUpperCase().replaceAll(/[\s-]/g, '').replace(/=+$/, '')
  // So many letters come from no number of whole bytes.
  const partial = [1, 3, 6].includes(letters.length % 8)
  if (letters === '' || partial || !/^[A-Z2-7]+$/.test(letters)) throw bad('is not base32')
  const key = Buffer.alloc(Math.floor((letters.length * 5) / 8))
  let bits = 0
  let held = 0
  let at = 0
  for (const letter of letters) {
    held = ((held << 5) | ALPHABET.indexOf(letter)) & 0xfff
    bits += 5
    if (bits < 8) continue
    bits -= 8
    key[at++] = (held >> bits) & 0xff
  }
  return key
}

function bad(what: string): ProblemError {
  return new ProblemError('invalid-input', { reason: `The seed ${what}. Copy it again from where it is shown.` })
}
