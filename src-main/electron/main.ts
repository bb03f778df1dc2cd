import { join } from 'node:path'
import { openHost } from '../console/open.ts'
import { startApplication } from './application.ts'
import { launchOptions } from './options.ts'

// Built to out/main/electron.js, so the other outputs are found from there.
const out = import.meta.dirname

void startApplication({
  options: launchOptions(process.argv.slice(1), process.env),
  openHost,
  renderer: join(out, '../renderer'),
  preload: join(out, '../preload/preload.cjs'),
  worker: join(out, 'compartment.js'),
  devUrl: process.env['ELECTRON_RENDERER_URL'],
})
