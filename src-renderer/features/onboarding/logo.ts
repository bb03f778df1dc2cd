import { LOGO_SIDE, MAX_LOGO } from '../../../src-shared/domain/logo.ts'

/** Bytes of a picture, and its pixels a side, that are looked at. */
const MAX_BYTES = 4_000_000
const MAX_SIDE = 4096

/**
 * Draws a picture anew as a small PNG, whatever it was: nothing of the file itself is kept or handed on. What it claims of
 * its size is looked at before it is decoded, so that a small file cannot become an enormous picture.
 * @returns a data URL
 * @throws Error with a sentence for the person
 */
export async function logoOf(file: Blob): Promise<string> {
  if (file.size > MAX_BYTES)
    throw new Error(`This picture has ${Math.ceil(file.size / 1e6)} MB; 4 MB at most. Save it smaller.`)
  const bytes = new Uint8Array(await file.arrayBuffer())
  const size = sizeOf(bytes)
  if (size === null) {
    const text = new TextDecoder().decode(bytes.subarray(0, 1000))
    throw new Error(
      /<svg|<\?xml|<!doctype/i.test(text)
        ? 'An SVG can hold code, so it is not taken. Save it as PNG.'
        : 'This is no picture as PNG, JPEG or WebP.',
    )
  }
  if (size.width > MAX_SIDE || size.height > MAX_SIDE || size.width < 1 || size.height < 1)
    throw new Error(
      `This picture is ${size.width} × ${size.height} pixels; ${MAX_SIDE} × ${MAX_SIDE} at most. Save it smaller.`,
    )
  const type = { png: 'image/png', jpeg: 'image/jpeg', webp: 'image/webp' }[size.kind]
  const bitmap = await createImageBitmap(new Blob([bytes], { type })).catch(() => {
    throw new Error('This picture is damaged. Choose another file of it.')
  })
  try {
    for (const side of [LOGO_SIDE, 64, 48]) {
      const url = await drawn(bitmap, side)
      if (url.length <= MAX_LOGO) return url
    }
  } finally {
    bitmap.close()
  }
  throw new Error('This picture has too much in it for a logo. Choose a simpler one.')
}

async function drawn(bitmap: ImageBitmap, side: number): Promise<string> {
  const scale = Math.min(1, side / Math.max(bitmap.width, bitmap.height))
  const [width, height] = [bitmap.width, bitmap.height].map((pixels) => Math.max(1, Math.round(pixels * scale)))
  const canvas = new OffscreenCanvas(width ?? 1, height ?? 1)
  const context = canvas.getContext('2d')
  if (!context) throw new Error('Pictures cannot be drawn here. Go on without a logo.')
  context.imageSmoothingQuality = 'high'
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height)
  const png = new Uint8Array(await (await canvas.convertToBlob({ type: 'image/png' })).arrayBuffer())
  return `data:image/png;base64,${btoa(Array.from(png, (byte) => String.fromCharCode(byte)).join(''))}`
}

interface Size {
  kind: 'png' | 'jpeg' | 'webp'
  width: number
  height: number
}

/** What a picture says of its size before any of it is decoded; null where it is none that is taken. */
export function sizeOf(bytes: Uint8Array): Size | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const text = (at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4))
  if (bytes.length < 30) return null
  if (view.getUint32(0) === 0x89504e47 && text(12) === 'IHDR')
    return { kind: 'png', width: view.getUint32(16), height: view.getUint32(20) }
  if (text(0) === 'RIFF' && text(8) === 'WEBP') return webpSize(view, text(12))
  return view.getUint16(0) === 0xffd8 ? jpegSize(view) : null
}

/** RFC 9649: extended, lossless, lossy. */
function webpSize(view: DataView, chunk: string): Size | null {
  const kind = 'webp' as const
  const of24 = (at: number): number => view.getUint16(at, true) + view.getUint8(at + 2) * 65_536 + 1
  if (chunk === 'VP8X') return { kind, width: of24(24), height: of24(27) }
  if (chunk === 'VP8L') {
    const bits = view.getUint32(21, true)
    return { kind, width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 }
  }
  if (chunk !== 'VP8 ') return null
  return { kind, width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff }
}

/** The frame header (SOF) of a JPEG, ITU-T T.81 B.2.2. */
function jpegSize(view: DataView): Size | null {
  let at = 2
  while (at + 9 < view.byteLength && view.getUint8(at) === 0xff) {
    const marker = view.getUint8(at + 1)
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
    if (isFrame) return { kind: 'jpeg', height: view.getUint16(at + 5), width: view.getUint16(at + 7) }
    at += 2 + view.getUint16(at + 2)
  }
  return null
}
