import type { SettingKey } from '../../../src-shared/settings/settings.ts'
import type { Edits } from './edits.ts'
import { originName } from './origins.tsx'
import { PARTS, type PartKey } from './parts.ts'
import type { Seen } from './port.ts'
import type { FieldProblem } from '../../../src-shared/settings/problems.ts'
import classes from './settings.module.css'

/** What of the page is on screen. */
export type Shown = PartKey | 'logo' | 'history'

interface PartListProps {
  seen: Seen
  shown: Shown
  edits: Edits
  problems: readonly FieldProblem[]
  /** Settings that somebody else changed too. */
  undecided: readonly SettingKey[]
  /** Whether there is one. */
  logo: boolean
  onShow(part: Shown): void
}

/** The parts, each with where it comes from, or what has become of it here. */
export function PartList({ seen, shown, edits, problems, undecided, logo, onShow }: PartListProps) {
  return (
    <nav className={classes.parts} aria-label="Parts">
      {PARTS.map(({ key, title, settings }) => {
        const some = (test: (setting: SettingKey) => boolean): boolean => settings.some(test)
        const here = problems.filter(({ setting }) => some((one) => one === setting))
        const wrong = here.filter(({ stands }) => !stands).length
        const state = some((one) => undecided.includes(one))
          ? 'changed twice'
          : wrong > 0
            ? `${wrong} to put right`
            : some((one) => one in edits.set || edits.revert.includes(one))
              ? 'changed'
              : here.length > 0
                ? 'to look at'
                : originName(seen.settings[settings[0]].origin, seen.settings[settings[0]].name)
        return (
          <button
            key={key}
            aria-current={shown === key || undefined}
            data-bad={/twice|right/.test(state) || undefined}
            data-stands={state === 'to look at' || undefined}
            onClick={() => onShow(key)}
          >
            <b>{title}</b> <span>{state}</span>
          </button>
        )
      })}
      {logo && (
        <button aria-current={shown === 'logo' || undefined} onClick={() => onShow('logo')}>
          <b>Logo</b>
          <span />
        </button>
      )}
      <button aria-current={shown === 'history' || undefined} onClick={() => onShow('history')}>
        <b>History</b>
        <span />
      </button>
    </nav>
  )
}
