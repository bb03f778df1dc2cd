import { pipeline, Readable } from 'node:stream'
import { constants, createGzip, createZstdCompress } from 'node:zlib'

export type Encoding = 'identity' | 'gzip' | 'zstd'

/**
 * How a feed is written: as the query asks, else the best that Accept-Encoding takes. Over loopback the wire is faster
 * than any compressor, and HTTP clients ask by themselves, so there only the query counts.
 */
export function encodingOf(asked: Encoding | undefined, accept: string | undefined, ip: string): Encoding {
  if (asked) return asked
  if (/^(::ffff:)?127\.|^::1$/.test(ip)) return 'identity'
  const taken = new Map(
    (accept ?? '').split(',').map((one) => {
      const [name = '', ...parameters] = one.split(';').map((part) => part.trim().toLowerCase())
      const quality = parameters.find((parameter) => parameter.startsWith('q='))
      return [name, quality === undefined ? 1 : Number(quality.slice(2))]
    }),
  )
  for (const name of ['zstd', 'gzip'] as const) if ((taken.get(name) ?? 0) > 0) return name
  return 'identity'
}

/**
 * A stream of the pieces in an encoding. Each piece can be decoded in full as soon as it has arrived; where the pieces
 * end in an exception the stream is destroyed, so that its end is missing.
 */
export function encoded(pieces: AsyncIterable<Buffer>, encoding: Encoding): Readable {
  const body = Readable.from(pieces, { objectMode: false, highWaterMark: 1024 * 1024 })
  if (encoding === 'identity') return body
  const compressor =
    encoding === 'gzip'
      ? createGzip({ level: 4, flush: constants.Z_SYNC_FLUSH })
      : createZstdCompress({ flush: constants.ZSTD_e_flush })
  // Its error is the compressor's, which the reply sees.
  return pipeline(body, compressor, () => undefined)
}
