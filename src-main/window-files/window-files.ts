import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { extname, join, relative, sep } from 'node:path'
import { gzipSync } from 'node:zlib'

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
}

export interface WindowFile {
  type: string
  body: Buffer
  /** The same, gzipped, where that pays. Made when it is first asked for: most files are not, and in Electron none is. */
  readonly gzip: Buffer | null
}

/** The files of the built window by URL path, read once: what is not in the table does not exist. */
export type WindowFiles = ReadonlyMap<string, WindowFile>

/**
 * Reads the built window. Only files of a known type are in it; links are not followed.
 * @param folder out/renderer
 * @throws where it is missing: build first
 */
export function readWindowFiles(folder: string): WindowFiles {
  const files = new Map<string, WindowFile>()
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const type = TYPES[extname(entry.name)]
    if (!entry.isFile() || !type) continue
    const path = join(entry.parentPath, entry.name)
    files.set(encodeURI(`/${relative(folder, path).split(sep).join('/')}`), windowFile(type, readFileSync(path)))
  }
  return files
}

function windowFile(type: string, body: Buffer): WindowFile {
  const packed = type.startsWith('font/') || type === 'image/png'
  let made: Buffer | null = null
  return {
    type,
    body,
    get gzip() {
      return packed ? null : (made ??= gzipSync(body))
    },
  }
}

/**
 * The page with a style nonce of its own, and the headers that keep it to itself: scripts and styles only from
 * these files, connections only to where it came from, framed by nobody.
 */
export function windowPage(files: WindowFiles): { body: string; headers: Record<string, string> } {
  const nonce = randomBytes(16).toString('base64')
  const html = files.get('/index.html')?.body.toString('utf8') ?? ''
  return {
    body: html.replaceAll('__NONCE__', nonce),
    headers: {
      ...safeHeaders,
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy': policy(nonce),
    },
  }
}

/** Headers of every answer. */
export const safeHeaders = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), display-capture=()',
} as const

function policy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}
