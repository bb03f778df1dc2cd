import type { RefObject } from 'react'
import type { Configuration } from '../../../src-shared/domain/configuration.ts'
import type { RunImport } from '../../../src-shared/protocol/import.ts'
import { AllColumns, Columns, Subject } from './columns.tsx'
import { Dates } from './dates.tsx'
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
export function Mapping({ words, ...props }: MappingProps & { words: RefObject<HTMLTableElement | null> }) {
  const { view, said, configuration, disabled, onSay } = props
  return (
    <>
      <Columns view={view} said={said} configuration={configuration} disabled={disabled} onSay={onSay} />
      {view.kind === 'tickets' && (
        <div className={classes.says}>
          <Dates view={view} said={said} disabled={disabled} onSay={onSay} />
          <AllColumns view={view} said={said} disabled={disabled} onSay={onSay} />
          <Subject said={said} disabled={disabled} onSay={onSay} />
        </div>
      )}
      <Words ref={words} {...props} />
      <Created view={view} />
    </>
  )
}

/** What of the file became settings of the client's own, or would. */
export function Created({ view: { created } }: Pick<MappingProps, 'view'>) {
  if (created.length === 0) return null
  return (
    <ul className={classes.created} aria-label="Settings that are made">
      {created.map((text) => (
        <li key={text}>{text}</li>
      ))}
    </ul>
  )
}
