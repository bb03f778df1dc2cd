import { world } from '../fakes/electron/world.ts'

/**
 * Addresses of the app's own scheme, as the pages see them. Chromium takes no scheme but its own as standard and secure,
 * so `bulkhead://app/` is shown as `https://app.bulkhead.invalid/`: a secure origin of its own that no name server knows.
 */
export function toPage(url: string): string {
  for (const scheme of ownSchemes()) {
    const own = `${scheme}://`
    if (url.startsWith(own))
      return url.slice(own.length).replace(/^[^/?#]*/, (host) => `https://${host}.${scheme}.invalid`)
  }
  return url
}

/** The same back again, also inside `blob:`. */
export function toApp(url: string): string {
  for (const scheme of ownSchemes()) {
    const shown = new RegExp(`^(blob:)?https://([^/?#]+)\\.${scheme}\\.invalid(?=[/?#]|$)`)
    if (shown.test(url)) return url.replace(shown, `$1${scheme}://$2`)
  }
  return url
}

/** @throws where a scheme was not declared as what the stand-in for it is */
function ownSchemes(): string[] {
  return world.privileged.map(({ scheme, privileges }) => {
    if (!privileges?.standard || !privileges.secure || !privileges.supportFetchAPI || privileges.bypassCSP)
      throw new Error('The harness shows only schemes that are standard, secure, fetched, and under their CSP.')
    return scheme
  })
}
