/** The scheme that serves the console's window; `app` is its only host. */
export const SCHEME = 'bulkhead'
export const HOST = 'app'

/** Origin of the window's page as Chromium serialises it (RFC 6454). */
export const APP_ORIGIN = `${SCHEME}://${HOST}`

/** Where the window's page comes from, and the only origin that main listens to. */
export interface PageSource {
  url: string
  origin: string
}

/**
 * The page of this run: the built one, or electron-vite's development server.
 * @param devUrl `ELECTRON_RENDERER_URL`; ignored in a packaged app, so that the environment cannot point it elsewhere
 */
export function pageSource(packaged: boolean, devUrl: string | undefined): PageSource {
  if (packaged || !devUrl) return { url: `${APP_ORIGIN}/`, origin: APP_ORIGIN }
  return { url: devUrl, origin: new URL(devUrl).origin }
}
