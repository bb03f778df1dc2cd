import { FuseV1Options } from '@electron/fuses'

/**
 * What Electron's binary can still be made to do once it is packaged. The type asks for every fuse that the library
 * knows, so that a new one fails the build until somebody decided; flipping refuses a binary that has more of them.
 * Reasons: https://www.electronjs.org/docs/latest/tutorial/fuses
 */
export const FUSES = {
  // A signed app must not become a Node that runs anything.
  [FuseV1Options.RunAsNode]: false,
  [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: false,
  [FuseV1Options.EnableNodeCliInspectArguments]: false,
  // Checked on macOS and Windows; Linux has no place for the digest.
  [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: true,
  [FuseV1Options.OnlyLoadAppFromAsar]: true,
  // Nothing of the window is kept, and if it ever is, then sealed.
  [FuseV1Options.EnableCookieEncryption]: true,
  // The page comes from a scheme of its own.
  [FuseV1Options.GrantFileProtocolExtraPrivileges]: false,
  // No snapshot is shipped.
  [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  // Electron's own default: nothing here runs WebAssembly in main, and without the traps all of it would be slower.
  [FuseV1Options.WasmTrapHandlers]: true,
} as const satisfies Record<FuseV1Options, boolean>
