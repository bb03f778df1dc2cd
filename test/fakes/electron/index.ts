/**
 * Stands for the `electron` module: what Bulkhead uses of it in the main process, as its documentation says that it
 * behaves. A member or event that is not modelled throws. `world.ts` and the classes say what a test can do to it;
 * test/harness puts real pages behind its windows.
 */
import { fakeApp } from './app.ts'
import { fakeIpcMain } from './ipc.ts'
import { fakeProtocol, fakeSession } from './session.ts'
import {
  FakeMenu,
  FakeTray,
  fakeDialog,
  fakeNativeImage,
  fakePowerMonitor,
  fakeSafeStorage,
  fakeScreen,
  fakeShell,
  fakeSystemPreferences,
} from './system.ts'
import { FakeBrowserWindow } from './window.ts'

export {
  fakeApp as app,
  FakeBrowserWindow as BrowserWindow,
  fakeDialog as dialog,
  fakeIpcMain as ipcMain,
  FakeMenu as Menu,
  fakeNativeImage as nativeImage,
  fakePowerMonitor as powerMonitor,
  fakeProtocol as protocol,
  fakeSafeStorage as safeStorage,
  fakeScreen as screen,
  fakeSession as session,
  fakeShell as shell,
  fakeSystemPreferences as systemPreferences,
  FakeTray as Tray,
}
