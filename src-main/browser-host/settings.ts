import Conf from 'conf'
import { openSettingsFile, type ProfileSettings } from '../console/settings-file.ts'

/** settings.json of a profile, see {@link openSettingsFile}. */
export function openSettings(profile: string): ProfileSettings {
  return openSettingsFile(profile, (options) => new Conf({ ...options, configName: 'settings' }))
}
