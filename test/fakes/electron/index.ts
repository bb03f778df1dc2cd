/**
 * Stands for the `electron` module in tests: what Bulkhead uses of it, as its documentation says that it behaves.
 * A member that is not modelled throws. `world.ts` and the classes say what a test can do to it.
 */
import { fakeApp } from './app.ts'
import { fakeContextBridge, fakeIpcMain, fakeIpcRenderer } from './ipc.ts'
import { fakeProtocol, fakeSession } from './session.ts'
import { strict } from './strict.ts'
import { FakeMenu, fakeDialog, fakeSafeStorage, fakeScreen, fakeShell } from './system.ts'
import { FakeBrowserWindow } from './window.ts'

export {
  fakeApp as app,
  FakeBrowserWindow as BrowserWindow,
  fakeContextBridge as contextBridge,
  fakeDialog as dialog,
  fakeIpcMain as ipcMain,
  fakeIpcRenderer as ipcRenderer,
  FakeMenu as Menu,
  fakeProtocol as protocol,
  fakeSafeStorage as safeStorage,
  fakeScreen as screen,
  fakeSession as session,
  fakeShell as shell,
}

// electron-store imports the module as a whole.
// oxlint-disable-next-line import/no-default-export
export default strict('electron', { app: fakeApp, ipcMain: fakeIpcMain, shell: fakeShell })
