import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { Settings } from '../../src-shared/domain/views.ts'
import { ProblemError } from '../../src-shared/problem.ts'
import type { SettingsStore } from './host.ts'

const pixels = z.number().int().min(-100_000).max(100_000)

/** Where the window was: screen coordinates of its normal state, in device-independent pixels. */
const WindowPlace = z.strictObject({ x: pixels, y: pixels, width: pixels, height: pixels, maximized: z.boolean() })
export type WindowPlace = z.infer<typeof WindowPlace>

/** Content of settings.json; no secret and nothing of a client is in it. */
const SettingsFile = z.object({ ...Settings.shape, version: z.literal(1), window: WindowPlace.nullable() })
type SettingsFile = z.infer<typeof SettingsFile>
/** An older file lacks what was added since. */
const SettingsOfBefore = SettingsFile.partial()

const defaults: Readonly<SettingsFile> = {
  version: 1,
  theme: 'auto',
  density: 'compact',
  afterResolve: 'stay',
  openTickets: {},
  lockAfterMinutes: null,
  restAfterMinutes: 30,
  keys: {},
  window: null,
}

/** What this file needs of its store: electron-store in Electron, in the browser host conf, on which that one builds. */
interface Store {
  get<Key extends keyof SettingsFile>(key: Key): SettingsFile[Key]
  set(change: Partial<SettingsFile>): void
}
export interface StoreOptions {
  cwd: string
  defaults: Readonly<SettingsFile>
}

/** Settings of a profile: those that the console knows, and the window's place, which only Electron has. */
export interface ProfileSettings extends SettingsStore {
  readonly place: WindowPlace | null
  keepPlace(place: WindowPlace): void
}

/**
 * Opens settings.json of a profile. A file that cannot be used (not JSON, wrong form, from a newer version) is set
 * aside as settings.json.broken and defaults take its place: settings never keep the console from starting.
 * @param make opens the host's store
 * @throws ProblemError `profile-unreadable` where the folder cannot be written
 */
export function openSettingsFile(profile: string, make: (options: StoreOptions) => Store): ProfileSettings {
  const store = openStore(profile, () => make({ cwd: profile, defaults }))
  const read = () => ({
    theme: store.get('theme'),
    density: store.get('density'),
    afterResolve: store.get('afterResolve'),
    openTickets: store.get('openTickets'),
    lockAfterMinutes: store.get('lockAfterMinutes'),
    restAfterMinutes: store.get('restAfterMinutes'),
    keys: store.get('keys'),
  })
  return {
    read,
    change(change) {
      store.set(change)
      return read()
    },
    get place() {
      return store.get('window')
    },
    keepPlace(place) {
      store.set({ window: place })
    },
  }
}

function openStore(profile: string, open: () => Store): Store {
  const file = join(profile, 'settings.json')
  try {
    mkdirSync(profile, { recursive: true, mode: 0o700 })
    // Looked at before the store does, which writes over what it takes for an empty file.
    if (existsSync(file) && !holdsSettings(file)) setAside(file)
    try {
      return open()
    } catch (error) {
      if (!existsSync(file)) throw error
      setAside(file)
      return open()
    }
  } catch (cause) {
    const reason = (cause as { code?: string }).code ?? 'unknown reason'
    throw new ProblemError('profile-unreadable', { file, reason }, { cause })
  }
}

function setAside(file: string): void {
  renameSync(file, `${file}.broken`)
}

function holdsSettings(file: string): boolean {
  const text = readFileSync(file, 'utf8')
  try {
    return SettingsOfBefore.safeParse(JSON.parse(text)).success
  } catch {
    return false
  }
}
