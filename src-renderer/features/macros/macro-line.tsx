import type { Macro } from '../../../src-shared/domain/macros.ts'
import { Marked } from '../../ui/picker.tsx'
import classes from './macros.module.css'
import { capital } from '../../ui/capital.ts'

interface MacroLineProps {
  macro: Macro
  /** Letters of its label that were looked for. */
  indexes: readonly number[]
  /** What it sets, in words; empty for nothing. */
  effect: string
  /** Why it cannot be used now; null where it can. */
  problem: string | null
  /** What it writes; null for nothing. */
  text: string | null
}

/** A macro in a list to choose from: what it is called, sets and writes. */
export function MacroLine({ macro, indexes, effect, problem, text }: MacroLineProps) {
  return (
    <span className={classes.macro}>
      <span>
        <Marked text={macro.label} indexes={indexes} />
        {macro.kind === 'note' && text !== null && <small>internal note</small>}
      </span>
      {effect && <span className={classes.effect}>{capital(effect)}</span>}
      {problem !== null && <span className={classes.problem}>{problem}</span>}
      {text !== null && <MacroText text={text} />}
    </span>
  )
}

/** The text as it would be written, with what nobody could fill marked. */
function MacroText({ text }: { text: string }) {
  return (
    <span className={classes.preview}>
      {text.split(/(\{\{[^{}]*\}\})/).map((part, index) => (index % 2 === 1 ? <b key={index}>{part}</b> : part))}
    </span>
  )
}
