import type Electron from 'electron'
import { preventable } from './app.ts'
import { ModelledEvents, strict } from './strict.ts'
import { needNotReady, needReady, onReset, world } from './world.ts'

type Handler = Parameters<Electron.Protocol['handle']>[1]
type RequestHandler = NonNullable<Parameters<Electron.Session['setPermissionRequestHandler']>[0]>
type CheckHandler = NonNullable<Parameters<Electron.Session['setPermissionCheckHandler']>[0]>
type DeviceHandler = NonNullable<Parameters<Electron.Session['setDevicePermissionHandler']>[0]>
export type Permission = Parameters<RequestHandler>[1]

/** `protocol` of a session, as https://www.electronjs.org/docs/latest/api/protocol says that it behaves. */
class FakeProtocol implements Pick<Electron.Protocol, 'handle'> {
  handlers = new Map<string, Handler>()

  handle(scheme: string, handler: Handler): void {
    if (this.handlers.has(scheme)) throw new Error(`The protocol ${scheme} already has a handler`)
    this.handlers.set(scheme, handler)
  }
}

type Modelled = Pick<
  Electron.Session,
  'setPermissionRequestHandler' | 'setPermissionCheckHandler' | 'setDevicePermissionHandler'
>

/** A session, as https://www.electronjs.org/docs/latest/api/session says that it behaves. */
export class FakeSession extends ModelledEvents implements Modelled {
  partition: string
  protocol = strict('Session.protocol', new FakeProtocol())
  requestHandler: RequestHandler | null = null
  checkHandler: CheckHandler | null = null
  deviceHandler: DeviceHandler | null = null

  constructor(partition: string) {
    super(['will-download'])
    this.partition = partition
  }

  setPermissionRequestHandler(handler: RequestHandler | null): void {
    this.requestHandler = handler
  }

  setPermissionCheckHandler(handler: CheckHandler | null): void {
    this.checkHandler = handler
  }

  setDevicePermissionHandler(handler: DeviceHandler | null): void {
    this.deviceHandler = handler
  }

  // From here on: what a page asks of it.

  /** Fetches an address exactly as written, without the clean-up that URL parsers do. */
  async load(url: string, method = 'GET'): Promise<Response> {
    const [scheme = ''] = url.split(':', 1)
    const handler = this.protocol.handlers.get(scheme)
    if (!handler) throw new TypeError('net::ERR_UNKNOWN_URL_SCHEME')
    const request = Object.defineProperty(new Request('http://any.invalid/', { method }), 'url', { value: url })
    return (await handler(request)) as Response
  }

  /** Asks for a permission. "By default, Electron will automatically approve all permission requests" (its security tutorial). */
  ask(permission: Permission, requestingUrl: string, isMainFrame = true): boolean {
    let granted = true
    const details = { isMainFrame, requestingUrl }
    this.requestHandler?.(null as unknown as Electron.WebContents, permission, (answer) => (granted = answer), details)
    return granted
  }

  /** Looks a permission up, as `navigator.permissions.query` and most web APIs do first. */
  check(permission: Permission, requestingOrigin: string, isMainFrame = true): boolean {
    return this.checkHandler?.(null, permission, requestingOrigin, { isMainFrame }) ?? true
  }

  /** "Calling event.preventDefault() will cancel the download". @returns whether it began */
  download(url: string): boolean {
    const event = preventable()
    this.emit('will-download', event, strict('DownloadItem', { getURL: () => url }), null)
    return !event.defaultPrevented
  }
}

const sessions = new Map<string, FakeSession>()

export const fakeSession = strict('session', {
  fromPartition(partition: string): FakeSession {
    needReady('Session')
    const known = sessions.get(partition)
    if (known) return known
    const made = strict('Session', new FakeSession(partition))
    sessions.set(partition, made)
    return made
  },
} satisfies Record<keyof Pick<typeof Electron.session, 'fromPartition'>, unknown>)

export const fakeProtocol = strict('protocol', {
  /** "This method can only be used before the ready event of the app module gets emitted and can be called only once." */
  registerSchemesAsPrivileged(schemes: Electron.CustomScheme[]): void {
    needNotReady('protocol.registerSchemesAsPrivileged')
    if (world.privileged.length > 0) throw new Error('registerSchemesAsPrivileged can only be called once')
    world.privileged.push(...schemes)
  },
} satisfies Pick<Electron.Protocol, 'registerSchemesAsPrivileged'>)

onReset(() => sessions.clear())
