import { protocol, type Session } from 'electron'
import { safeHeaders, windowPage, type WindowFiles } from '../window-files/window-files.ts'
import { HOST, SCHEME } from './origin.ts'

/** Declares the scheme. Must run before the app is ready: Chromium reads the list once. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ])
}

/** Serves the window's files to this session. A request that is not a key of the table, letter for letter, is a 404. */
export function serveWindow(session: Session, files: WindowFiles): void {
  session.protocol.handle(SCHEME, (request) => answer(request, files))
}

function answer(request: Request, files: WindowFiles): Response {
  const path = request.method === 'GET' ? requestedPath(request.url) : null
  if (path === '/' || path === '/index.html') {
    const page = windowPage(files)
    return new Response(page.body, { headers: page.headers })
  }
  const file = path === null ? undefined : files.get(path)
  if (!file) return new Response('Not found', { status: 404, headers: safeHeaders })
  const headers = { ...safeHeaders, 'content-type': file.type, 'cache-control': 'no-cache' }
  return new Response(new Uint8Array(file.body), { headers })
}

/** The path as it was asked for, dots and escapes included: URL parsers resolve them, a table of names must not. */
function requestedPath(url: string): string | null {
  const prefix = `${SCHEME}://${HOST}`
  if (!url.startsWith(`${prefix}/`)) return null
  return url.slice(prefix.length).split(/[?#]/, 1)[0] ?? null
}
