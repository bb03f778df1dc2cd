import { expect, test } from 'vitest'
import { checkSeed, codeOf, readSeed, totpAt } from '../../src-main/compartment/vault/totp.ts'

// RFC 6238, appendix B: the key is this text, repeated up to the length of the hash.
const digits = '1234567890'
const keys = {
  sha1: Buffer.from(digits.repeat(2)),
  sha256: Buffer.from(digits.repeat(4).slice(0, 32)),
  sha512: Buffer.from(digits.repeat(7).slice(0, 64)),
}
const vectors: [seconds: number, sha1: string, sha256: string, sha512: string][] = [
  [59, '94287082', '46119246', '90693936'],
  [1111111109, '07081804', '68084774', '25091201'],
  [1111111111, '14050471', '67062674', '99943326'],
  [1234567890, '89005924', '91819424', '93441116'],
  [2000000000, '69279037', '90698825', '38618901'],
  [20000000000, '65353130', '77737706', '47863826'],
]

test.each(vectors)('the codes of RFC 6238 at %i', (seconds, ...codes) => {
  for (const [index, algorithm] of (['sha1', 'sha256', 'sha512'] as const).entries()) {
    const seed = { key: keys[algorithm], algorithm, digits: 8, period: 30 }
    expect(totpAt(seed, seconds * 1000).code).toBe(codes[index])
    // Shorter codes are the end of longer ones.
    expect(totpAt({ ...seed, digits: 6 }, seconds * 1000).code).toBe(codes[index]?.slice(2))
  }
})

test('a code says how long it is good for', () => {
  const seed = { key: keys.sha1, algorithm: 'sha1' as const, digits: 6, period: 30 }
  expect(totpAt(seed, 59_999)).toMatchObject({ secondsLeft: 1, period: 30 })
  expect(totpAt(seed, 60_000)).toMatchObject({ secondsLeft: 30 })
  expect(totpAt({ ...seed, period: 60 }, 60_000)).toMatchObject({ secondsLeft: 60, period: 60 })
  expect(totpAt(seed, 30_000).code).toBe(totpAt(seed, 59_999).code)
  expect(totpAt(seed, 30_000).code).not.toBe(totpAt(seed, 60_000).code)
})

// RFC 4648, section 10.
test.each([
  ['MY======', 'f'],
  ['MZXQ====', 'fo'],
  ['MZXW6===', 'foo'],
  ['MZXW6YQ=', 'foob'],
  ['MZXW6YTB', 'fooba'],
  ['mzxw 6ytb-oi======', 'foobar'],
])('%s is base32 of %s', (text, plain) => {
  expect(readSeed(text)).toEqual({ key: Buffer.from(plain), algorithm: 'sha1', digits: 6, period: 30 })
})

test('an otpauth address brings its own rules', () => {
  const text = 'otpauth://totp/ACME:ann%40example.com?secret=MZXW6YTBOI&issuer=ACME&algorithm=SHA512&digits=8&period=60'
  expect(readSeed(text)).toEqual({ key: Buffer.from('foobar'), algorithm: 'sha512', digits: 8, period: 60 })
  expect(readSeed('otpauth://totp/x?secret=MZXW6YTBOI')).toMatchObject({ algorithm: 'sha1', digits: 6, period: 30 })
  expect(codeOf(text).code).toMatch(/^\d{8}$/)
})

test.each([
  ['', 'base32'],
  ['MZXW6Y1B', 'base32'],
  ['MZX', 'base32'],
  ['otpauth://hotp/x?secret=MZXW6YTBOI&counter=1', 'change with time'],
  ['otpauth://totp/x?secret=', 'base32'],
  ['otpauth://totp/x?secret=MZXW6YTBOI&algorithm=MD5', 'algorithm'],
  ['otpauth://totp/x?secret=MZXW6YTBOI&digits=9', 'length'],
  ['otpauth://totp/x?secret=MZXW6YTBOI&period=0', 'period'],
  ['otpauth://totp/x?secret=MZXW6YTBOI&period=1e99', 'period'],
])('%s is refused without being repeated', (text, reason) => {
  expect(() => checkSeed(text)).toThrow(reason)
  expect(() => checkSeed(text)).not.toThrow('MZX')
})
