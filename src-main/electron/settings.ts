import Conf from 'conf'
import { openSettingsFile, type ProfileSettings } from '../console/settings-file.ts'

/**
 * settings.json of a profile, see {@link openSettingsFile}. With conf and not with electron-store, which is built on it:
 * that one answers an IPC message of any page with the profile's path, and looks at no sender.
 */
export function openSettings(profile: string): ProfileSettings {
  return openSettingsFile(profile, (options) => new Conf({ ...options, configName: 'settings' }))
}
