import { z } from 'zod'

/** Pixels of each side at most: twice what the largest place shows. */
export const LOGO_SIDE = 96
/** Characters of the data URL at most. */
export const MAX_LOGO = 16_384

const PREFIX = 'data:image/png;base64,'
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/**
 * A client's logo: a PNG as a data URL (RFC 2397), {@link LOGO_SIDE} pixels a side at most, so that no picture that is
 * handed around can take more memory than that, and none is code.
 */
export const Logo = z
  .string()
  .max(MAX_LOGO, { error: 'is larger than a logo may be: give a PNG of at most 12 kB' })
  .regex(/^data:image\/png;base64,[A-Za-z0-9+/]+={0,2}$/, { error: 'is no PNG as a data URL in base64' })
  .refine(hasFittingHeader, { error: `is no PNG of at most ${LOGO_SIDE} by ${LOGO_SIDE} pixels` })

/** Looks at what a PNG begins with: its signature, and the header chunk with width and height. */
function hasFittingHeader(url: string): boolean {
  const bytes: number[] = []
  let [bits, held] = [0, 0]
  for (const letter of url.slice(PREFIX.length, PREFIX.length + 44)) {
    held = ((held << 6) | ALPHABET.indexOf(letter)) & 0xffff
    bits += 6
    if (bits < 8) continue
    bits -= 8
    bytes.push((held >> bits) & 0xff)
  }
  const begins = [137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82]
  const side = (at: number): number => bytes.slice(at, at + 4).reduce((sum, byte) => sum * 256 + byte, 0)
  const fits = (pixels: number): boolean => pixels >= 1 && pixels <= LOGO_SIDE
  return begins.every((byte, at) => bytes[at] === byte) && fits(side(16)) && fits(side(20))
}
