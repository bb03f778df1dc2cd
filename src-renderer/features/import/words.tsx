import type { Ref } from 'react'
import { LISTS_OF, WORD_FIELDS, type Configuration } from '../../../src-shared/domain/configuration.ts'
import { canBeMade, valuesOfNew, type UnknownWord } from '../../../src-shared/protocol/import.ts'
import { counted } from '../../ui/counted.ts'
import { fieldLabel } from '../ticket/field-label.ts'
import page from './import.module.css'
import type { MappingProps, Said } from './mapping.tsx'
import type { SeenImport } from './transfer.ts'
import classes from './words.module.css'

/** What a status can mean that is made of a word. */
const MEANINGS = [
  ['new', 'nobody has looked at it'],
  ['open', 'worked on'],
  ['waiting', 'waiting'],
  ['resolved', 'resolved'],
  ['closed', 'closed'],
] as const

/** Words that are not among the client's own, one by one: which of them each is, or that it is made, or left out. */
export function Words(props: MappingProps & { ref: Ref<HTMLTableElement> }) {
  const { ref, view, said, configuration, disabled, onSay } = props
  const words = unknownOf(view, said)
  const fields = [...new Set(words.map(({ field }) => field))]
  if (words.length === 0) return null
  const say = (field: string, meanings: Record<string, string | null>): void =>
    onSay({ ...said, words: { ...said.words, [field]: { ...said.words[field], ...meanings } } })
  return (
    <table ref={ref} className={classes.words} aria-label="Words of the file">
      <caption>{counted(words.length, 'word')} that this client does not have</caption>
      <thead>
        <tr>
          <th>Word of the file</th>
          <th>Rows</th>
          <th>Becomes</th>
        </tr>
      </thead>
      {fields.map((field) => {
        const its = words.filter((one) => one.field === field)
        const choices = choicesOf(field, configuration, view.unknown !== undefined)
        const all = (meaning: (word: UnknownWord) => string | null): void =>
          say(field, Object.fromEntries(its.map((one) => [one.word, meaning(one)])))
        const label = labelOf(field, configuration)
        return (
          <tbody key={field}>
            <tr className={classes.field}>
              <th scope="rowgroup" colSpan={2}>
                {label}
              </th>
              <td>
                {its.length > 1 && choices.out && (
                  <>
                    {choices.made.length > 0 && (
                      <All
                        disabled={disabled}
                        onClick={() => all(({ made }) => made ?? null)}
                        label={`Make all of ${label}`}
                      >
                        Make all new
                      </All>
                    )}
                    <All disabled={disabled} onClick={() => all(() => null)} label={`Leave all of ${label} out`}>
                      Leave all out
                    </All>
                  </>
                )}
              </td>
            </tr>
            {its.map(({ word, rows }) => {
              const meaning = meaningOf(said, its, word)
              return (
                <tr key={word}>
                  <th scope="row">{word}</th>
                  <td>{rows.toLocaleString('en')}</td>
                  <td>
                    <select
                      className={page.field}
                      aria-label={`${word} becomes`}
                      disabled={disabled}
                      data-open={meaning === undefined || undefined}
                      value={meaning === null ? OUT : (meaning ?? '')}
                      onChange={({ target }) => say(field, { [word]: target.value === OUT ? null : target.value })}
                    >
                      {meaning === undefined && <option value="">Its rows are not taken</option>}
                      <Choices {...choices} />
                    </select>
                  </td>
                </tr>
              )
            })}
          </tbody>
        )
      })}
    </table>
  )
}

const OUT = ' '

interface ChoicesProps {
  own: readonly { key: string; label: string }[]
  made: readonly (readonly [value: string, label: string])[]
  /** What a cell without a word comes to; null where a word cannot be left out. */
  out: string | null
}

function Choices({ own, made, out }: ChoicesProps) {
  return (
    <>
      <optgroup label="The client’s own">
        {own.map(({ key, label }) => (
          <option key={key} value={key}>
            {label}
          </option>
        ))}
      </optgroup>
      {made.length > 0 && (
        <optgroup label="A new one">
          {made.map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </optgroup>
      )}
      {out !== null && <option value={OUT}>Left out: {out}</option>}
    </>
  )
}

function All(props: { onClick(): void; disabled: boolean; label: string; children: string }) {
  return (
    <button type="button" disabled={props.disabled} aria-label={props.label} onClick={props.onClick}>
      {props.children}
    </button>
  )
}

/** @param decides whether the cloud takes more than the client's own words */
function choicesOf(field: string, configuration: Configuration, decides: boolean): ChoicesProps {
  const custom = configuration.customFields.find(({ key }) => field === `custom:${key}`)
  const ofAll = WORD_FIELDS.find((one) => one === field)
  const own = ofAll ? configuration[LISTS_OF[ofAll]] : custom && 'options' in custom ? custom.options : []
  const { fresh, usual } = valuesOfNew(configuration)
  const out =
    field === 'status'
      ? `“${fresh?.label ?? ''}” on new tickets`
      : field === 'priority'
        ? configuration.priorityMatrix
          ? `by impact and urgency, else “${usual?.label ?? ''}”`
          : `“${usual?.label ?? ''}” on new tickets`
        : 'the field stays empty'
  const made =
    field === 'status'
      ? MEANINGS.map(([category, means]) => [`new:${category}`, `New, which means ${means}`] as const)
      : [['new:choice', 'New, called as it is'] as const]
  return {
    own,
    made: decides && canBeMade(field, configuration) ? made : [],
    out: decides ? out : null,
  }
}

/** Of a cloud that decides nothing by itself: what it found no meaning for, and what was said. */
function unknownOf({ unknown, missing }: SeenImport, said: Said): UnknownWord[] {
  if (unknown) return unknown
  return WORD_FIELDS.flatMap((field) => {
    const told = Object.keys(said.words[field] ?? {}).map((word) => ({ field, word, rows: 0 }))
    const open = (missing[field] ?? []).filter(({ word }) => !Object.hasOwn(said.words[field] ?? {}, word))
    return [...told, ...open.map((one) => ({ field, ...one }))]
  })
}

function meaningOf(said: Said, words: readonly UnknownWord[], word: string): string | null | undefined {
  const told = said.words[words[0]?.field ?? ''] ?? {}
  return Object.hasOwn(told, word) ? told[word] : words.find((one) => one.word === word)?.becomes
}

/** What was said, and what is shown of the words that nothing was said of. */
export function decided({ unknown = [] }: SeenImport, said: Said): Said {
  const words = { ...said.words }
  for (const { field, word, becomes } of unknown)
    if (becomes !== undefined) words[field] = { [word]: becomes, ...words[field] }
  return { ...said, words }
}

function labelOf(field: string, configuration: Configuration): string {
  return fieldLabel(field.replace(/^custom:/, 'customFields.'), configuration)
}
