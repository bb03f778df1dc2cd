import ElectronStore from 'electron-store'
import { openSettingsFile, type ProfileSettings } from '../console/settings-file.ts'

/** settings.json of a profile, see {@link openSettingsFile}. */
export function openSettings(profile: string): ProfileSettings {
  return openSettingsFile(profile, (options) => new ElectronStore({ ...options, name: 'settings' }))
}
