import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocketServer, type WebSocket } from 'ws'
import { MAX_FRAME } from '../../src-shared/channel/frame.ts'
import { ProblemError } from '../../src-shared/problem.ts'
import type { Host } from '../console/host.ts'
import { safeHeaders, windowPage, type WindowFiles } from '../window-files/window-files.ts'
import { Admission } from './admission.ts'

const LOOPBACK = '127.0.0.1'
/** A token request is a few dozen bytes. */
const MAX_TOKEN_BODY = 1000

export interface BrowserHost {
  /** `http://127.0.0.1:PORT/#TOKEN` */
  address: string
  close(): Promise<void>
}

/**
 * Serves the window and its channel to browsers of this machine.
 * @param port 0 for a free one
 * @throws ProblemError `port-in-use`
 */
export async function serveBrowser(host: Host, files: WindowFiles, port: number): Promise<BrowserHost> {
  const admission = new Admission()
  const server = createServer((request, response) => void answer(request, response, admission, files))
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_FRAME, perMessageDeflate: false })
  server.on('upgrade', (request, socket, head) => upgrade(request, socket, head, admission, sockets))
  sockets.on('connection', (socket) => attach(host, socket))
  const token = admission.begin(await listen(server, port))
  return {
    address: `http://${LOOPBACK}:${(server.address() as AddressInfo).port}/#${token}`,
    close: () =>
      new Promise((closed) => {
        for (const socket of sockets.clients) socket.terminate()
        server.close(() => closed())
        server.closeAllConnections()
      }),
  }
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) =>
      reject(cause.code === 'EADDRINUSE' ? new ProblemError('port-in-use', { port }, { cause }) : cause),
    )
    server.listen(port, LOOPBACK, () => resolve((server.address() as AddressInfo).port))
  })
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  admission: Admission,
  files: WindowFiles,
): Promise<void> {
  if (!admission.isOurHost(request)) return end(response, 421)
  const path = request.url ?? '/'
  if (request.method === 'POST' && path === '/token') return admit(request, response, admission)
  if (request.method !== 'GET' && request.method !== 'HEAD') return end(response, 405)
  if (path === '/' || path === '/index.html') {
    const page = windowPage(files)
    return end(response, 200, page.headers, page.body)
  }
  const file = files.get(path)
  if (!file) return end(response, 404)
  const zipped = file.gzip && /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))
  const headers = {
    'content-type': file.type,
    'cache-control': path.startsWith('/assets/') ? 'max-age=31536000, immutable' : 'no-cache',
    ...(zipped ? { 'content-encoding': 'gzip' } : {}),
  }
  end(response, 200, headers, request.method === 'HEAD' ? '' : zipped ? file.gzip! : file.body)
}

async function admit(request: IncomingMessage, response: ServerResponse, admission: Admission): Promise<void> {
  if (!admission.isOurOrigin(request)) return end(response, 403)
  if (admission.isAdmitted(request)) return end(response, 204)
  const cookie = admission.admit(await readToken(request))
  if (!cookie) return end(response, 403)
  end(response, 204, { 'set-cookie': cookie })
}

async function readToken(request: IncomingMessage): Promise<unknown> {
  let body = ''
  for await (const chunk of request) {
    body += String(chunk)
    if (body.length > MAX_TOKEN_BODY) return null
  }
  try {
    return (JSON.parse(body) as { token?: unknown } | null)?.token
  } catch {
    return null
  }
}

function upgrade(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  admission: Admission,
  sockets: WebSocketServer,
): void {
  socket.on('error', () => undefined)
  if (request.url !== '/channel' || !admission.isOurOrigin(request) || !admission.isAdmitted(request)) {
    socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
    return
  }
  sockets.handleUpgrade(request, socket, head, (opened) => sockets.emit('connection', opened))
}

function attach(host: Host, socket: WebSocket): void {
  const channel = host.attach((frame) => {
    if (socket.readyState === socket.OPEN) socket.send(frame)
  })
  socket.on('message', (data, binary) => {
    if (!binary) channel.receive(String(data))
  })
  socket.on('error', () => undefined)
  socket.on('close', () => channel.close())
}

function end(
  response: ServerResponse,
  status: number,
  headers: Record<string, string> = {},
  body: string | Buffer = '',
): void {
  response.writeHead(status, { ...safeHeaders, ...headers })
  response.end(body)
}
