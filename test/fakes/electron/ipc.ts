import { EventEmitter } from 'node:events'
import { strict } from './strict.ts'
import { onReset } from './world.ts'

/** Main's end for messages of all windows. The other end is in the pages: test/harness/worlds.ts. */
export const fakeIpcMain = strict('ipcMain', new EventEmitter())

onReset(() => fakeIpcMain.removeAllListeners())
