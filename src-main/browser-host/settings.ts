import { existsSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import Conf from 'conf'
import { Settings } from '../../src-shared/domain/views.ts'
import type { SettingsStore } from '../console/host.ts'

const DEFAULTS: Settings = { theme: 'auto', density: 'compact' }

/** settings.json of a profile, by the library that electron-store builds on, so that both hosts read one file. */
export function openSettings(profile: string): SettingsStore {
  const conf = openConf(profile)
  return {
    read: () => ({ ...DEFAULTS, ...Settings.partial().catch({}).parse(conf.store) }),
    change(change) {
      conf.set(change)
      return this.read()
    },
  }
}

function openConf(profile: string): Conf<Settings> {
  const open = () => new Conf<Settings>({ cwd: profile, configName: 'settings' })
  try {
    return open()
  } catch {
    // Not JSON: set it aside with its content and start from the defaults.
    const file = join(profile, 'settings.json')
    if (existsSync(file)) renameSync(file, `${file}.broken`)
    return open()
  }
}
