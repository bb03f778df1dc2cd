import type { ResolvedSetting } from '../../../src-shared/settings/layers.ts'
import type { SettingKey } from '../../../src-shared/settings/settings.ts'
import type { DefaultsUses } from '../../../src-shared/protocol/settings.ts'
import { counted } from '../../ui/counted.ts'
import { SETTINGS } from '../../ui/setting-words.ts'
import classes from './settings.module.css'

/** What a layer is called in a narrow place. @param name of a template */
export function originName(origin: ResolvedSetting['origin'], name: string | null): string {
  if (origin === 'client') return 'own'
  if (origin === 'template') return name ?? 'template'
  return origin === 'organisation' ? 'organisation' : 'built in'
}

function inheritedWords(origin: ResolvedSetting['origin'], name: string | null): string {
  if (origin === 'built-in') return 'Built in'
  return origin === 'template' ? `From the template ${name ?? ''}` : 'From your organisation'
}

function takeWords(origin: ResolvedSetting['origin'], name: string | null): string {
  if (origin === 'organisation') return 'Take the organisation’s value instead'
  return origin === 'template' ? `Take the value of ${name ?? 'the template'} instead` : 'Take what is built in instead'
}

interface InheritsProps {
  found: ResolvedSetting
  own: ResolvedSetting['origin']
  typed: boolean
  back: boolean
  setting: SettingKey
  /** Whether there are several in the part. */
  several: boolean
  /** How far what the organisation gives reaches; null elsewhere. */
  reach: DefaultsUses | null
  onInherit(): void
  onForget(): void
}

/** Where a setting comes from, and the way back to what is inherited or saved. */
export function Inherits({ found, own, typed, back, setting, several, reach, onInherit, onForget }: InheritsProps) {
  const { origin, name, inherited } = found
  const of = several ? `${SETTINGS[setting]}: ` : ''
  const from = inherited && inheritedWords(inherited.origin, inherited.name)
  const mine = origin === own
  const text = back
    ? `${from ?? 'Inherited'} again when you save.`
    : typed && !mine
      ? `${inheritedWords(origin, name)} until now. Saving makes it an own value.`
      : mine
        ? 'Own value.'
        : `${inheritedWords(origin, name)}. Changing it makes it an own value.`
  const what = several ? SETTINGS[setting].toLowerCase() : 'this'
  return (
    <p className={classes.origin} data-own={mine || typed || undefined}>
      {of}
      {text}
      {reach && ` ${reachText(reach, setting)}`}
      {mine && inherited && !back && (
        <button type="button" onClick={onInherit}>
          {takeWords(inherited.origin, inherited.name)}
        </button>
      )}
      {(typed || back) && (
        <button type="button" aria-label={`Discard the change of ${what}`} onClick={onForget}>
          Discard this change
        </button>
      )}
    </p>
  )
}

/** "12 clients take this; 3 have their own." */
export function reachText({ clients, own }: DefaultsUses, setting: SettingKey): string {
  const apart = own[setting] ?? 0
  if (clients === 0) return 'No client is there yet.'
  if (apart === 0) return clients === 1 ? 'The one client takes this.' : `All ${counted(clients, 'client')} take this.`
  const theirs = `${apart.toLocaleString('en')} ${apart === 1 ? 'has its own' : 'have their own'}`
  const taking = clients - apart
  if (taking === 0) return `No client takes this: ${theirs}.`
  return `${counted(taking, 'client')} ${taking === 1 ? 'takes' : 'take'} this; ${theirs}.`
}

interface LeftOutProps {
  keys: readonly SettingKey[]
  /** What it would be then. */
  to: string
  onInherit(): void
  onKeep(): void
}

/** Own settings that a file of settings does not have: whether they are to be inherited again. */
export function LeftOut({ keys, to, onInherit, onKeep }: LeftOutProps) {
  const names = keys.map((key) => SETTINGS[key])
  const told = new Intl.ListFormat('en-GB').format(names)
  return (
    <div className={classes.banner} role="group" aria-label="Settings that the file leaves out">
      <p>
        The file leaves out {told}, which {keys.length === 1 ? 'is an own value' : 'are own values'} here.
      </p>
      <button type="button" onClick={onInherit}>
        Take {to} instead
      </button>
      <button type="button" onClick={onKeep}>
        Keep {keys.length === 1 ? 'it' : 'them'}
      </button>
    </div>
  )
}
