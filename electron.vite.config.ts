import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'

/** Three sides: main (Electron, browser host and the compartment worker), preload (CommonJS: it is sandboxed), renderer. */
export default defineConfig({
  main: {
    build: {
      outDir: 'out/main',
      rollupOptions: {
        input: {
          electron: 'src-main/electron/main.ts',
          'browser-host': 'src-main/browser-host/main.ts',
          compartment: 'src-main/compartment/worker.ts',
        },
        // Names stay, so that a stack trace can be read.
        output: {
          format: 'es',
          entryFileNames: '[name].js',
          minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
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
    plugins: [react()],
    build: { outDir: 'out/renderer', minify: true, rollupOptions: { input: 'src-renderer/index.html' } },
  },
})
