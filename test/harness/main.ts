import { registerHooks } from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { buildIfStale } from '../../scripts/build.mjs'
import { becomeReady, fakeApp, launchAnother } from '../fakes/electron/app.ts'
import { pages } from '../fakes/electron/window.ts'
import { world } from '../fakes/electron/world.ts'
import { Chromium } from './chromium.ts'
import { KNOCK, keychainKey, takeLock } from './machine.ts'
import { ChromiumPage } from './page.ts'

// The built app, unchanged, in Node: `electron` is the behavioural fake, and behind its windows are pages of a real
// Chromium. Arguments are the app's own. Prints `console ready: ADDRESS` when its first window is loaded; ADDRESS is
// where a test looks at the pages. What this cannot show is listed in docs/security-model.md.

/** BULKHEAD_HARNESS_MACHINE: folder of what outlives the app on a machine, its key store and its user's folder. */
const machine = resolve(process.env['BULKHEAD_HARNESS_MACHINE'] ?? fail('BULKHEAD_HARNESS_MACHINE names no folder'))
/** BULKHEAD_HARNESS_OUT: another build than out/. */
const out = resolve(process.env['BULKHEAD_HARNESS_OUT'] ?? join(import.meta.dirname, '../../out'))

if (process.env['BULKHEAD_HARNESS_OUT'] === undefined) buildIfStale()
const chromium = await Chromium.start()

world.storageKey = keychainKey(machine)
world.paths.set('userData', join(machine, 'user'))
world.outside = {
  takeLock,
  end: (code) => process.exit(code),
  tell: (line) => console.log(line),
}
let opened = 0
pages.open = (window) => {
  const page = new ChromiumPage(chromium, window)
  if (opened++ === 0) window.once('ready-to-show', () => console.log(`console ready: ${chromium.address}`))
  return page
}

// On POSIX systems Electron quits in order at these (shell/browser/electron_browser_main_parts_posix.cc).
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => fakeApp.quit())
process.on(KNOCK, () => launchAnother())

const fake = pathToFileURL(join(import.meta.dirname, '../fakes/electron/index.ts')).href
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'electron' ? { url: fake, shortCircuit: true } : next(specifier, context),
})
await import(pathToFileURL(join(out, 'main/electron.js')).href)
// Electron is ready some time after the entry module was evaluated, see its tutorial on ES modules.
setImmediate(becomeReady)

function fail(reason: string): never {
  console.error(reason)
  process.exit(2)
}
