import type { Configuration } from '../../../src-shared/domain/configuration.ts'
import type { RunImport } from '../../../src-shared/protocol/import.ts'
import { AllColumns, Columns, Subject } from './columns.tsx'
import classes from './import.module.css'
import type { SeenImport } from './transfer.ts'
import { Words } from './words.tsx'

/** What a person said about a file: the rest is recognised. */
export type Said = Omit<RunImport, 'dryRun'>
export const NOTHING_SAID: Said = { columns: {}, words: {}, create: [] }

export interface MappingProps {
  view: SeenImport
  said: Said
  configuration: Configuration
  disabled: boolean
  onSay(said: Said): void
}

/** Which column fills what, with those that fill nothing, and what the words of the file stand for. */
export function Mapping({ view, said, configuration, disabled, onSay }: MappingProps) {
  return (
    <>
      <Columns view={view} said={said} configuration={configuration} disabled={disabled} onSay={onSay} />
      {view.kind === 'tickets' && (
        <div className={classes.says}>
          <label>
            <span>03/04/2026 is</span>
            <select
              disabled={disabled}
              value={said.dates ?? ''}
              onChange={(event) => {
                const { dates: _before, ...rest } = said
                const { value } = event.target
                onSay(value === 'dmy' || value === 'mdy' ? { ...rest, dates: value } : rest)
              }}
            >
              <option value="">not taken: it could be either</option>
              <option value="dmy">the third of April</option>
              <option value="mdy">the fourth of March</option>
            </select>
          </label>
          <AllColumns view={view} said={said} disabled={disabled} onSay={onSay} />
          <Subject said={said} disabled={disabled} onSay={onSay} />
        </div>
      )}
      <Words view={view} said={said} configuration={configuration} disabled={disabled} onSay={onSay} />
      {view.created.length > 0 && (
        <ul className={classes.created} aria-label="Settings that are made">
          {view.created.map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      )}
    </>
  )
}
