import { crc32, deflateSync, inflateSync } from 'node:zlib'
import { LOGO_SIDE } from '../../src-shared/domain/logo.ts'

const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex')
/** Samples of a pixel, by the colour type of a PNG (ISO/IEC 15948, 11.2.1). */
const SAMPLES = new Map([
  [0, 1],
  [2, 3],
  [3, 1],
  [4, 2],
  [6, 4],
])
const INDEXED = 3

/**
 * A client's logo as a picture that can be put on a page. What it holds is read anew here, since the library that draws the
 * page believes whatever a picture claims of itself, and would go on for ever, or ask for all of the memory.
 * @param url a data URL, as it is stored
 * @returns a PNG of nothing but its pixels; null for none, a broken one, and one whose kind is not read here: interlaced, 16
 * bits a sample, or transparent in another way than by an alpha channel or a palette of 8 bits
 */
export function logoPicture(url: string | null): Buffer | null {
  if (url === null) return null
  const chunks = chunksOf(Buffer.from(url.slice(url.indexOf(',') + 1), 'base64'))
  const header = chunks.get('IHDR')
  if (header?.length !== 13) return null
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)]
  const [bits = 0, type = 0, ...methods] = header.subarray(8)
  const samples = SAMPLES.get(type)
  const small = (side: number): boolean => side >= 1 && side <= LOGO_SIDE
  if (!small(width) || !small(height) || samples === undefined || methods.some((method) => method !== 0)) return null
  if (bits !== 8 && !([1, 2, 4].includes(bits) && samples === 1)) return null
  const palette = type === INDEXED ? chunks.get('PLTE') : undefined
  const colours = (palette?.length ?? 0) / 3
  if (type === INDEXED && !(Number.isInteger(colours) && colours >= 1 && colours <= 2 ** bits)) return null
  const alphas = chunks.get('tRNS')
  if (alphas && !(bits === 8 && alphas.length <= colours)) return null
  const row = 1 + Math.ceil((width * samples * bits) / 8)
  const pixels = inflated(chunks.get('IDAT'), row * height)
  // Each row begins with how it is written, of which there are five.
  if (!pixels || pixels.some((byte, at) => at % row === 0 && byte > 4)) return null
  const kept = { IHDR: header, PLTE: palette, tRNS: alphas, IDAT: deflateSync(pixels), IEND: Buffer.alloc(0) }
  return Buffer.concat([
    SIGNATURE,
    ...Object.entries(kept).flatMap(([name, data]) => (data ? [chunk(name, data)] : [])),
  ])
}

/** The chunks of a PNG, those of one name as one; none of what does not end as it says. */
function chunksOf(file: Buffer): Map<string, Buffer> {
  const chunks = new Map<string, Buffer>()
  for (let at = SIGNATURE.length; at + 12 <= file.length;) {
    const end = at + 12 + file.readUInt32BE(at)
    if (end > file.length) return new Map()
    const name = file.toString('latin1', at + 4, at + 8)
    chunks.set(name, Buffer.concat([chunks.get(name) ?? Buffer.alloc(0), file.subarray(at + 8, end - 4)]))
    at = end
  }
  return chunks
}

/** @returns null where it does not come to exactly so many bytes */
function inflated(data: Buffer | undefined, size: number): Buffer | null {
  try {
    const whole = inflateSync(data ?? Buffer.alloc(0), { maxOutputLength: size })
    return whole.length === size ? whole : null
  } catch {
    return null
  }
}

function chunk(name: string, data: Buffer): Buffer {
  const whole = Buffer.concat([Buffer.alloc(4), Buffer.from(name, 'latin1'), data, Buffer.alloc(4)])
  whole.writeUInt32BE(data.length, 0)
  whole.writeUInt32BE(crc32(whole.subarray(4, -4)), whole.length - 4)
  return whole
}
