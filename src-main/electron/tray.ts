import { Menu, nativeImage, Tray } from 'electron'
import { TRAY_COLOUR, TRAY_TEMPLATE } from './tray-icons.ts'

/** What the tray's menu does. */
export interface TrayActs {
  /** Brings the window to the front, or opens one. */
  open(): void
  /** The same, and begins to bring a client in there. */
  newClient(): void
}

// A tray that nobody holds is collected, and its icon goes.
let tray: Tray | null = null

/** Puts the console into the system's tray (the menu bar of macOS), while it runs. */
export function setTray(platform: NodeJS.Platform, { open, newClient }: TrayActs): void {
  const mac = platform === 'darwin'
  // Drawn for 16 points, in the pixels of a dense screen. macOS colours templates to fit its menu bar.
  const icon = nativeImage.createFromBuffer(Buffer.from(mac ? TRAY_TEMPLATE : TRAY_COLOUR, 'base64'), {
    scaleFactor: 2,
  })
  if (mac) icon.setTemplateImage(true)
  tray = new Tray(icon)
  tray.setToolTip('Bulkhead')
  tray.setContextMenu(
    Menu.buildFromTemplate([
      { label: 'Open Bulkhead', click: open },
      { label: 'New client', click: newClient },
      { type: 'separator' },
      { role: 'quit' },
    ]),
  )
  // On macOS a click opens the menu.
  if (!mac) tray.on('click', open)
}
