import { BrowserWindow, screen, type Rectangle, type Session } from 'electron'
import type { ProfileSettings, WindowPlace } from '../console/settings-file.ts'

const MIN_WIDTH = 720
const MIN_HEIGHT = 480
/** Milliseconds after a crash in which another one is not answered with a reload. */
const CRASH_PAUSE = 10_000

export interface WindowOptions {
  session: Session
  /** Path of the built preload, a CommonJS file. */
  preload: string
  settings: Pick<ProfileSettings, 'read' | 'place' | 'keepPlace'>
  development: boolean
}

/** Makes the console's window, hidden until its first paint, where it last was if that is still on a screen. */
export function createWindow({ session, preload, settings, development }: WindowOptions): BrowserWindow {
  const place = visiblePlace(
    settings.place,
    screen.getAllDisplays().map((display) => display.workArea),
  )
  const window = new BrowserWindow({
    ...(place ? { x: place.x, y: place.y, width: place.width, height: place.height } : { width: 1360, height: 880 }),
    minWidth: MIN_WIDTH,
    minHeight: MIN_HEIGHT,
    title: 'Bulkhead',
    show: false,
    backgroundColor: settings.read().theme === 'light' ? '#ffffff' : '#1a1b1e',
    webPreferences: {
      session,
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webviewTag: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      plugins: false,
      navigateOnDragDrop: false,
      spellcheck: true,
      devTools: development,
    },
  })
  if (place?.maximized) window.maximize()
  window.once('ready-to-show', () => window.show())
  window.on('close', () => settings.keepPlace({ ...window.getNormalBounds(), maximized: window.isMaximized() }))
  return window
}

/** Brings a window to the front, also from the dock or tray. */
export function focusWindow(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore()
  window.show()
  window.focus()
}

/**
 * Loads the page again when its process is gone, unless that happens again and again: then the window stays empty, and
 * a person who closes and opens it tries once more.
 */
export function reloadAfterCrash(window: BrowserWindow, load: () => void): void {
  let last = -Infinity
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    const now = performance.now()
    if (reason === 'clean-exit' || window.isDestroyed() || now - last < CRASH_PAUSE) return
    last = now
    load()
  })
}

/**
 * A remembered place that a person can reach: its title bar's middle lies on one of the work areas.
 * @returns null where it does not, or nothing is remembered; a smaller size than the least is raised to it
 */
export function visiblePlace(place: WindowPlace | null, areas: readonly Rectangle[]): WindowPlace | null {
  if (!place) return null
  const x = place.x + place.width / 2
  const y = place.y + 16
  const reachable = areas.some((a) => x >= a.x && x < a.x + a.width && y >= a.y && y < a.y + a.height)
  if (!reachable) return null
  return { ...place, width: Math.max(place.width, MIN_WIDTH), height: Math.max(place.height, MIN_HEIGHT) }
}
