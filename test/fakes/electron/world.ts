/** What is around the fake: the system that Electron runs on. A test sets it up and looks at what was done to it. */
export interface World {
  ready: boolean
  quitting: boolean
  /** Exit code once the process would have ended. */
  exited: number | null
  sandboxed: boolean
  /** Whether another process holds the single-instance lock. */
  lockTaken: boolean
  lockHeld: boolean
  paths: Map<string, string>
  privileged: string[]
  /** Linux's choice of store, and whether a key can be had from it. */
  storageBackend: 'basic_text' | 'gnome_libsecret' | 'kwallet6'
  storageAvailable: boolean
  displays: { x: number; y: number; width: number; height: number }[]
  openedExternally: string[]
  errorBoxes: { title: string; content: string }[]
  menu: unknown
}

function freshWorld(): World {
  return {
    ready: false,
    quitting: false,
    exited: null,
    sandboxed: false,
    lockTaken: false,
    lockHeld: false,
    paths: new Map(),
    privileged: [],
    storageBackend: 'gnome_libsecret',
    storageAvailable: true,
    displays: [{ x: 0, y: 0, width: 1920, height: 1080 }],
    openedExternally: [],
    errorBoxes: [],
    menu: null,
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
