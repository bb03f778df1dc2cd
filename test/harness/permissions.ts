import type { CDPSession } from 'playwright-core'
import type { FakeSession, Permission } from '../fakes/electron/session.ts'
import { toPage } from './origin.ts'

/** Electron's names of permissions, and what Chromium calls those that its own pages can be given or refused. */
const descriptors: Partial<
  Record<Permission, { name: string; sysex?: boolean; allowWithoutSanitization?: boolean }[]>
> = {
  'clipboard-read': [{ name: 'clipboard-read' }],
  'clipboard-sanitized-write': [{ name: 'clipboard-write', allowWithoutSanitization: false }],
  geolocation: [{ name: 'geolocation' }],
  'idle-detection': [{ name: 'idle-detection' }],
  media: [{ name: 'camera' }, { name: 'microphone' }],
  midi: [{ name: 'midi' }],
  midiSysex: [{ name: 'midi', sysex: true }],
  notifications: [{ name: 'notifications' }],
  'persistent-storage': [{ name: 'persistent-storage' }],
  'screen-wake-lock': [{ name: 'screen-wake-lock' }],
  'storage-access': [{ name: 'storage-access' }],
  'window-management': [{ name: 'window-management' }],
}

/**
 * Lets the pages of an origin have what the app's handlers grant to their main frame. Chromium can be told, not made to
 * ask, so the handlers are asked beforehand: the table shows, the moment of asking does not.
 * @param root a session of the whole browser
 * @param partition Chromium's name of the session's context
 */
export async function applyPermissions(
  root: CDPSession,
  partition: string,
  session: FakeSession,
  url: string,
): Promise<void> {
  const origin = new URL(toPage(url)).origin
  if (!origin.startsWith('http')) return
  const asked = Object.entries(descriptors) as [Permission, { name: string }[]][]
  for (const [permission, names] of asked) {
    const granted = session.check(permission, url) && session.ask(permission, url)
    for (const name of names)
      await root.send('Browser.setPermission', {
        permission: name,
        setting: granted ? 'granted' : 'denied',
        origin,
        browserContextId: partition,
      })
  }
}
