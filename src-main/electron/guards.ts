import { shell, type Session, type WebContents } from 'electron'

/** What the page may use without asking. All else, and whatever a later Electron adds, is denied. */
const allowedPermissions: ReadonlySet<string> = new Set([
  // Copying a ticket's number or text; writing only, and only plain kinds of data.
  'clipboard-sanitized-write',
])

/** Which addresses may leave for the person's browser, as data. */
const externalRules: readonly { protocol: string; maxLength: number }[] = [{ protocol: 'https:', maxLength: 2000 }]

/** Denies every permission but those of the table, and those too for any origin but the console's. */
export function guardSession(session: Session, origin: string): void {
  session.setPermissionRequestHandler((_contents, permission, callback, details) => {
    callback(isPermitted(permission, details.isMainFrame, originOf(details.requestingUrl), origin))
  })
  session.setPermissionCheckHandler((_contents, permission, requestingOrigin, details) =>
    isPermitted(permission, details.isMainFrame, originOf(requestingOrigin), origin),
  )
  session.setDevicePermissionHandler(() => false)
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
  const allowed = externalRules.some((rule) => url.protocol === rule.protocol && url.href.length <= rule.maxLength)
  return allowed ? url.href : null
}

function isPermitted(permission: string, isMainFrame: boolean, asking: string | null, origin: string): boolean {
  return isMainFrame && asking === origin && allowedPermissions.has(permission)
}

/** Scheme and host, also for our own scheme, whose origin Node's URL calls opaque. */
export function originOf(text: string | undefined): string | null {
  if (!text || !URL.canParse(text)) return null
  const url = new URL(text)
  return `${url.protocol}//${url.host}`
}
