import { randomBytes } from 'node:crypto'
import type Electron from 'electron'

/** What the fake does outside of itself: nothing in tests of the sources; files and a process in the harness. */
export interface Outside {
  /** Takes the single-instance lock in this folder. @returns whether nobody else has it */
  takeLock(folder: string): boolean
  /** Ends the process. */
  end(code: number): void
  /** What a person would see outside of the windows. */
  tell(line: string): void
}

/** What is around the fake: the system that Electron runs on. A test sets it up and looks at what was done to it. */
export interface World {
  ready: boolean
  quitting: boolean
  /** Exit code once the process would have ended. */
  exited: number | null
  sandboxed: boolean
  lockHeld: boolean
  paths: Map<string, string>
  privileged: Electron.CustomScheme[]
  /** Linux's choice of store, whether a key can be had from it, and the key. */
  storageBackend: 'basic_text' | 'gnome_libsecret' | 'kwallet6'
  storageAvailable: boolean
  storageKey: Buffer
  /** Whether the person's finger is known; null on a machine without Touch ID. */
  touchId: boolean | null
  displays: { x: number; y: number; width: number; height: number }[]
  openedExternally: string[]
  errorBoxes: { title: string; content: string }[]
  menu: unknown
  /** What the system's tray holds. */
  trays: { icon: { bytes: Buffer; scaleFactor: number; template: boolean }; toolTip: string; menu: unknown }[]
  /** Protocols that the app answers for. */
  protocolClients: string[]
  outside: Outside
}

function freshWorld(): World {
  return {
    ready: false,
    quitting: false,
    exited: null,
    sandboxed: false,
    lockHeld: false,
    paths: new Map(),
    privileged: [],
    storageBackend: 'gnome_libsecret',
    storageAvailable: true,
    storageKey: randomBytes(32),
    touchId: null,
    displays: [{ x: 0, y: 0, width: 1920, height: 1080 }],
    openedExternally: [],
    errorBoxes: [],
    menu: null,
    ...{ trays: [], protocolClients: [] },
    outside: { takeLock: () => true, end: () => undefined, tell: () => undefined },
  }
}

export const world: World = freshWorld()

const resets: (() => void)[] = []

/** A part of the fake that keeps state says here how to begin again. */
export function onReset(reset: () => void): void {
  resets.push(reset)
}

/** A new process on a new machine. */
export function resetElectron(): void {
  Object.assign(world, freshWorld())
  for (const reset of resets) reset()
}

export function needReady(what: string): void {
  if (!world.ready) throw new Error(`${what} can only be used after app is ready`)
}

export function needNotReady(what: string): void {
  if (world.ready) throw new Error(`${what} should be called before app is ready`)
}
