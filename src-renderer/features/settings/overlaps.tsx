import { useQuery } from '@tanstack/react-query'
import { ORDER, type Overlap, type Side } from '../../../src-shared/settings/merge.ts'
import type { SettingKey } from '../../../src-shared/settings/settings.ts'
import { SETTINGS } from '../../ui/setting-words.ts'
import { dateTime } from '../../ui/time.ts'
import { short } from './history-words.ts'
import type { SettingsPort } from './port.ts'
import classes from './overlaps.module.css'

interface OverlapsProps {
  port: SettingsPort
  revision: number
  setting: SettingKey
  /** As others saved it, for the names of its entries. */
  saved: unknown
  overlaps: readonly Overlap[]
  onChoose(overlap: Overlap, side: Side): void
}

/** What two people changed differently, with how it was; the person who came later chooses. */
export function OverlapsPanel({ port, revision, setting, saved, overlaps, onChoose }: OverlapsProps) {
  const { data } = useQuery({
    queryKey: ['settings', 'history', revision],
    queryFn: () => port.history(),
    staleTime: 0,
    retry: false,
  })
  const theirs = data?.revisions.find(({ changes }) => changes.some((one) => one.setting === setting))
  return (
    <section className={classes.overlaps} aria-label={`Changed twice: ${SETTINGS[setting]}`}>
      <h4>
        {theirs
          ? `${theirs.by.name} changed ${SETTINGS[setting].toLowerCase()} too, ${dateTime(theirs.at)}`
          : 'Somebody else changed this too'}
      </h4>
      <p>What does not overlap is together below. Choose what counts for the rest; nothing is saved before.</p>
      <table>
        <thead>
          <tr>
            <th>What</th>
            <th>Before</th>
            <th>{theirs?.by.name ?? 'Theirs'}</th>
            <th>You</th>
          </tr>
        </thead>
        <tbody>
          {overlaps.map((overlap) => {
            const what = placeWords(overlap, saved)
            const name = `${setting} ${overlap.place.join(' ')}`
            return (
              <tr key={name}>
                <th scope="row">{what}</th>
                <td>{said(overlap.base)}</td>
                {(['theirs', 'mine'] as const).map((side) => (
                  <td key={side}>
                    <label>
                      <input
                        type="radio"
                        name={name}
                        aria-label={`${side === 'mine' ? 'Mine' : 'Theirs'} for ${what}`}
                        checked={overlap.side === side}
                        onChange={() => onChoose(overlap, side)}
                      />
                      {said(overlap[side])}
                    </label>
                  </td>
                ))}
              </tr>
            )
          })}
        </tbody>
      </table>
    </section>
  )
}

function said(value: unknown): string {
  if (value === undefined) return 'not there'
  if (value === '') return 'empty'
  return short(value)
}

/** Where it is, in words: "In Progress: name". @param saved names its entries, where they are not in the overlap itself */
function placeWords({ place, base, theirs, mine }: Overlap, saved: unknown): string {
  if (place.length === 0) return 'All of it'
  const rows = [...(Array.isArray(saved) ? (saved as unknown[]) : []), base, theirs, mine].filter(isNamed)
  const word = (step: string): string =>
    step === ORDER ? 'order' : (rows.find(({ key }) => key === step)?.label ?? WORDS[step] ?? step)
  return place.map(word).join(': ')
}

function isNamed(value: unknown): value is { key: string; label: string } {
  return typeof value === 'object' && value !== null && 'key' in value && 'label' in value
}

const WORDS: Record<string, string> = {
  label: 'name',
  category: 'meaning',
  stopsClock: 'clock stands still',
  retired: 'retired',
  timeZone: 'time zone',
  options: 'options',
  layers: 'turns',
  overrides: 'stand-ins',
  when: 'when it strikes',
  actions: 'what is done',
  set: 'what it sets',
  mark: 'what marking does',
}
