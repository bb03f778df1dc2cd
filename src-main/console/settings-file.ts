import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import type { Schema } from 'conf'
import { Settings } from '../../src-shared/domain/views.ts'
import { ProblemError } from '../../src-shared/problem.ts'
import type { SettingsStore } from './host.ts'

/** Where the window was: screen coordinates of its normal state, in device-independent pixels. */
export interface WindowPlace {
  x: number
  y: number
  width: number
  height: number
  maximized: boolean
}

/** Content of settings.json; no secret and nothing of a client is in it. */
interface SettingsFile extends Settings {
  version: 1
  window: WindowPlace | null
}

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

const minutes = { type: ['integer', 'null'], minimum: 1, maximum: 720 } as const
const pixels = { type: 'integer', minimum: -100_000, maximum: 100_000 } as const
const schema: Schema<SettingsFile> = {
  version: { type: 'integer', const: 1 },
  theme: { type: 'string', enum: Settings.shape.theme.options },
  density: { type: 'string', enum: Settings.shape.density.options },
  afterResolve: { type: 'string', enum: Settings.shape.afterResolve.options },
  openTickets: { type: 'object', additionalProperties: { type: 'string', maxLength: 100 } },
  lockAfterMinutes: minutes,
  restAfterMinutes: minutes,
  keys: {
    type: 'object',
    additionalProperties: { type: 'array', maxItems: 4, items: { type: 'string', minLength: 1, maxLength: 30 } },
  },
  window: {
    type: ['object', 'null'],
    properties: { x: pixels, y: pixels, width: pixels, height: pixels, maximized: { type: 'boolean' } },
    required: ['x', 'y', 'width', 'height', 'maximized'],
    additionalProperties: false,
  },
}

/** What this file needs of its store: electron-store in Electron, in the browser host conf, on which that one builds. */
interface Store {
  get<Key extends keyof SettingsFile>(key: Key): SettingsFile[Key]
  set(change: Partial<SettingsFile>): void
}
export interface StoreOptions {
  cwd: string
  defaults: Readonly<SettingsFile>
  schema: Schema<SettingsFile>
}

/** Settings of a profile: those that the console knows, and the window's place, which only Electron has. */
export interface ProfileSettings extends SettingsStore {
  readonly place: WindowPlace | null
  keepPlace(place: WindowPlace): void
}

/**
 * Opens settings.json of a profile. A file that cannot be used (not JSON, wrong form, from a newer version) is set
 * aside as settings.json.broken and defaults take its place: settings never keep the console from starting.
 * @param make opens the host's store; throws where the file has the wrong form
 * @throws ProblemError `profile-unreadable` where the folder cannot be written
 */
export function openSettingsFile(profile: string, make: (options: StoreOptions) => Store): ProfileSettings {
  const store = openStore(profile, () => make({ cwd: profile, defaults, schema }))
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
    // The store itself takes other JSON for an empty file and writes over it.
    if (existsSync(file) && !holdsObject(file)) setAside(file)
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

function holdsObject(file: string): boolean {
  const text = readFileSync(file, 'utf8')
  try {
    const content: unknown = JSON.parse(text)
    return typeof content === 'object' && content !== null && !Array.isArray(content)
  } catch {
    return false
  }
}
