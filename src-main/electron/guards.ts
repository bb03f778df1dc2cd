import { shell, type Session, type WebContents } from 'electron'

type Permission = Parameters<NonNullable<Parameters<Session['setPermissionRequestHandler']>[0]>>[1]

/** Every permission that Electron knows. One that a later Electron adds is missing here, and the types say so. */
const permissions: Readonly<Record<Permission, boolean>> = {
  // Copying a ticket's number or text; writing only, and only plain kinds of data.
  'clipboard-sanitized-write': true,
  ar: false,
  'automatic-fullscreen': false,
  'background-fetch': false,
  'background-sync': false,
  'captured-surface-control': false,
  'clipboard-read': false,
  'deprecated-sync-clipboard-read': false,
  'display-capture': false,
  fileSystem: false,
  fullscreen: false,
  geolocation: false,
  'geolocation-approximate': false,
  'hand-tracking': false,
  hid: false,
  'idle-detection': false,
  keyboardLock: false,
  'local-fonts': false,
  'local-network': false,
  'local-network-access': false,
  'loopback-network': false,
  media: false,
  mediaKeySystem: false,
  midi: false,
  midiSysex: false,
  nfc: false,
  notifications: false,
  openExternal: false,
  'payment-handler': false,
  'periodic-background-sync': false,
  'persistent-storage': false,
  pointerLock: false,
  'screen-wake-lock': false,
  sensors: false,
  serial: false,
  'smart-card': false,
  'speaker-selection': false,
  'storage-access': false,
  'system-wake-lock': false,
  'top-level-storage-access': false,
  usb: false,
  vr: false,
  'web-app-installation': false,
  'web-printing': false,
  'window-management': false,
  unknown: false,
}

/**
 * Which addresses may leave for the person's browser, mail program or phone, as data. Of a mail its reader alone: what
 * follows a question mark could write or attach something.
 */
const externalRules: readonly { protocol: string; form: RegExp }[] = [
  { protocol: 'https:', form: /^.{1,2000}$/ },
  // Much of a client's own network (printers, switches) speaks nothing else. It opens outside, never in a window of ours.
  { protocol: 'http:', form: /^.{1,2000}$/ },
  { protocol: 'mailto:', form: /^mailto:[^\s?&%,;:"<>]{1,254}@[^\s?&%,;:"<>]{1,254}$/ },
  { protocol: 'tel:', form: /^tel:\+?\d{2,20}$/ },
]

/**
 * Denies every permission but those of the table, and those too for any origin but the console's; every device; and
 * every download but of what the page itself made.
 */
export function guardSession(session: Session, origin: string): void {
  session.setPermissionRequestHandler((_contents, permission, callback, details) => {
    callback(isPermitted(permission, details.isMainFrame, originOf(details.requestingUrl), origin))
  })
  session.setPermissionCheckHandler((_contents, permission, requestingOrigin, details) =>
    isPermitted(permission, details.isMainFrame, originOf(requestingOrigin), origin),
  )
  // Choosing a device needs no handler: without a listener for it Electron cancels the choice.
  session.setDevicePermissionHandler(() => false)
  session.on('will-download', (event, item) => {
    if (!item.getURL().startsWith(`blob:${origin}/`)) event.preventDefault()
  })
}

/** Keeps a page where it is: no navigation, no redirect, no frame, no window, no webview. */
export function guardContents(contents: WebContents, origin: string): void {
  contents.on('will-frame-navigate', (details) => {
    // A reload comes here too, and is the one navigation that a page needs.
    if (!(details.isMainFrame && originOf(details.url) === origin)) details.preventDefault()
  })
  contents.on('will-redirect', (details) => details.preventDefault())
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(({ url }) => {
    const allowed = externalAddress(url)
    if (allowed) void shell.openExternal(allowed).catch(() => undefined)
    return { action: 'deny' }
  })
}

/** The address in the form that may be given to the system, or null where it may not. */
export function externalAddress(text: string): string | null {
  if (!URL.canParse(text)) return null
  const url = new URL(text)
  // A user name before the host makes a foreign address look like a known one.
  if (url.username || url.password) return null
  const allowed = externalRules.some((rule) => url.protocol === rule.protocol && rule.form.test(url.href))
  return allowed ? url.href : null
}

function isPermitted(permission: Permission, isMainFrame: boolean, asking: string | null, origin: string): boolean {
  return isMainFrame && asking === origin && Object.hasOwn(permissions, permission) && permissions[permission]
}

/** Scheme and host, also for our own scheme, whose origin Node's URL calls opaque. */
export function originOf(text: string | undefined): string | null {
  if (!text || !URL.canParse(text)) return null
  const url = new URL(text)
  return `${url.protocol}//${url.host}`
}
