import { Menu, type MenuItemConstructorOptions } from 'electron'

/** Sets the application's menu from roles, so that the system's own words, keys and behaviour apply. */
export function setMenu(platform: NodeJS.Platform, development: boolean): void {
  const view: MenuItemConstructorOptions[] = [
    { role: 'resetZoom' },
    { role: 'zoomIn' },
    { role: 'zoomOut' },
    { type: 'separator' },
    { role: 'togglefullscreen' },
  ]
  const tools: MenuItemConstructorOptions[] = [{ type: 'separator' }, { role: 'reload' }, { role: 'toggleDevTools' }]
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      ...(platform === 'darwin' ? [{ role: 'appMenu' } as const] : [{ role: 'fileMenu' } as const]),
      { role: 'editMenu' },
      { label: 'View', submenu: development ? [...view, ...tools] : view },
      { role: 'windowMenu' },
    ]),
  )
}
