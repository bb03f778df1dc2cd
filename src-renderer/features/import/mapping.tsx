import type { Configuration } from '../../../src-shared/domain/configuration.ts'
import type { MissingWords, RunImport } from '../../../src-shared/protocol/import.ts'
import { counted } from '../../ui/counted.ts'
import { AllColumns, Columns, Subject } from './columns.tsx'
import classes from './import.module.css'
import type { SeenImport } from './transfer.ts'

/** What a person said about a file: the rest is recognised. */
export type Said = Omit<RunImport, 'dryRun'>
export const NOTHING_SAID: Said = { columns: {}, words: {}, create: [] }

interface MappingProps {
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
      <Words missing={view.missing} said={said} configuration={configuration} disabled={disabled} onSay={onSay} />
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

const FIELDS = ['status', 'priority', 'type', 'queue'] as const

interface WordsProps extends Omit<MappingProps, 'view'> {
  missing: MissingWords
}

/** Words that the client does not have: each stands for one of the client's, or becomes one. */
function Words({ missing, said, configuration, disabled, onSay }: WordsProps) {
  const choices = {
    ...{ status: configuration.statuses, priority: configuration.priorities },
    ...{ type: configuration.types, queue: configuration.queues },
  }
  const told = FIELDS.filter(
    (field) => (missing[field]?.length ?? 0) > 0 || Object.keys(said.words[field] ?? {}).length > 0,
  )
  return told.map((field) => {
    const chosen = said.words[field] ?? {}
    const open = (missing[field] ?? []).filter(({ word }) => !(word in chosen))
    const words = [...Object.keys(chosen).map((word) => ({ word, rows: null })), ...open]
    return (
      <table key={field} className={classes.table} aria-label={`Words of ${field}`}>
        <caption>
          {open.length > 0
            ? `${counted(open.length, 'word')} for ${field} that this client does not have`
            : `What words for ${field} stand for`}
          {field !== 'priority' && open.length > 0 && (
            <label>
              <input
                type="checkbox"
                disabled={disabled}
                checked={said.create.includes(field)}
                onChange={(event) =>
                  onSay({
                    ...said,
                    create: event.target.checked ? [...said.create, field] : said.create.filter((one) => one !== field),
                  })
                }
              />
              Make them
            </label>
          )}
        </caption>
        <tbody>
          {words.map(({ word, rows }) => (
            <tr
              key={word}
              data-unmapped={(!(word in chosen) && !(said.create as string[]).includes(field)) || undefined}
            >
              <th scope="row">{word}</th>
              <td>{rows !== null && counted(rows, 'row')}</td>
              <td>
                <select
                  aria-label={`${word} stands for`}
                  disabled={disabled}
                  value={chosen[word] ?? ''}
                  onChange={(event) => {
                    const { [word]: _before, ...others } = chosen
                    const { value } = event.target
                    onSay({ ...said, words: { ...said.words, [field]: value ? { ...others, [word]: value } : others } })
                  }}
                >
                  <option value="">Nothing here</option>
                  {choices[field].map(({ key, label }) => (
                    <option key={key} value={key}>
                      {label}
                    </option>
                  ))}
                </select>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    )
  })
}
