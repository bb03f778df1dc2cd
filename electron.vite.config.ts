import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'
import type { Plugin } from 'vite'

/**
 * Lets the window leave out the schemas that it does not use, and with them zod: a bundler cannot know that making a
 * schema does nothing else, so each constant of the shared modules is made by a call that is said to be pure.
 */
const sharedConstantsArePure: Plugin = {
  name: 'shared-constants-are-pure',
  enforce: 'post',
  transform(code, id) {
    if (!id.includes('/src-shared/')) return null
    let out = code
    for (const node of this.parse(code).body.toReversed()) {
      const declared = node.type === 'ExportNamedDeclaration' ? node.declaration : node
      if (declared?.type !== 'VariableDeclaration' || declared.kind !== 'const') continue
      for (const { init } of declared.declarations.toReversed()) {
        const made = init && /^(?:Call|Member|New|Object|Array)Expression$/.test(init.type)
        if (!made) continue
        out = `${out.slice(0, init.start)}/* @__PURE__ */ (() => (${out.slice(init.start, init.end)}))()${out.slice(init.end)}`
      }
    }
    return { code: out, map: null }
  },
}

/** Three sides: main (Electron, browser host and the compartment worker), preload (CommonJS: it is sandboxed), renderer. */
export default defineConfig({
  main: {
    build: {
      outDir: 'out/main',
      // A compartment is a thread, and loads all of this for itself: one file is read in half the time.
      externalizeDeps: { exclude: ['zod', '@trpc/server', 'cockatiel', 'csv-parse', 'eventsource-parser', 'yaml'] },
      rollupOptions: {
        input: {
          electron: 'src-main/electron/main.ts',
          'browser-host': 'src-main/browser-host/main.ts',
          compartment: 'src-main/compartment/worker.ts',
          'onboard-vault': 'src-main/onboard-vault/main.ts',
        },
        // Names of functions and classes stay, so that a stack trace can be read.
        output: {
          format: 'es',
          entryFileNames: '[name].js',
          minify: { compress: false, mangle: { keepNames: true }, codegen: { removeWhitespace: true } },
          codeSplitting: { groups: [{ name: 'libraries', test: /node_modules/ }] },
        },
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      rollupOptions: {
        input: { preload: 'src-preload/preload.ts' },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: 'src-renderer',
    plugins: [react(), sharedConstantsArePure],
    build: {
      outDir: 'out/renderer',
      minify: true,
      rollupOptions: {
        input: 'src-renderer/index.html',
        // What the window begins with is one script, not one for each part that something later uses too.
        output: { codeSplitting: { groups: [{ name: 'window', tags: ['$initial'] }] } },
      },
    },
  },
})
